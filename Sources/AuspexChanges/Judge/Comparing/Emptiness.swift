/// Says what is missing when a side has no values.
enum Emptiness {
    /// A clause, or nil when both sides have values. Of events it may be that no data means none, of levels it can't.
    static func problem(baseline: Int, canary: Int, areEvents: Bool) -> String? {
        let hint = areEvents ? "; if no data means none, set 'missing: zero'" : ""
        return switch (baseline, canary) {
        case (0, 0): "neither side has data" + hint
        case (0, _): "the baseline has no data, the canary has \(canary) values" + hint
        case (_, 0): "the canary has no data, the baseline has \(baseline) values" + hint
        default: nil
        }
    }
}
