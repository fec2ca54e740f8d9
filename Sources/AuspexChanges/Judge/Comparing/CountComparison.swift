import Foundation

/// Compares how often something happened: given all events of both sides, each fell on the canary's side with the
/// chance of its share of the time, were nothing different (the conditional test of two Poisson rates, Przyborowski and
/// Wilenski 1940).
enum CountComparison {
    /// Compares counts. What was expected, where both sides have it, takes the place of time.
    static func compare(
        _ samples: MetricSamples, direction: MetricDirection, confidence: Double
    ) -> ComparisonResult {
        let hasExpected = samples.baseline.expected != nil && samples.canary.expected != nil
        let baseline = Events(samples.baseline.values, hasExpected ? samples.baseline.expected : nil)
        let canary = Events(samples.canary.values, hasExpected ? samples.canary.expected : nil)
        if let problem = Emptiness.problem(baseline: baseline.count, canary: canary.count, areEvents: true) {
            return .impossible(problem)
        }
        guard baseline.exposure > 0, canary.exposure > 0 else {
            return .impossible("nothing is expected of a side, so nothing can be held against it")
        }
        var comparison = compare(
            baseline, canary, kind: .count, test: "conditional binomial", confidence: confidence)
        comparison.limit = limit(baseline, canary, direction)
        return .compared(comparison)
    }

    /// What limits the test of events: there can always be more of them, and not fewer than none.
    static func limit(_ baseline: Events, _ canary: Events, _ direction: MetricDirection) -> Comparison.Limit? {
        guard direction == .decrease else { return nil }
        let share = canary.exposure / (baseline.exposure + canary.exposure)
        let total = NumberText.short(baseline.total)
        return Comparison.Limit(
            leastP: pow(1 - share, baseline.total),
            problem: "too few events to find that there are fewer: \(total) of the baseline")
    }

    /// Compares events per exposure.
    static func compare(
        _ baseline: Events, _ canary: Events, kind: MetricKind, test: String, confidence: Double
    ) -> Comparison {
        let dispersion = Dispersion([baseline.cells, canary.cells])
        let share = canary.exposure / (baseline.exposure + canary.exposure)
        let events = canary.total / dispersion.factor
        let all = (baseline.total + canary.total) / dispersion.factor
        let upper = BinomialTest.upperTail(successes: events, trials: all, share: share)
        let lower = BinomialTest.lowerTail(successes: events, trials: all, share: share)
        let interval = BinomialTest.interval(successes: events, trials: all, tail: (1 - confidence) / 2)
        func ratio(_ part: Double) -> Double { part / (1 - part) * (1 - share) / share }
        var comparison = Comparison(
            kind: kind, test: test, upperP: dispersion.widened(upper), lowerP: dispersion.widened(lower),
            effect: baseline.total > 0 ? canary.rate / baseline.rate : nil,
            effectInterval: all > 0 ? .init(ratio(interval.lowerBound), ratio(interval.upperBound)) : nil,
            effectKind: kind == .count ? "ratio of rates" : "ratio of shares", baseline: baseline.rate,
            canary: canary.rate, baselineCount: baseline.count, canaryCount: canary.count)
        if dispersion.factor > 1 {
            comparison.notes.append("events come in bursts: \(NumberText.short(dispersion.factor)) count as one")
        }
        return comparison
    }

    /// The events of one side.
    struct Events: Hashable, Sendable {
        private(set) var total = 0.0
        private(set) var exposure = 0.0
        private(set) var count = 0
        private var intervals: [SIMD2<Double>] = []

        /// Beyond this the whole numbers have gaps, and a value is no count.
        private static let most = 9e15

        /// Takes the intervals whose count and exposure are there; without exposures each interval counts 1.
        init(_ values: [Double], _ exposures: [Double]?) {
            for (index, value) in values.enumerated() {
                let weight = exposures.map { index < $0.count ? $0[index] : .nan } ?? 1
                guard (0...Self.most).contains(value), (0...Self.most).contains(weight) else { continue }
                total += value
                exposure += weight
                count += 1
                intervals.append([value, weight])
            }
        }

        var rate: Double { exposure > 0 ? total / exposure : 0 }

        /// What is left of the exposures.
        var complement: Events { Events(intervals.map { $0.y - $0.x }, intervals.map(\.y)) }

        /// The intervals as a Poisson process with the side's own rate has them.
        var cells: [Dispersion.Cell] {
            intervals.map { Dispersion.Cell(count: $0.x, expected: $0.y * rate, variance: $0.y * rate) }
        }

        /// Beyond so many draws the exact test takes long and says nothing that the others do not.
        private static let mostDraws = 1e9

        /// The intervals as draws with the side's own share of successes; nil when they are no whole numbers, more than
        /// their exposures, or too many.
        var draws: [Dispersion.Cell]? {
            guard exposure <= Self.mostDraws else { return nil }
            let isDraw = intervals.allSatisfy { $0.x <= $0.y && $0.x == $0.x.rounded() && $0.y == $0.y.rounded() }
            return isDraw
                ? intervals.map { .init(count: $0.x, expected: $0.y * rate, variance: $0.y * rate * (1 - rate)) } : nil
        }
    }
}
