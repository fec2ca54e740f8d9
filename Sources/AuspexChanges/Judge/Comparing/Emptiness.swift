/// Says what is missing when a side has no values.
enum Emptiness {
    /// A clause, or nil when both sides have values.
    static func problem(baseline: Int, canary: Int) -> String? {
        switch (baseline, canary) {
        case (0, 0): "neither side has data; if no data means none, set 'missing: zero'"
        case (0, _):
            "the baseline has no data, the canary has \(canary) values; if no data means none, set 'missing: zero'"
        case (_, 0):
            "the canary has no data, the baseline has \(baseline) values; if no data means none, set 'missing: zero'"
        default: nil
        }
    }
}
