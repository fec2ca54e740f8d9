/// A metric on its way to a verdict: how to look at it, what the comparison gave, and how likely that is among all
/// metrics.
struct JudgedMetric {
    let metric: MetricPolicy
    private(set) var result: ComparisonResult
    /// The p-value corrected for how many metrics are looked at; set once all are known.
    var adjustedP: Double?

    init(metric: MetricPolicy, result: ComparisonResult) {
        self.metric = metric
        self.result = result
    }

    /// How much of a gauge's level of significance its level may use up. The rest, less the spread's, is held back, for
    /// with autocorrelation about 0.8 the test of levels errs more often than it says: 0.018 instead of 0.015 for 60
    /// values.
    private static let levelShare = 0.75
    /// How much its spread may use up.
    private static let spreadShare = 0.05
    /// By how much a spread must differ to count. A spread is known less well than a level.
    private static let spreadMinimum = 0.5

    private var direction: MetricDirection { metric.direction ?? .either }

    /// Makes the comparison impossible when nothing that the canary could do has a p-value down to `level`.
    mutating func require(level: Double) {
        guard case .compared(let comparison) = result, let limit = comparison.limit else { return }
        if limit.leastP > level { result = .impossible(limit.problem) }
    }

    /// The chance of the clearest difference when there is none, or nil when the metric was not compared or is muted.
    var p: Double? {
        guard case .compared(let comparison) = result, !metric.muted else { return nil }
        return Self.sharedP(comparison, direction)
    }

    /// The p-value of a level and a spread together (a weighted Bonferroni correction).
    private static func sharedP(_ comparison: Comparison, _ direction: MetricDirection) -> Double {
        guard let spread = comparison.spread else { return comparison.p(direction) }
        return min(1, comparison.p(direction) / levelShare, spread.p(direction) / spreadShare)
    }

    /// The verdict on the metric.
    func verdict(_ policy: JudgePolicy) -> MetricVerdict {
        switch result {
        case .impossible(let problem):
            var verdict = MetricVerdict(
                name: metric.name, class: .noData, outcome: .inconclusive, critical: metric.critical,
                reason: "\(metric.name): \(problem)")
            verdict.kind = metric.kind
            verdict.muted = metric.muted
            return verdict
        case .compared(let comparison):
            return verdict(comparison, policy)
        }
    }

    private func verdict(_ comparison: Comparison, _ policy: JudgePolicy) -> MetricVerdict {
        let shared = Self.sharedP(comparison, direction)
        let adjusted = adjustedP ?? shared
        // What the other metrics add to a p-value, so that level and spread are corrected alike.
        let correction = shared > 0 ? adjusted / shared : 1
        let level = comparison.p(direction) * correction / (comparison.spread == nil ? 1 : Self.levelShare)
        let minimum = metric.minimumEffect ?? policy.minimumEffect
        let levelOutcome = comparison.reaches(minimum, direction) ? Self.outcome(level, policy) : .pass
        var verdict = filled(comparison)
        verdict.p = comparison.p(direction)
        verdict.adjustedP = min(1, level)
        verdict.outcome = levelOutcome
        verdict.class = levelOutcome == .pass ? .pass : (comparison.isHigher ? .high : .low)
        var remark = levelOutcome == .pass && level <= policy.warnAlpha ? ", less than the least that counts" : ""
        if let spread = comparison.spread, levelOutcome != .fail {
            let p = spread.p(direction) * correction / Self.spreadShare
            let outcome = reaches(spread) ? Self.outcome(p, policy) : .pass
            if outcome == .fail || (outcome == .warn && levelOutcome == .pass) {
                verdict.class = .spread
                verdict.test = "spread, " + comparison.test
                (verdict.p, verdict.adjustedP, verdict.outcome) = (spread.p(direction), min(1, p), outcome)
                let times = spread.effect.map { NumberText.short($0) + " times as far" } ?? "away"
                remark = "; but the values lie \(times) from their middle as before"
            }
        }
        verdict.reason = JudgeSentence.text(verdict, comparison, remark, policy)
        return verdict
    }

    /// Whether the spread differs enough; a narrower one only counts where any difference does.
    private func reaches(_ spread: SpreadComparison) -> Bool {
        guard let effect = spread.effect else { return true }
        return effect >= 1 + Self.spreadMinimum || direction == .either && effect <= 1 / (1 + Self.spreadMinimum)
    }

    private static func outcome(_ p: Double, _ policy: JudgePolicy) -> Verdict.Outcome {
        p <= policy.alpha ? .fail : (p <= policy.warnAlpha ? .warn : .pass)
    }

    private func filled(_ comparison: Comparison) -> MetricVerdict {
        var verdict = MetricVerdict(
            name: metric.name, class: .pass, outcome: .pass, critical: metric.critical, reason: "")
        verdict.kind = comparison.kind
        verdict.test = comparison.test
        verdict.effect = comparison.effect
        verdict.effectInterval = comparison.effectInterval
        verdict.effectKind = comparison.effectKind
        verdict.baseline = comparison.baseline.flatMap { $0.isFinite ? $0 : nil }
        verdict.canary = comparison.canary.flatMap { $0.isFinite ? $0 : nil }
        verdict.baselineCount = comparison.baselineCount
        verdict.canaryCount = comparison.canaryCount
        verdict.autocorrelation = comparison.autocorrelation
        verdict.muted = metric.muted
        return verdict
    }
}
