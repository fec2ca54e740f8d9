import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Which alerts belong together")
struct IncidentGroupingTests {
    private func tracker(_ settings: IncidentSettings = IncidentSettings(), _ links: String...) -> IncidentTracker {
        var graph = ServiceGraph()
        _ = graph.tell(
            links.map { text in
                let ends = text.split(separator: " ").map(String.init)
                return ServiceLink(ends.first ?? "", dependsOn: ends.last ?? "")
            }, at: second(0))
        return IncidentTracker(settings: settings, graph: graph)
    }

    private func reasons(_ tracker: IncidentTracker) -> [String] {
        tracker.incidents.reversed().flatMap { $0.alerts.map { "\($0.id): \($0.reason)" } }
    }

    @Test("alerts of one service within the window join, later ones don't")
    func sameService() {
        var tracker = tracker()
        tracker.take(alert("a", "shop", at: 0), at: 0)
        tracker.take(alert("b", "shop", at: 900), at: 900)
        tracker.take(alert("c", "shop", at: 1_801), at: 1_801)
        #expect(tracker.groups == [["a", "b"], ["c"]])
        #expect(reasons(tracker)[1] == "b: joined because it is about shop as well")
    }

    @Test("alerts of services that depend on one another join up to the depth, either way round")
    func topology() {
        var tracker = tracker(IncidentSettings(), "shop > api", "api > db", "db > disk")
        tracker.take(alert("d", "db", at: 0), alert("s", "shop", at: 1), alert("k", "disk", at: 2), at: 5)
        #expect(tracker.groups == [["d", "s", "k"]])
        #expect(
            reasons(tracker) == [
                "d: the first alert", "s: joined because shop depends on db, 2 steps",
                "k: joined because db depends on disk, 1 step",
            ])
    }

    @Test("services that merely depend on the same third one don't join")
    func siblings() {
        var tracker = tracker(IncidentSettings(), "a > dns", "b > dns")
        tracker.take(alert("1", "a", at: 0), alert("2", "b", at: 1), at: 5)
        #expect(tracker.groups == [["1"], ["2"]])
    }

    @Test("an alert that connects two incidents makes them one, and the older one survives")
    func merging() throws {
        var tracker = tracker(IncidentSettings(), "a > dns", "b > dns")
        tracker.take(alert("1", "a", at: 0), alert("2", "b", at: 1, severity: .critical), at: 5)
        let updates = tracker.take(alert("3", "dns", at: 6), at: 6)
        let incident = try #require(tracker.incidents.first)
        #expect(tracker.groups == [["1", "2", "3"]])
        #expect(incident.id == incidentID("1") && incident.aliases == [incidentID("2")])
        #expect(tracker.incident(incidentID("2"))?.id == incident.id)
        #expect(incident.severity == .critical && incident.services == ["a", "b", "dns"])
        #expect(incident.history.map(\.kind) == [.opened, .opened, .merged])
        #expect(incident.title == "Alert 1 (a and 2 more)")
        #expect(
            Set(updates) == [.changed(incident), .absorbed(id: incidentID("2"), into: incidentID("1"))])
    }

    @Test("an incident that turns out to have begun earlier has another identifier, and the old one leads to it")
    func earlierBeginning() {
        var tracker = tracker()
        tracker.take(alert("b", "shop", at: 60), at: 61)
        let updates = tracker.take(alert("a", "shop", at: 50), at: 62)
        #expect(tracker.groups == [["a", "b"]])
        #expect(tracker.incident(incidentID("b"))?.id == incidentID("a"))
        #expect(updates.contains(.absorbed(id: incidentID("b"), into: incidentID("a"))))
    }

    @Test("alerts of different environments are never together, those without one may be with either")
    func environments() {
        var tracker = tracker(IncidentSettings(), "a > b")
        tracker.take(
            alert("1", "a", at: 0, labels: ["environment": "production"]),
            alert("2", "a", at: 1, labels: ["environment": "staging"]), alert("3", "a", at: 2),
            alert("4", "b", at: 3, labels: ["environment": "staging"]), at: 5)
        #expect(tracker.groups == [["1", "3"], ["2", "4"]])
    }

    @Test("labels that hold alerts together need no graph")
    func together() {
        var tracker = tracker(IncidentSettings(together: ["cluster"]))
        tracker.take(
            alert("1", "a", at: 0, labels: ["cluster": "x"]), alert("2", "b", at: 1, labels: ["cluster": "x"]),
            alert("3", "c", at: 2, labels: ["cluster": "y"]), alert("4", "d", at: 3), alert("5", "e", at: 4), at: 5)
        #expect(tracker.groups == [["1", "2"], ["3"], ["4"], ["5"]])
        #expect(reasons(tracker)[1] == "2: joined because cluster=x is the same")
    }

    @Test("two alerts that may come from the same change are together")
    func sharedChange() {
        var tracker = tracker(IncidentSettings(), "a > dns", "b > dns")
        let change = Change(
            id: "c", service: "dns", version: "2", startedAt: second(0), endedAt: second(60), outcome: .success)
        _ = tracker.handle([.change(change)], now: second(60))
        tracker.take(alert("1", "a", at: 120), alert("2", "b", at: 130), at: 130)
        #expect(tracker.groups == [["1", "2"]])
        #expect(reasons(tracker)[1] == "2: joined because both may come from the deploy of dns to 2")
    }

    @Test("alerts without a service are alone, unless they come back")
    func noService() {
        var tracker = tracker()
        tracker.take(alert("1", at: 0, group: ["x": "1"]), alert("2", at: 1, group: ["x": "2"]), at: 2)
        tracker.take(alert("1", at: 0, until: 10, group: ["x": "1"]), at: 10)
        tracker.take(alert("3", at: 20, group: ["x": "1"]), at: 20)
        #expect(tracker.groups == [["1", "3"], ["2"]])
        #expect(reasons(tracker)[1] == "3: joined because the same alert was in it before")
    }

    @Test("pending alerts, and those that ended without having fired, mean nothing")
    func pending() {
        var tracker = tracker()
        var pending = alert("p", "shop", at: 0)
        pending.state = .pending
        var over = alert("o", "shop", at: 0, until: 5)
        over.firedAt = nil
        #expect(tracker.take(pending, over, at: 5).isEmpty)
        #expect(tracker.incidents.isEmpty)
    }

    @Test("an alert that is reported again changes nothing")
    func duplicates() {
        var tracker = tracker()
        tracker.take(alert("a", "shop", at: 0), at: 0)
        #expect(tracker.take(alert("a", "shop", at: 0), at: 1).isEmpty)
        // Long after it is final, too.
        _ = tracker.advance(to: second(3_000))
        #expect(tracker.take(alert("a", "shop", at: 0), at: 3_001).isEmpty)
        #expect(tracker.statistics.lateEvents == 0)
    }
}
