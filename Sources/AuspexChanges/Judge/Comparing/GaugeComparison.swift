import AuspexNumerics
import Foundation

/// Compares levels with regard to autocorrelation and outliers: on a scale of ratios where all values are positive, as
/// latencies and sizes are, else as they are; and beside the level the spread. Of shares of success, as availability,
/// what is left to the whole is looked at as well.
enum GaugeComparison {
    /// Compares levels.
    ///
    /// - Parameters:
    ///   - samples: The values. Where both sides have expected values, the values are taken relative to them.
    ///   - minimum: How many values a side needs.
    ///   - confidence: The chance that the interval covers the effect.
    static func compare(_ samples: MetricSamples, minimum: Int, confidence: Double) -> ComparisonResult {
        let relative = relativeToExpected(samples)
        let baseline = TimedValues(relative?.baseline ?? samples.baseline.values)
        let canary = TimedValues(relative?.canary ?? samples.canary.values)
        if let problem = Emptiness.problem(baseline: baseline.count, canary: canary.count, areEvents: false) {
            return .impossible(problem)
        }
        guard min(baseline.count, canary.count) >= minimum else {
            return .impossible(
                "too little data: \(baseline.count) values of the baseline and \(canary.count) of the canary, "
                    + "at least \(minimum) are needed")
        }
        let isPositive = canary.isPositive && baseline.isPositive
        let test = LevelTest.compare(canary.scaled(isPositive), baseline.scaled(isPositive))
        var comparison = Comparison(
            kind: .gauge, test: test.name, upperP: test.upperP, lowerP: test.lowerP, effectKind: "ratio of levels",
            baseline: OrderStatistics.median(baseline.values), canary: OrderStatistics.median(canary.values),
            baselineCount: baseline.count, canaryCount: canary.count, autocorrelation: test.memory?.correlation)
        // Less what was expected, values lie about 0, and a difference is large or small beside what they were before.
        let usual = OrderStatistics.median(samples.baseline.values.filter(\.isFinite)) ?? 0
        measureEffect(&comparison, canary, baseline, usual, test.memory?.inflation ?? 1, confidence)
        comparison.spread = SpreadComparison(canary, baseline)
        if relative == nil, let whole = MetricRecognition.whole(samples.name, baseline.values + canary.values) {
            let (before, after) = (comparison.baseline ?? whole, comparison.canary ?? whole)
            comparison.complementEffect = RatioComparison.complementEffect(
                before: whole - before, after: whole - after)
        }
        if relative != nil { comparison.notes.append("values are taken relative to what was expected") }
        if let memory = test.memory, memory.inflation >= Self.notableInflation {
            let worth = Double(canary.count) / memory.inflation
            comparison.notes.append(
                "neighbouring values are alike, so that \(canary.count) are worth \(NumberText.short(worth))")
        }
        return .compared(comparison)
    }

    private static let notableInflation = 1.5

    /// The Hodges-Lehmann estimate: of the ratio where all values are positive, else of the difference, relative to the
    /// `usual` value of the baseline.
    private static func measureEffect(
        _ comparison: inout Comparison, _ canary: TimedValues, _ baseline: TimedValues, _ usual: Double,
        _ inflation: Double, _ confidence: Double
    ) {
        if comparison.test == LevelTest.departuresName {
            // Half of the values may be as before, and the median would not see the others.
            let (before, after) = (Moments(baseline.values).mean, Moments(canary.values).mean)
            comparison.effect = before == 0 ? (after == 0 ? 1 : nil) : 1 + (after - before) / before.magnitude
            comparison.effectKind = "ratio of means"
            (comparison.baseline, comparison.canary) = (before, after)
            return
        }
        let isPositive = baseline.isPositive && canary.isPositive
        let pairs = PairwiseDifferences(canary.scaled(isPositive).values, baseline.scaled(isPositive).values)
        func ratio(_ difference: Double) -> Double { isPositive ? exp(difference) : 1 + difference / usual.magnitude }
        guard isPositive || usual != 0 else { return }
        let (n, m) = (Double(canary.count), Double(baseline.count))
        let deviation = (n * m * (n + m + 1) / 12 * inflation).squareRoot()
        let reach = -Gaussian.quantile((1 - confidence) / 2) * deviation
        comparison.effect = ratio(pairs.median)
        comparison.effectInterval = .init(
            ratio(pairs.value(rank: n * m / 2 - reach)), ratio(pairs.value(rank: n * m / 2 + reach)))
    }

    /// The values over what was expected of them where all is positive, else less it.
    private static func relativeToExpected(_ samples: MetricSamples) -> (baseline: [Double], canary: [Double])? {
        guard let before = samples.baseline.expected, let after = samples.canary.expected else { return nil }
        let all = samples.baseline.values + samples.canary.values + before + after
        let isPositive = all.allSatisfy { $0.isNaN || $0 > 0 }
        func relative(_ values: [Double], _ expected: [Double]) -> [Double] {
            values.indices.map { index in
                guard index < expected.count else { return .nan }
                return isPositive ? values[index] / expected[index] : values[index] - expected[index]
            }
        }
        return (relative(samples.baseline.values, before), relative(samples.canary.values, after))
    }
}
