/// Decides whether what runs now is worse than what ran before: a function of the samples and the policy.
///
/// Each metric is compared by the test for its kind; the p-values are corrected together (Holm), and what is clear and
/// large enough in the direction that counts fails. What nobody can know, because data is missing or too little, is
/// inconclusive.
package struct Judge: Hashable, Sendable {
    /// How to decide.
    package var policy: JudgePolicy

    /// Creates a judge.
    package init(policy: JudgePolicy = JudgePolicy()) {
        self.policy = policy
    }

    /// The name under which the templates of log lines are among the metrics.
    package static let templatesName = "error templates"

    /// Decides.
    ///
    /// - Parameters:
    ///   - samples: The metrics. Their kinds and directions are recognised where the policy does not say them.
    ///   - templates: Templates of error lines with their numbers.
    package func judge(_ samples: [MetricSamples], templates: TemplateCounts = TemplateCounts()) -> JudgeReport {
        var judged = samples.map { samples in
            let metric = resolved(policy.metric(samples.name), samples)
            return JudgedMetric(metric: metric, result: compare(samples, metric))
        }
        let templates = policy.templates == .ignore ? nil : TemplateComparison(templates)
        // The correction asks the clearest of them for this much, so what can't reach it is not known.
        let compared = judged.count { $0.p != nil } + (templates == nil ? 0 : 1)
        let level = policy.alpha / Double(max(1, compared))
        for index in judged.indices { judged[index].require(level: level) }
        let ps = judged.map(\.p) + [templates?.p]
        let adjusted = Holm.adjusted(ps.compactMap { $0 })
        var next = adjusted.makeIterator()
        for index in judged.indices where judged[index].p != nil { judged[index].adjustedP = next.next() }
        let verdicts = judged.map { $0.verdict(policy) }
        return report(
            verdicts, templates: templates.map { $0.verdict(policy, adjustedP: next.next() ?? 1) },
            required: Set(judged.filter(\.metric.required).map(\.metric.name)))
    }

    private func report(
        _ metrics: [MetricVerdict], templates: MetricVerdict?, required: Set<String>
    ) -> JudgeReport {
        let verdicts = metrics + [templates].compactMap { $0 }
        let counted = verdicts.filter { !$0.muted }
        let gravestFirst = Self.gravity.flatMap { outcome in counted.filter { $0.outcome == outcome } }
        let unknown = counted.filter { $0.outcome == .inconclusive && required.contains($0.name) }
        let known = counted.filter { $0.outcome != .inconclusive }
        // Error lines that are as before say nothing of what was not measured.
        let isMeasured = metrics.contains { !$0.muted && $0.outcome != .inconclusive }
        let isBlind = !isMeasured && (templates?.outcome ?? .pass) == .pass
        let outcome: Verdict.Outcome =
            if known.contains(where: { $0.outcome == .fail }) {
                .fail
            } else if isBlind || !unknown.isEmpty {
                .inconclusive
            } else {
                known.contains { $0.outcome == .warn } ? .warn : .pass
            }
        let reasons = gravestFirst.filter { $0.outcome != .pass }.map(\.reason)
        let scored = isBlind ? [] : known
        return JudgeReport(
            judge: JudgePolicy.judgeName, verdict: outcome, score: Self.score(scored),
            reasons: reasons.isEmpty ? [Self.summary(scored)] : reasons, groups: [], metrics: verdicts)
    }

    private static let gravity: [Verdict.Outcome] = [.fail, .inconclusive, .warn, .pass]

    private static func summary(_ known: [MetricVerdict]) -> String {
        known.isEmpty ? "there is no metric that could be judged" : "none of \(known.count) metrics is worse"
    }

    /// The share of metrics that pass, a warning counting half; 0 when a critical one fails.
    private static func score(_ known: [MetricVerdict]) -> Double? {
        guard !known.isEmpty else { return nil }
        if known.contains(where: { $0.critical && $0.outcome == .fail }) { return 0 }
        let points = known.map { $0.outcome == .pass ? 100.0 : ($0.outcome == .warn ? 50 : 0) }
        return points.reduce(0, +) / Double(known.count)
    }

    /// The metric's policy with everything that can be recognised.
    func resolved(_ metric: MetricPolicy, _ samples: MetricSamples) -> MetricPolicy {
        var metric = metric
        let hasDenominators = samples.baseline.denominators != nil || samples.canary.denominators != nil
        if hasDenominators { metric.kind = .ratio }
        if !metric.controls.isEmpty { metric.kind = .gauge }
        metric.kind =
            metric.kind ?? MetricRecognition.kind(metric.name, samples.baseline.values + samples.canary.values)
        metric.direction = metric.direction ?? MetricRecognition.direction(metric.name)
        return metric
    }

    private func compare(_ samples: MetricSamples, _ metric: MetricPolicy) -> ComparisonResult {
        let result = compareAnyValues(samples, metric)
        if case .compared(let comparison) = result, !comparison.isSound {
            return .impossible("the values are too large, or too far apart, to compute with")
        }
        return result
    }

    private func compareAnyValues(_ samples: MetricSamples, _ metric: MetricPolicy) -> ComparisonResult {
        let samples = metric.missing == .zero ? samples.withZeros : samples
        let direction = metric.direction ?? .either
        switch metric.kind ?? .gauge {
        case .count:
            return CountComparison.compare(samples, direction: direction, confidence: policy.confidence)
        case .ratio:
            guard samples.baseline.denominators != nil || samples.canary.denominators != nil else {
                return .impossible("a ratio needs a denominator, and there is none")
            }
            return RatioComparison.compare(samples, direction: direction, confidence: policy.confidence)
        case .gauge:
            return GaugeComparison.compare(
                samples, minimum: policy.minimumSamples, confidence: policy.confidence)
        }
    }
}

extension MetricSamples {
    /// The samples with 0 where there is none, in all intervals that were measured on a side. A side of which nothing was
    /// measured stays without values: that is no news of none.
    var withZeros: MetricSamples {
        func filled(_ side: Side) -> Side {
            var side = side
            side.values = side.values.map { $0.isNaN ? 0 : $0 }
            if side.values.isEmpty { side.values = Array(repeating: 0, count: side.rows) }
            return side
        }
        return MetricSamples(name: name, baseline: filled(baseline), canary: filled(canary))
    }
}
