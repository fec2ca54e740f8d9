import AuspexNumerics

/// Compares how far the values of two series lie from their own medians (Brown and Forsythe 1974), with the same test
/// as levels: a canary that swings while its middle stays is found here.
struct SpreadComparison: Hashable, Sendable {
    /// The chance of a spread as wide as the canary's when the sides do not differ.
    let widerP: Double
    /// The chance of one as narrow.
    let narrowerP: Double
    /// The median distance from the median, canary over baseline; nil when the baseline's is 0.
    let effect: Double?

    /// Compares; on a scale of ratios when all values are positive.
    init(_ canary: TimedValues, _ baseline: TimedValues) {
        let isPositive = canary.isPositive && baseline.isPositive
        let after = Self.distances(canary, isPositive)
        let before = Self.distances(baseline, isPositive)
        let test = LevelTest.compare(after, before)
        (widerP, narrowerP) = (test.upperP, test.lowerP)
        let (wide, usual) = (Moments(after.values).mean, Moments(before.values).mean)
        effect = usual == 0 ? (wide > 0 ? nil : 1) : wide / usual
    }

    private static func distances(_ series: TimedValues, _ isPositive: Bool) -> TimedValues {
        let scaled = series.scaled(isPositive)
        let middle = OrderStatistics.median(scaled.values) ?? 0
        return scaled.replacing(scaled.values.map { ($0 - middle).magnitude })
    }

    /// The p-value in the direction that counts: a wider spread always does, a narrower one only where any difference
    /// does.
    func p(_ direction: MetricDirection) -> Double {
        direction == .either ? min(1, 2 * min(widerP, narrowerP)) : widerP
    }
}
