package import AuspexSignals

/// Decides whether a change may go on: a function of what is known, the policy and the time.
package enum Gate {
    /// Which change is asked about.
    package struct Request: Hashable, Sendable, Codable {
        /// The verdict's id.
        package var id: String
        /// The service.
        package var service: String
        /// Where; empty when unknown.
        package var environment: String
        /// The commit; empty when unknown.
        package var sha: String
        /// The version; empty when unknown.
        package var version: String
        /// Whether the change is yet to come.
        package var phase: Verdict.Phase

        /// Creates a request.
        package init(
            id: String, service: String, environment: String = "", sha: String = "", version: String = "",
            phase: Verdict.Phase = .before
        ) {
            self.id = id
            self.service = service
            self.environment = environment
            self.sha = sha
            self.version = version
            self.phase = phase
        }
    }

    /// Decides.
    ///
    /// What fails decides over everything; then what the policy requires and nobody knows makes the verdict
    /// inconclusive; then what warns. If neither risk nor health is known the verdict is inconclusive whatever the
    /// policy requires: without any evidence nothing passes. Points of rules and the context can speak against a change,
    /// never for it.
    ///
    /// After a change its judgement alone must be known, and its risk is not looked at any more.
    ///
    /// - Parameters:
    ///   - request: Which change.
    ///   - facts: What is known.
    ///   - policy: What to make of it.
    ///   - now: The time of the decision.
    package static func decide(
        _ request: Request, _ facts: GateFacts, policy: GatePolicy, now: Timestamp
    ) -> Verdict {
        var findings = Findings()
        if request.phase == .before { findings.judge(facts.risk, policy) }
        findings.judge(facts.health, request, policy, now)
        findings.judge(facts.points, policy)
        findings.judge(facts.context, request, policy)
        let isSettled = findings.judge(facts, request, policy)
        let isLacking = request.phase == .after ? !isSettled : findings.isLacking(policy)
        let outcome: Verdict.Outcome =
            switch (findings.effect, isLacking) {
            case (.fail, _): .fail
            case (_, true): .inconclusive
            case (.warn, false): .warn
            case (.ignore, false): .pass
            }
        let points = facts.points.flatMap { $0.rules.isEmpty ? nil : min(100, $0.score) }
        let scores = [findings.risk?.percentile, findings.health.map { 100 - $0.score }, points].compactMap(\.self)
        return Verdict(
            id: request.id, service: request.service, environment: request.environment, sha: request.sha,
            version: request.version, verdict: outcome, score: scores.max(), risk: findings.risk,
            health: findings.health, points: facts.points, context: facts.context, reasons: findings.orderedReasons,
            missing: findings.missing, policy: policy, dryRun: policy.dryRun, expiresAt: now + policy.validFor,
            phase: request.phase, final: facts.isFinal)
    }

    /// The exit code of a command that asked the gate: 0 go on, 1 stop.
    ///
    /// `pass` and `warn` are 0, `fail` is 1, `inconclusive` is what the policy says unless `inconclusive` says
    /// otherwise; a dry run and a verdict that was overridden are always 0.
    package static func exitCode(for verdict: Verdict, inconclusive: GatePolicy.Inconclusive? = nil) -> Int32 {
        if verdict.dryRun || verdict.override != nil { return 0 }
        switch verdict.verdict {
        case .pass, .warn: return 0
        case .fail: return 1
        case .inconclusive: return (inconclusive ?? verdict.policy.inconclusive) == .pass ? 0 : 1
        }
    }
}
