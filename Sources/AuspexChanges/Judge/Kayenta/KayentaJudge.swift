import AuspexNumerics

/// Judges as kayenta's `NetflixACAJudge-v1.0` does, by the same configuration: each metric by Mann-Whitney's interval
/// and an effect size, the whole by the share of metrics that pass.
package struct KayentaJudge: Hashable, Sendable {
    /// How to judge.
    package var configuration: KayentaConfiguration

    /// Creates a judge.
    package init(configuration: KayentaConfiguration) {
        self.configuration = configuration
    }

    /// Judges. A metric that is configured and was not measured has no data on both sides.
    package func judge(_ samples: [MetricSamples]) -> JudgeReport {
        let measured = Set(samples.map(\.name))
        let missing = configuration.metrics.filter { !measured.contains($0.name) }
            .map { MetricSamples(name: $0.name, baseline: [], canary: []) }
        let judged = (samples + missing).map { samples in
            let metric = configuration.metric(samples.name)
            let finding = configuration.classifier.classify(
                metric, baseline: samples.baseline.values, canary: samples.canary.values)
            return Judged(metric: metric, finding: finding)
        }
        guard !judged.isEmpty else {
            return JudgeReport(
                judge: configuration.judge, verdict: .inconclusive, score: nil, reasons: ["there is no metric"],
                groups: [], metrics: [])
        }
        let score = KayentaScore(judged.filter { !$0.metric.muted }, weights: configuration.groupWeights)
        let outcome: Verdict.Outcome =
            score.total >= configuration.pass ? .pass : (score.total >= configuration.marginal ? .warn : .fail)
        let place = "the score is \(NumberText.short(score.total)), \(NumberText.short(configuration.pass)) passes"
        let verdicts = judged.map { $0.verdict(confidence: configuration.classifier.confidence) }
        return JudgeReport(
            judge: configuration.judge, verdict: outcome, score: score.total,
            reasons: (score.overruling.map { [$0] } ?? []) + [place]
                + verdicts.filter { $0.class != .pass && !$0.muted }.map(\.reason),
            groups: score.groups, metrics: verdicts)
    }

    /// A metric with what was found.
    struct Judged {
        var metric: KayentaMetric
        var finding: KayentaClassifier.Finding

        func verdict(confidence: Double) -> MetricVerdict {
            let outcome: Verdict.Outcome =
                switch finding.class {
                case .pass: .pass
                case .noData: .inconclusive
                case .high, .low, .spread, .noDataFail: .fail
                }
            var verdict = MetricVerdict(
                name: metric.name, class: finding.class, outcome: outcome, critical: finding.isCritical,
                reason: reason(confidence))
            verdict.test = finding.distance == nil ? nil : "mann-whitney"
            verdict.p = finding.p
            verdict.effect = finding.effect.flatMap { $0.isNaN ? nil : $0 }
            verdict.effectKind = metric.measure.rawValue
            verdict.baseline = finding.baseline.isEmpty ? nil : Moments(finding.baseline).mean
            verdict.canary = finding.canary.isEmpty ? nil : Moments(finding.canary).mean
            verdict.baselineCount = finding.baseline.count
            verdict.canaryCount = finding.canary.count
            verdict.muted = metric.muted
            return verdict
        }

        private func reason(_ confidence: Double) -> String {
            if finding.baseline.isEmpty || finding.canary.isEmpty {
                let sides = [(finding.baseline, "baseline"), (finding.canary, "canary")]
                let empty = sides.filter { $0.0.isEmpty }.map(\.1).joined(separator: " and the ")
                return "\(metric.name): the \(empty) has no data"
            }
            guard let distance = finding.distance else { return "\(metric.name): both sides are the same" }
            let size = finding.effect.map { $0.isNaN ? "unknown, a mean is 0" : NumberText.short($0) } ?? "unknown"
            let found = "\(metric.name): \(finding.class.rawValue.lowercased())"
            let ends = "\(NumberText.short(distance.lower)) to \(NumberText.short(distance.upper))"
            return "\(found), differs by \(NumberText.short(distance.estimate))"
                + " (\(ends) at \(NumberText.short(100 * confidence)) %), \(metric.measure.rawValue) \(size)"
        }
    }
}
