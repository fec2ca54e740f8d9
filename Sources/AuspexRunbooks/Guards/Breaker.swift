package import AuspexSignals

/// That a runbook has failed so often that it acts only with a person's approval, until a person resets it (rule 6 of the
/// safety defaults). Time alone does not close it.
package struct Breaker: Hashable, Sendable, Codable {
    /// The runbook.
    package var runbook: String
    /// When it opened.
    package var openedAt: Timestamp
    /// Why, for people.
    package var reason: String
    /// The run whose failure opened it.
    package var run: String

    /// Creates an open breaker.
    package init(runbook: String, openedAt: Timestamp, reason: String, run: String) {
        self.runbook = runbook
        self.openedAt = openedAt
        self.reason = reason
        self.run = run
    }
}

extension RunGuards {
    /// The breaker that the failures among the runs of a runbook open; nil when they are too few.
    ///
    /// A failed verification is a failed run, and so is one that was over and whose record cannot be read. Runs that were
    /// stopped say nothing of the runbook.
    ///
    /// - Parameters:
    ///   - runs: Its runs that may have ended within ``breakerWindow``, in any order.
    ///   - resetAt: When a person last reset it; what was before does not count. Nil for never.
    package func breaker(of runs: [RunRecord], resetAt: Timestamp?, now: Timestamp) -> Breaker? {
        let failed = runs.filter { run in
            run.mode != .shadow && run.status == .failed && now - run.updatedAt < breakerWindow
                && resetAt.map { run.updatedAt > $0 } ?? true
        }.sorted { ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id) }
        guard breakerFailures > 0, failed.count >= breakerFailures, let last = failed.last else { return nil }
        let why = last.ending?.reason ?? "failed"
        return Breaker(
            runbook: last.plan.runbook, openedAt: now,
            reason: "\(failed.count) runs failed within \(breakerWindow), the last one, \(last.id): \(why)",
            run: last.id)
    }
}
