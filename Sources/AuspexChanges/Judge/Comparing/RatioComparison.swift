import Foundation

/// Compares shares, such as errors among requests: by Fisher's exact test of the totals, or where events come in
/// bursts, are no whole numbers or no part of their denominators, by the conditional binomial test.
enum RatioComparison {
    /// Compares shares.
    ///
    /// - Parameters:
    ///   - samples: Values with denominators. Both should be counts: of rates nobody knows how many events they were, and
    ///     they are taken for as many as their number says.
    ///   - direction: Which difference counts.
    ///   - confidence: The chance that the interval covers the effect.
    static func compare(
        _ samples: MetricSamples, direction: MetricDirection, confidence: Double
    ) -> ComparisonResult {
        let baseline = CountComparison.Events(samples.baseline.values, samples.baseline.denominators ?? [])
        let canary = CountComparison.Events(samples.canary.values, samples.canary.denominators ?? [])
        if let problem = Emptiness.problem(baseline: baseline.count, canary: canary.count, areEvents: true) {
            return .impossible(problem)
        }
        if let problem = noTraffic(baseline, canary) { return .impossible(problem) }
        let isPart = baseline.total <= baseline.exposure && canary.total <= canary.exposure
        guard isPart else {
            var comparison = CountComparison.compare(
                baseline, canary, kind: .ratio, test: "conditional binomial", confidence: confidence)
            comparison.limit = CountComparison.limit(baseline, canary, direction)
            return .compared(comparison)
        }
        var comparison: Comparison
        let leastP: Double
        if let before = baseline.draws, let after = canary.draws {
            leastP = leastOfDraws(baseline, canary, direction)
            let isDispersed = Dispersion([before, after]).factor > 1
            comparison =
                isDispersed
                ? scaled(baseline, canary, confidence) : fisher(baseline, canary, confidence: confidence)
        } else {
            leastP = leastOfRates(baseline, canary, direction)
            comparison = scaled(baseline, canary, confidence)
        }
        comparison.effect = baseline.total > 0 ? canary.rate / baseline.rate : nil
        comparison.complementEffect = complementEffect(before: 1 - baseline.rate, after: 1 - canary.rate)
        let traffic = "\(NumberText.short(canary.exposure)) against \(NumberText.short(baseline.exposure))"
        comparison.limit = .init(leastP: leastP, problem: "too little traffic to find any difference: \(traffic)")
        return .compared(comparison)
    }

    /// The ratio of what is left to the whole, whatever the whole is.
    static func complementEffect(before: Double, after: Double) -> Double? {
        guard before <= 0 else { return after / before }
        return after > 0 ? .infinity : nil
    }

    private static func noTraffic(_ baseline: CountComparison.Events, _ canary: CountComparison.Events) -> String? {
        switch (baseline.exposure > 0, canary.exposure > 0) {
        case (false, false): "neither side has traffic: all denominators are 0"
        case (false, true): "the baseline has no traffic: all its denominators are 0"
        case (true, false): "the canary has no traffic: all its denominators are 0"
        case (true, true): nil
        }
    }

    /// The smallest p-value that the canary's traffic could give with this baseline, by Fisher's test.
    private static func leastOfDraws(
        _ baseline: CountComparison.Events, _ canary: CountComparison.Events, _ direction: MetricDirection
    ) -> Double {
        let all = baseline.exposure + canary.exposure
        let failing = FisherTest.upperTail(
            successes: canary.exposure, trials: canary.exposure, allSuccesses: baseline.total + canary.exposure,
            allTrials: all)
        let passing = FisherTest.upperTail(
            successes: baseline.total, trials: baseline.exposure, allSuccesses: baseline.total, allTrials: all)
        return least(failing: failing, passing: passing, baseline, direction)
    }

    /// The same by the conditional binomial test.
    private static func leastOfRates(
        _ baseline: CountComparison.Events, _ canary: CountComparison.Events, _ direction: MetricDirection
    ) -> Double {
        // In one interval each, so that no dispersion is found.
        let before = CountComparison.Events([baseline.total], [baseline.exposure])
        func compare(_ total: Double) -> Comparison {
            scaled(before, CountComparison.Events([total], [canary.exposure]), 0.5)
        }
        return least(
            failing: compare(canary.exposure).upperP, passing: compare(0).lowerP, baseline, direction)
    }

    private static func least(
        failing: Double, passing: Double, _ baseline: CountComparison.Events, _ direction: MetricDirection
    ) -> Double {
        switch direction {
        case .increase: failing
        // With a baseline of no successes there can't be fewer, and nobody needs to look.
        case .decrease: baseline.total == 0 ? 0 : passing
        case .either: min(1, 2 * min(failing, passing))
        }
    }

    private static func fisher(
        _ baseline: CountComparison.Events, _ canary: CountComparison.Events, confidence: Double
    ) -> Comparison {
        let all = baseline.exposure + canary.exposure
        let events = baseline.total + canary.total
        let upper = FisherTest.upperTail(
            successes: canary.total, trials: canary.exposure, allSuccesses: events, allTrials: all)
        let lower = FisherTest.upperTail(
            successes: baseline.total, trials: baseline.exposure, allSuccesses: events, allTrials: all)
        return Comparison(
            kind: .ratio, test: "fisher", upperP: upper, lowerP: lower, effect: nil,
            effectInterval: interval(baseline, canary, confidence), effectKind: "ratio of shares",
            baseline: baseline.rate, canary: canary.rate, baselineCount: baseline.count, canaryCount: canary.count)
    }

    /// The interval of the ratio of shares by its logarithm, with half an event more on both sides (Walter 1975).
    private static func interval(
        _ baseline: CountComparison.Events, _ canary: CountComparison.Events, _ confidence: Double
    ) -> MetricVerdict.Interval? {
        guard baseline.total + canary.total > 0 else { return nil }
        let half = 0.5
        let (a, n) = (canary.total + half, canary.exposure + half)
        let (b, m) = (baseline.total + half, baseline.exposure + half)
        let deviation = max(0, 1 / a - 1 / n + 1 / b - 1 / m).squareRoot()
        let reach = -Gaussian.quantile((1 - confidence) / 2) * deviation
        let centre = log(a / n) - log(b / m)
        return .init(exp(centre - reach), exp(centre + reach))
    }

    /// The conditional binomial test of the rarer of the two outcomes, for which draws are nearly Poisson.
    private static func scaled(
        _ baseline: CountComparison.Events, _ canary: CountComparison.Events, _ confidence: Double
    ) -> Comparison {
        let share = (baseline.total + canary.total) / (baseline.exposure + canary.exposure)
        func compare(_ before: CountComparison.Events, _ after: CountComparison.Events) -> Comparison {
            CountComparison.compare(
                before, after, kind: .ratio, test: "conditional binomial", confidence: confidence)
        }
        guard share > 0.5 else { return compare(baseline, canary) }
        var comparison = compare(baseline.complement, canary.complement)
        (comparison.upperP, comparison.lowerP) = (comparison.lowerP, comparison.upperP)
        (comparison.baseline, comparison.canary) = (baseline.rate, canary.rate)
        comparison.effectInterval = interval(baseline, canary, confidence)
        return comparison
    }
}
