package import AuspexRunbooks
package import AuspexSignals

/// A book of guards that lasts as long as the process: for tests, which let it outlive engines.
package actor InMemoryGuardBook: GuardBook {
    private struct Pair: Hashable {
        var rule: String
        var runbook: String
    }

    private var promoted: [Pair: Promotion] = [:]
    private var breakers: [String: Breaker] = [:]
    private var resets: [String: Timestamp] = [:]
    private var told: Set<String> = []
    private var changes: [String: String] = [:]

    /// The audit, oldest first.
    package private(set) var audit: [RunAudit] = []

    /// Creates an empty book.
    package init() {}

    package func promotions() -> [Promotion] {
        promoted.values.sorted { ($0.rule, $0.runbook) < ($1.rule, $1.runbook) }
    }

    package func promote(_ promotion: Promotion, audit: RunAudit) {
        promoted[Pair(rule: promotion.rule, runbook: promotion.runbook)] = promotion
        self.audit.append(audit)
    }

    package func revoke(rule: String, runbook: String, audit: RunAudit, at: Timestamp) -> Bool {
        guard promoted.removeValue(forKey: Pair(rule: rule, runbook: runbook)) != nil else { return false }
        self.audit.append(audit)
        return true
    }

    package func openBreakers() -> [Breaker] { breakers.values.sorted { $0.runbook < $1.runbook } }

    package func breakerReset(of runbook: String) -> Timestamp? { resets[runbook] }

    package func open(_ breaker: Breaker, audit: RunAudit) -> Bool {
        guard breakers[breaker.runbook] == nil else { return false }
        breakers[breaker.runbook] = breaker
        self.audit.append(audit)
        return true
    }

    package func resetBreaker(of runbook: String, audit: RunAudit, at: Timestamp) -> Bool {
        guard breakers.removeValue(forKey: runbook) != nil else { return false }
        resets[runbook] = at
        self.audit.append(audit)
        return true
    }

    package func noteTold(_ key: String, at: Timestamp) { told.insert(key) }

    package func wasTold(_ key: String) -> Bool { told.contains(key) }

    package func link(run: String, to change: String) { changes[run] = change }

    package func change(ofRun run: String) -> String? { changes[run] }
}
