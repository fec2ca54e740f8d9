import AuspexRules
package import AuspexRunbooks
package import AuspexSignals
import Logging

/// How runbooks do.
extension RunDesk {
    /// How far back statistics go when nothing says.
    package static let usualSpan = TimeSpan.hours(24 * 30)
    /// Runs of one runbook that statistics take into account, the newest ones.
    private static let mostRuns = 2_000
    /// Alerts of one rule that a recurrence is looked for among.
    private static let mostAlerts = 5_000
    /// For so long what `/metrics` shows of runbooks stays the same.
    private static let freshFor = TimeSpan.minutes(1)

    /// How a runbook has done since a moment.
    ///
    /// - Throws: ``EngineError/unknownRunbook(_:known:)``, or what the store throws.
    package func statistics(of runbook: String, since: Timestamp? = nil) async throws -> RunbookStatistics {
        let since = since ?? clock.now() - Self.usualSpan
        let runs = try await journal.runs(
            matching: RunFilter(runbook: runbook, since: since, limit: Self.mostRuns))
        // What a runbook did is worth knowing also after its file is gone.
        guard !runs.isEmpty || runbooks[runbook] != nil else {
            throw EngineError.unknownRunbook(runbook, known: runbooks.keys.sorted())
        }
        return RunbookStatistics(of: runbook, since: since, courses: try await courses(of: runs, since: since))
    }

    /// The runs together with what became of their alerts.
    private func courses(of runs: [RunRecord], since: Timestamp) async throws -> [RunCourse] {
        let ids = Set(runs.compactMap(\.alertID))
        guard !ids.isEmpty else { return runs.map { RunCourse(run: $0) } }
        let own = Dictionary(
            try await alerts.alerts(matching: AlertFilter(ids: ids, limit: ids.count)).map { ($0.id, $0) }
        ) { first, _ in first }
        var later: [String: [Alert]] = [:]
        for rule in Set(own.values.map(\.rule)) {
            later[rule] = try await alerts.alerts(
                matching: AlertFilter(rule: rule, onlyFired: true, startedSince: since, limit: Self.mostAlerts))
        }
        return runs.map { run in
            guard let alert = run.alertID.flatMap({ own[$0] }) else { return RunCourse(run: run) }
            let back = (later[alert.rule] ?? []).filter { $0.id != alert.id && $0.group == alert.group }
                .compactMap(\.firedAt).filter { $0 >= run.updatedAt }
            return RunCourse(run: run, alertOverAt: alert.resolvedAt, alertBackAt: back.min())
        }
    }

    /// What `/metrics` shows of runbooks, counted anew once in a while.
    package func exposition() async -> String {
        let now = clock.now()
        if rates.isDue(at: now, after: Self.freshFor) {
            do {
                var all: [RunbookStatistics] = []
                for id in runbooks.keys.sorted() { all.append(try await statistics(of: id)) }
                rates.set(all, open: Set(try await book.openBreakers().map(\.runbook)), at: now)
            } catch {
                logger.warning("the runbooks' statistics cannot be counted", metadata: ["error": "\(error)"])
            }
        }
        return rates.exposition
    }
}
