import AuspexSignals

let noon = Timestamp(milliseconds: 1_772_366_400_000)
