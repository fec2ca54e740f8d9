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
        let ps = judged.map(\.p) + [templates?.p]
        let adjusted = Holm.adjusted(ps.compactMap { $0 })
        var next = adjusted.makeIterator()
        for index in judged.indices where judged[index].p != nil { judged[index].adjustedP = next.next() }
        var verdicts = judged.map { $0.verdict(policy) }
        if let templates { verdicts.append(templates.verdict(policy, adjustedP: next.next() ?? 1)) }
        return report(verdicts, required: Set(judged.filter(\.metric.required).map(\.metric.name)))
    }

    private func report(_ verdicts: [MetricVerdict], required: Set<String>) -> JudgeReport {
        let counted = verdicts.filter { !$0.muted }
        let gravestFirst = Self.gravity.flatMap { outcome in counted.filter { $0.outcome == outcome } }
        let unknown = counted.filter { $0.outcome == .inconclusive && required.contains($0.name) }
        let known = counted.filter { $0.outcome != .inconclusive }
        let outcome: Verdict.Outcome =
            if known.contains(where: { $0.outcome == .fail }) {
                .fail
            } else if known.isEmpty || !unknown.isEmpty {
                .inconclusive
            } else {
                known.contains { $0.outcome == .warn } ? .warn : .pass
            }
        let reasons = gravestFirst.filter { $0.outcome != .pass }.map(\.reason)
        return JudgeReport(
            judge: JudgePolicy.judgeName, verdict: outcome, score: Self.score(known),
            reasons: reasons.isEmpty ? [Self.summary(known)] : reasons, groups: [], metrics: verdicts)
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
    private func resolved(_ metric: MetricPolicy, _ samples: MetricSamples) -> MetricPolicy {
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
        let samples = metric.missing == .zero ? samples.withZeros : samples
        switch metric.kind ?? .gauge {
        case .count: return CountComparison.compare(samples, confidence: policy.confidence)
        case .ratio:
            guard samples.baseline.denominators != nil || samples.canary.denominators != nil else {
                return .impossible("a ratio needs a denominator, and there is none")
            }
            return RatioComparison.compare(
                samples, alpha: policy.alpha, direction: metric.direction ?? .either, confidence: policy.confidence)
        case .gauge:
            return GaugeComparison.compare(
                samples, minimum: policy.minimumSamples, confidence: policy.confidence)
        }
    }
}

extension MetricSamples {
    /// The samples with 0 where there is none. A side without any row has as many zeros as the other has rows.
    fileprivate var withZeros: MetricSamples {
        func filled(_ side: Side, _ other: Side) -> Side {
            var side = side
            side.values = side.values.map { $0.isNaN ? 0 : $0 }
            let rows = side.denominators?.count ?? other.values.count
            if side.values.isEmpty { side.values = Array(repeating: 0, count: rows) }
            return side
        }
        return MetricSamples(name: name, baseline: filled(baseline, canary), canary: filled(canary, baseline))
    }
}
