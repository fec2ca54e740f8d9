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
    /// The canary over the baseline, of what is left to the whole; for shares, where 0.999 and 0.95 are worlds apart.
    /// Infinite when nothing was left of the baseline; nil when that holds of both, and for what is no share.
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
    /// How small the p-value could become in the direction that counts; nil where there is no limit.
    var limit: Limit?

    /// What limits a test: with little traffic nothing that the canary does is clear.
    struct Limit: Hashable, Sendable {
        /// The smallest p-value that the canary could give with this baseline.
        var leastP: Double
        /// Why it can't be smaller, as a clause.
        var problem: String
    }

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

    /// Whether the effect is at least `minimum`, 0.1 for a tenth, in the direction that counts; what is left to the
    /// whole moves the other way. Over a baseline of zero any effect is, to the side that the test says.
    func reaches(_ minimum: Double, _ direction: MetricDirection) -> Bool {
        func isHigh(_ effect: Double?) -> Bool { effect.map { $0 >= 1 + minimum } ?? false }
        func isLow(_ effect: Double?) -> Bool { effect.map { $0 <= 1 / (1 + minimum) } ?? false }
        let increases = effect == nil ? isHigher : isHigh(effect) || isLow(complementEffect)
        let decreases = effect == nil ? !isHigher : isLow(effect) || isHigh(complementEffect)
        return switch direction {
        case .increase: increases
        case .decrease: decreases
        case .either: increases || decreases
        }
    }

    /// Whether all figures that decide are numbers. Of values near the largest that there are, sums are none.
    var isSound: Bool {
        let finite = [upperP, lowerP, effect, spread?.widerP, spread?.narrowerP].compactMap { $0 }
        let numbers = [complementEffect, spread?.effect].compactMap { $0 }
        return finite.allSatisfy(\.isFinite) && !numbers.contains(where: \.isNaN)
    }
}

/// A comparison, or why there can be none.
enum ComparisonResult: Hashable, Sendable {
    case compared(Comparison)
    case impossible(String)
}
