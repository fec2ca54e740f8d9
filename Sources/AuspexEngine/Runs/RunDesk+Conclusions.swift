import AuspexActions
import AuspexRules
import AuspexRunbooks
import AuspexSignals
import Logging

/// What follows from runs for people and for changes.
extension RunDesk {
    /// Runs that ended so long before a start are looked at again: the engine may have died before it drew its conclusions.
    private static let lookback = TimeSpan.hours(24)
    /// Runs that are looked at again.
    private static let mostRuns = 1_000

    /// Tells people of a storm, once for each: in it nothing starts by itself.
    func tellOfStorm(_ incident: Incident) async {
        let text = "\(incident.title). While it lasts no runbook starts by itself; what rules ask for is proposed."
        // An incident gets another identifier when an alert turns out to be its first; when it began stays.
        let key = "storm/\(incident.startedAt.milliseconds)"
        await supervisor.tellOnce(RunNotice(kind: .storm, run: "", text: text, key: key))
    }

    // MARK: Changes

    /// Ties a run to the change that its alert's incident most probably comes from.
    func link(_ run: RunRecord) async {
        guard let alert = run.alertID, let change = await parts.pipeline?.suspectedChange(ofAlert: alert)
        else { return }
        do {
            try await book.link(run: run.id, to: change)
            try await journal.appendAudit(
                RunAudit(kind: "run.follows", detail: .object(["change": .string(change)])), run: run.id,
                at: clock.now())
        } catch {
            logger.warning(
                "a run cannot be tied to its change", metadata: ["run": "\(run.id)", "error": "\(error)"])
        }
    }

    /// Draws conclusions from runs that are over until the task is cancelled, first from those of an earlier engine.
    func concludeEnded() async {
        do {
            let filter = RunFilter(since: clock.now() - Self.lookback, limit: Self.mostRuns)
            for run in try await journal.runs(matching: filter) where run.status.isOver { await conclude(run) }
        } catch {
            logger.warning("runs that are over cannot be looked at", metadata: ["error": "\(error)"])
        }
        for await run in ended.runs { await conclude(run) }
    }

    /// A change that was rolled back with success did harm, or nobody would have had to.
    private func conclude(_ run: RunRecord) async {
        guard run.status == .verified, run.hasRolledBack, let outcomes = parts.outcomes else { return }
        let key = "rollback/\(run.id)"
        do {
            guard let change = try await book.change(ofRun: run.id), try await !book.wasTold(key) else { return }
            _ = try await outcomes.state(
                true, of: change, by: "run \(run.id)", reason: "rolled back by \(run.plan.runbook)")
            try await book.noteTold(key, at: clock.now())
        } catch {
            logger.warning(
                "a change that was rolled back cannot be said to have done harm",
                metadata: ["run": "\(run.id)", "error": "\(error)"])
        }
    }
}
