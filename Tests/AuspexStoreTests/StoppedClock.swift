import AuspexSignals

/// A clock that stands still.
struct StoppedClock: WallClock {
    let moment: Timestamp

    func now() -> Timestamp { moment }
}

let noon = Timestamp(milliseconds: 1_772_366_400_000)
