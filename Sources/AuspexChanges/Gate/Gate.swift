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

        /// Creates a request.
        package init(id: String, service: String, environment: String = "", sha: String = "", version: String = "") {
            self.id = id
            self.service = service
            self.environment = environment
            self.sha = sha
            self.version = version
        }
    }

    /// Decides.
    ///
    /// What fails decides over everything; then what the policy requires and nobody knows makes the verdict
    /// inconclusive; then what warns. If neither risk nor health is known the verdict is inconclusive whatever the
    /// policy requires: without any evidence nothing passes.
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
        findings.judge(facts.risk, policy)
        findings.judge(facts.health, service: request.service, policy, now)
        let known = [findings.risk.map { _ in GatePolicy.Evidence.risk }, findings.health.map { _ in .health }]
            .compactMap { $0 }
        let isLacking = known.isEmpty || policy.required.contains { !known.contains($0) }
        let outcome: Verdict.Outcome =
            switch (findings.effect, isLacking) {
            case (.fail, _): .fail
            case (_, true): .inconclusive
            case (.warn, false): .warn
            case (.ignore, false): .pass
            }
        let scores = [findings.risk?.percentile, findings.health.map { 100 - $0.score }].compactMap { $0 }
        return Verdict(
            id: request.id, service: request.service, environment: request.environment, sha: request.sha,
            version: request.version, verdict: outcome, score: scores.max(), risk: findings.risk,
            health: findings.health, reasons: findings.orderedReasons, missing: findings.missing, policy: policy,
            dryRun: policy.dryRun, expiresAt: now + policy.validFor)
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
