import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("The order of events decides nothing")
struct IncidentOrderTests {
    private static let settings = IncidentSettings(
        window: .minutes(5), quiet: .minutes(2), reopenWithin: .minutes(45), allowLate: .minutes(4),
        storm: IncidentSettings.Storm(alertsPerMinute: 6, services: 5, coolDown: .minutes(3)))
    private static let limits = IncidentLimits(openIncidents: 12, alertsPerIncident: 8, historyPerIncident: 20)
    private static let end = second(7_000)
    private static let graph = dependencies("s0 > s1", "s1 > s2", "s2 > s3", "s4 > s3", "s5 > s0", "s3 > s5", "s6 > s7")

    private struct Timed {
        var event: IncidentEvent
        var at: Timestamp
    }

    private func randomEvents(_ random: inout SplitMix64) -> [Timed] {
        var events: [Timed] = []
        let services = (0..<9).map { $0 == 8 ? "" : "s\($0)" }
        var alerts: [String] = []
        for number in 0..<Int.random(in: 3...60, using: &random) {
            let at = Int64.random(in: 600...4_000, using: &random)
            let firing = alert(
                "a\(number)", services.randomElement(using: &random) ?? "", at: at,
                severity: Severity.allCases.randomElement(using: &random) ?? .info,
                labels: Bool.random(using: &random) ? [:] : ["environment": Bool.random(using: &random) ? "a" : "b"],
                group: ["g": "\(Int.random(in: 0..<20, using: &random))"])
            alerts.append(firing.id)
            events.append(Timed(event: .alert(firing), at: second(at)))
            guard Int.random(in: 0..<4, using: &random) > 0 else { continue }
            var over = firing
            let end = at + Int64.random(in: 0...900, using: &random)
            over.state = .resolved
            over.resolvedAt = second(end)
            events.append(Timed(event: .alert(over), at: second(end)))
            guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
            var again = firing
            again.firedAt = second(end + Int64.random(in: 1...900, using: &random))
            events.append(Timed(event: .alert(again), at: again.firedAt ?? again.startedAt))
        }
        for number in 0..<Int.random(in: 0...6, using: &random) {
            let at = second(Int64.random(in: 0...4_000, using: &random))
            var change = Change(
                id: "c\(number)", service: services.randomElement(using: &random) ?? "", startedAt: at)
            events.append(Timed(event: .change(change), at: at))
            change.endedAt = at + .seconds(Int64.random(in: 0...600, using: &random))
            change.outcome = Change.Outcome.allCases.randomElement(using: &random) ?? .success
            events.append(Timed(event: .change(change), at: change.endedAt ?? at))
        }
        for number in 0..<Int.random(in: 0...8, using: &random) {
            let at = second(Int64.random(in: 600...4_500, using: &random))
            let (one, other) = (alerts.randomElement(using: &random) ?? "", alerts.randomElement(using: &random) ?? "")
            let kinds: [IncidentAct.Kind] = [
                .acknowledge, .comment("text"), .resolve, .reopen, .merge(with: incidentID(other)),
                .move(alert: one, to: Bool.random(using: &random) ? incidentID(other) : nil),
            ]
            let act = IncidentAct(
                id: "p\(number)", incident: incidentID(one), actor: "anna", at: at,
                kind: kinds.randomElement(using: &random) ?? .acknowledge)
            events.append(Timed(event: .act(act), at: at))
        }
        return events
    }

    /// Applies updates as a store does.
    private func apply(_ updates: [IncidentUpdate], to store: inout [String: Incident]) {
        for update in updates {
            switch update {
            case .changed(let incident): store[incident.id] = incident
            case .absorbed(let id, _): store[id] = nil
            }
        }
    }

    @Test("events that come late within what is allowed, and again, give the incidents that they give in order")
    func lateAndDoubled() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<25 {
            let events = randomEvents(&random)
            var reference = IncidentTracker(settings: Self.settings, limits: Self.limits, graph: Self.graph)
            _ = reference.handle(events.map(\.event), now: Self.end)
            let expected = reference.incidents
            for _ in 0..<40 {
                var tracker = IncidentTracker(settings: Self.settings, limits: Self.limits, graph: Self.graph)
                var store: [String: Incident] = [:]
                let arrivals = events.flatMap { timed in
                    (0..<Int.random(in: 1...3, using: &random)).map { copy in
                        // Copies may come at any time after the first, also when all is final.
                        let late = Int64.random(in: 0..<(copy == 0 ? 240 : 900), using: &random)
                        return Timed(event: timed.event, at: timed.at + .seconds(late))
                    }
                }.shuffled(using: &random).sorted { $0.at < $1.at }
                for (index, arrival) in arrivals.enumerated() {
                    apply(tracker.handle([arrival.event], now: arrival.at), to: &store)
                    if index == arrivals.count / 2 { tracker = try restored(tracker) }
                }
                apply(tracker.advance(to: Self.end), to: &store)
                try #require(tracker.incidents == expected)
                for incident in expected { try #require(store[incident.id] == incident) }
                try #require(tracker.isStorm == reference.isStorm)
            }
        }
    }

    private func restored(_ tracker: IncidentTracker) throws -> IncidentTracker {
        let data = try JSONEncoder().encode(tracker.snapshot)
        return IncidentTracker(
            restoring: try JSONDecoder().decode(IncidentSnapshot.self, from: data), graph: Self.graph)
    }

    @Test("changes of the same moments that come in any order give at every moment what they would have given in order")
    func manyChanges() throws {
        var random = SplitMix64(seed: 4)
        for most in [20, 10_000] {
            let limits = IncidentLimits(suspectsPerIncident: 5, changes: most)
            for _ in 0..<40 {
                var events: [Timed] = []
                for number in 0..<Int.random(in: 30...120, using: &random) {
                    let (at, lasts) = (
                        Int64.random(in: 0..<40, using: &random), Int64.random(in: 0..<20, using: &random)
                    )
                    // Some are heard of twice, and some move to another service.
                    for (time, end) in [(at, nil), (at + lasts, at + lasts)]
                    where Int.random(in: 0..<4, using: &random) > 0 {
                        let change = Change(
                            id: "c\(number)", service: "s\(Int.random(in: 0..<4, using: &random))",
                            startedAt: second(at),
                            endedAt: end.map { second($0) })
                        events.append(Timed(event: .change(change), at: second(time)))
                    }
                }
                for number in 0..<Int.random(in: 1...4, using: &random) {
                    let at = Int64.random(in: 0..<60, using: &random)
                    let firing = alert("a\(number)", "s\(number)", at: at, severity: .warning)
                    events.append(Timed(event: .alert(firing), at: second(at)))
                }
                let arrivals = events.map {
                    Timed(event: $0.event, at: $0.at + .seconds(Int64.random(in: 0..<3, using: &random)))
                }
                var tracker = IncidentTracker(settings: Self.settings, limits: limits, graph: Self.graph)
                var store: [String: Incident] = [:]
                for now in 0..<70 {
                    let batch = arrivals.filter { $0.at == second(Int64(now)) }.shuffled(using: &random)
                    apply(tracker.handle(batch.map(\.event), now: second(Int64(now))), to: &store)
                    let anew = try restored(tracker)
                    try #require(tracker.incidents == anew.incidents)
                    try #require(tracker.statistics == anew.statistics)
                    for incident in anew.incidents { try #require(store[incident.id] == incident) }
                }
            }
        }
    }

    @Test("a batch in any order gives what it gives in order")
    func shuffled() throws {
        var random = SplitMix64(seed: 2)
        for _ in 0..<50 {
            let events = randomEvents(&random).map(\.event)
            var reference = IncidentTracker(settings: Self.settings, limits: Self.limits, graph: Self.graph)
            _ = reference.handle(events, now: Self.end)
            for _ in 0..<20 {
                var tracker = IncidentTracker(settings: Self.settings, limits: Self.limits, graph: Self.graph)
                _ = tracker.handle(events.shuffled(using: &random), now: Self.end)
                try #require(tracker.incidents == reference.incidents)
            }
        }
    }

    @Test("an alert is in exactly one incident that is not over, and the counts are right")
    func invariants() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<200 {
            let events = randomEvents(&random).sorted { $0.at < $1.at }
            var tracker = IncidentTracker(settings: Self.settings, limits: Self.limits, graph: Self.graph)
            for timed in events {
                _ = tracker.handle([timed.event], now: timed.at)
                let incidents = tracker.incidents
                let open = incidents.filter { $0.state != .resolved }
                let alerts = open.flatMap { $0.alerts.map(\.id) }
                try #require(Set(alerts).count == alerts.count)
                try #require(open.count == tracker.openCount && open.count <= Self.limits.openIncidents)
                for incident in incidents {
                    try #require(incident.alerts.count <= Self.limits.alertsPerIncident)
                    try #require(incident.history.count <= Self.limits.historyPerIncident)
                    let firing = incident.alerts.count { $0.resolvedAt == nil }
                    try #require(
                        firing <= incident.firingCount && incident.firingCount <= firing + incident.foldedCount)
                    try #require((incident.quietSince == nil) == (incident.firingCount > 0))
                    try #require(incident.alerts.allSatisfy { !$0.reason.isEmpty })
                }
            }
        }
    }
}
