package import AuspexRules
package import AuspexSignals
package import AuspexStore
import Foundation

/// What the pipeline knows, saved together with the position in the bus up to which it is true.
extension Pipeline {
    private static let rulesName = "rules"
    private static let clockName = "clock"
    private static let windowsName = "deploy windows"
    private static let groupsName = "groups"
    private static let outsideName = "outside alerts"

    /// Forgets the series of which nothing has been heard since `moment`.
    ///
    /// - Returns: the texts under which a checkpoint holds them.
    package func removeSilentSeries(since moment: Timestamp) -> [String] {
        let removed = detection.removeSilent(since: moment)
        metrics.add(removed.count, to: .seriesForgotten)
        detection.count(into: metrics)
        return removed
    }

    /// Forgets silences that were over at `moment`.
    package func forgetSilences(expiredBefore moment: Timestamp) { rules.forgetSilences(expiredBefore: moment) }

    /// A consistent cut: the states that changed since the last one, and the position. While it is written others are
    /// answered. When it throws, changed states are lost: the pipeline has to begin anew from the last checkpoint.
    package nonisolated func checkpoint(now: Timestamp) async throws -> CheckpointStore.Checkpoint {
        try await cut(now: now).encoded()
    }

    private func cut(now: Timestamp) async throws -> PipelineCut {
        // What a reload brings while others are told belongs into the cut, too.
        repeat { try await settle(now: now) } while incidents.isWaiting || !requests.isEmpty
        let time = clock.newest.map { String($0.milliseconds) } ?? ""
        let (windows, groups) = (detection.windowsSnapshot(), detection.groupsSnapshot())
        var states: [String: StateEncoding] = [
            Self.rulesName: { [rules] in [UInt8](try rules.snapshot()) }, Self.clockName: { [UInt8](time.utf8) },
            Self.windowsName: { windows }, Self.groupsName: { groups },
        ]
        if isOutsideChanged {
            states[Self.outsideName] = { [outside] in [UInt8](try JSONEncoder().encode(outside)) }
            isOutsideChanged = false
        }
        for changed in [
            logs.takeChangedSnapshots(), incidents.takeChangedSnapshots(), watches.takeChangedSnapshots(),
        ] { states.merge(changed) { first, _ in first } }
        return PipelineCut(sequence: position, states: states, series: detection.takeChangedSnapshots())
    }

    /// Goes on from a checkpoint. Alerts whose rule has been changed or taken away since are ended.
    ///
    /// - Returns: the texts of states that could not be restored; their series begin anew.
    package func restore(_ checkpoint: CheckpointStore.Checkpoint, now: Timestamp) async throws -> [String] {
        var problems: [String] = []
        for (name, bytes) in checkpoint.series.sorted(by: { $0.key < $1.key }) {
            do {
                if try !detection.restore(bytes, now: now) { problems.append("\(name): there is no room for it") }
            } catch {
                problems.append("\(name): \(error)")
            }
        }
        func put(_ state: String, _ what: String, _ restore: ([UInt8]) throws -> Void) {
            guard let bytes = checkpoint.states[state] else { return }
            do {
                try restore(bytes)
            } catch {
                problems.append("\(what): \(error)")
            }
        }
        problems += logs.restore(checkpoint.states, now: now)
        problems += watches.restore(checkpoint.states)
        put(Self.windowsName, "windows of changes") { try detection.restoreWindows($0) }
        put(Self.groupsName, "groups of series") { try detection.restoreGroups($0) }
        put(Self.outsideName, "alerts of other systems") { bytes in
            outside = try JSONDecoder().decode(OutsideAlerts.self, from: Data(bytes))
            outsideRefused = outside.statistics.refused
        }
        resumesAt = now
        if let bytes = checkpoint.states[Self.clockName], let time = Int64(String(decoding: bytes, as: UTF8.self)) {
            clock = EventClock(newest: Timestamp(milliseconds: time), wall: now)
        }
        position = checkpoint.sequence
        problems += incidents.restore(checkpoint.states, services: rules.ruleSet.services)
        if let bytes = checkpoint.states[Self.rulesName] {
            try await take(try rules.restore(Data(bytes), now: now))
        }
        rules.use(incidents.graph)
        for alert in rules.activeAlerts { openAlerts.take(alert) }
        incidents.takeMissing(rules.activeAlerts)
        return problems
    }

    /// Puts other rules in force. Rules that look at the same thing as before keep their alerts.
    package func replaceRules(_ ruleSet: RuleSet, now: Timestamp) async throws {
        incidents.declare(ruleSet.services)
        let ended = rules.replaceRules(ruleSet, now: now)
        rules.use(incidents.graph)
        try await take(ended)
        ruleErrors = totalRuleErrors
    }

    var totalRuleErrors: Int {
        rules.ruleSet.rules.reduce(0) { $0 + (rules.statistics(of: $1.id)?.errors ?? 0) }
    }
}
