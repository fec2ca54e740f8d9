import AuspexRunbooks
import AuspexSignals

/// Breakers: runbooks that have failed too often.
extension RunSupervisor {
    /// The runbook's breaker when it is open, also one that ought to have been opened before a crash; nil when it is closed.
    ///
    /// - Throws: What the journal or the book throws.
    func breaker(of runbook: String, at now: Timestamp) async throws -> Breaker? {
        guard let book else { return nil }
        if let open = try await book.openBreakers().first(where: { $0.runbook == runbook }) { return open }
        let since = now - guards.breakerWindow - Self.longestRun
        let runs = try await around.journal.runs(
            matching: RunFilter(runbook: runbook, since: since, limit: Self.fewestRecent))
        let reset = try await book.breakerReset(of: runbook)
        guard let breaker = guards.breaker(of: runs, resetAt: reset, now: now) else { return nil }
        let detail: [String: JSONValue] = [
            "runbook": .string(runbook), "why": .string(breaker.reason), "run": .string(breaker.run),
        ]
        if try await book.open(breaker, audit: RunAudit(kind: "breaker.opened", detail: .object(detail))) {
            report(.breakerOpened(breaker))
        }
        tell(of: breaker)
        return breaker
    }

    /// Tells people of breakers that opened when the engine could not tell them any more.
    func tellOfBreakers() async {
        do {
            for breaker in try await book?.openBreakers() ?? [] { tell(of: breaker) }
        } catch {
            report(.guardsFailed(error))
        }
    }

    private func tell(of breaker: Breaker) {
        tellOnce(
            RunNotice(
                kind: .breakerOpen, run: breaker.run,
                text: "the breaker of \(breaker.runbook) has opened: \(breaker.reason). It acts only with an approval "
                    + "until somebody resets it: auspex runbook reset \(breaker.runbook)",
                key: "breaker/\(breaker.runbook)/\(breaker.openedAt.milliseconds)"))
    }

    /// Looks whether the failure of a run opens the breaker of its runbook.
    func noteFailure(_ run: RunRecord) async {
        do {
            _ = try await breaker(of: run.plan.runbook, at: around.moments.now().wall)
        } catch {
            // It is looked at again before the runbook acts by itself.
            report(.guardsFailed(error))
        }
    }
}
