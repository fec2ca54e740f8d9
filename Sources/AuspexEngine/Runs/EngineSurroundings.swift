import AuspexRules
import AuspexRunbooks
import AuspexSignals

/// How things stand outside of the journal, as the pipeline knows it.
struct EngineSurroundings: GuardSurroundings {
    let parts: EngineParts
    let alerts: any AlertStore
    let clock: any WallClock
    /// Within which time firings count as flapping.
    let flapWindow: TimeSpan

    /// Alerts of one rule that are looked through for firings; more are far over every limit.
    private static let mostAlerts = 1_000

    /// Why nothing is known.
    private struct NotReady: Error, CustomStringConvertible {
        let description = "the engine has not started yet"
    }

    func world(for plan: Plan, alert id: String?, beside others: [RunRecord]) async throws -> GuardWorld {
        guard let pipeline = parts.pipeline else { throw NotReady() }
        let ids = Set(([id] + others.map(\.alertID)).compactMap(\.self))
        let stored = ids.isEmpty ? [] : try await alerts.alerts(matching: AlertFilter(ids: ids, limit: ids.count))
        let known = Dictionary(stored.map { ($0.id, $0) }) { first, _ in first }
        var world = await pipeline.world(for: plan, alert: id, among: known, beside: others, now: clock.now())
        if let alert = id.flatMap({ known[$0] }) { world.firings = try await firings(like: alert) }
        return world
    }

    /// How often alerts of the same rule and group fired within the window that ends with this one, itself included.
    private func firings(like alert: Alert) async throws -> Int {
        let end = alert.firedAt ?? alert.startedAt
        let found = try await alerts.alerts(
            matching: AlertFilter(
                rule: alert.rule, onlyFired: true, startedSince: end - flapWindow - flapWindow, limit: Self.mostAlerts))
        return found.count { other in
            guard other.group == alert.group, let time = other.firedAt else { return false }
            return time <= end && end - time < flapWindow
        }
    }
}
