/// What the comparison of a metric's two sides gave, before anybody decides on it.
struct Comparison: Hashable, Sendable {
    var kind: MetricKind
    /// The test's name.
    var test: String
    /// The chance of a canary this high when the sides do not differ.
    var upperP: Double
    /// The chance of one this low.
    var lowerP: Double
    /// The canary over the baseline; nil when the baseline is zero.
    var effect: Double?
    var effectInterval: MetricVerdict.Interval?
    var effectKind: String
    /// The canary over the baseline, of what is left to one; for shares, where 0.999 and 0.95 are worlds apart.
    var complementEffect: Double?
    var baseline: Double?
    var canary: Double?
    var baselineCount: Int
    var canaryCount: Int
    var autocorrelation: Double?
    /// What limits the figures, as clauses.
    var notes: [String] = []
    /// Whether the values spread otherwise, for metrics where that is looked at.
    var spread: SpreadComparison?

    /// The p-value in the direction that counts.
    func p(_ direction: MetricDirection) -> Double {
        switch direction {
        case .increase: upperP
        case .decrease: lowerP
        case .either: min(1, 2 * min(upperP, lowerP))
        }
    }

    /// Whether the canary is the higher side by the test.
    var isHigher: Bool { upperP <= lowerP }

    /// Whether the effect is at least `minimum`, 0.1 for a tenth. An effect over a baseline of zero is.
    func reaches(_ minimum: Double) -> Bool {
        guard let effect else { return true }
        let known = [effect, complementEffect].compactMap { $0 }
        return known.contains { $0 >= 1 + minimum || $0 <= 1 / (1 + minimum) }
    }
}

/// A comparison, or why there can be none.
enum ComparisonResult: Hashable, Sendable {
    case compared(Comparison)
    case impossible(String)
}
