import AuspexSignals
import Foundation
import Testing

@testable import AuspexRules

@Suite("The life of an incident")
struct IncidentLifeTests {
    private func act(
        _ kind: IncidentAct.Kind, on alert: String = "a", at seconds: Int64, id: String = "p", by actor: String = "anna"
    ) -> IncidentAct {
        IncidentAct(id: id, incident: incidentID(alert), actor: actor, at: second(seconds), kind: kind)
    }

    private func perform(_ act: IncidentAct, on tracker: inout IncidentTracker) throws {
        _ = try tracker.perform(act, now: act.at)
    }

    /// A tracker with an alert `a` of `shop` that fires.
    private var firing: IncidentTracker {
        var tracker = IncidentTracker()
        tracker.take(alert("a", "shop", at: 0), at: 0)
        return tracker
    }

    @Test("it is over when all alerts have been resolved for the quiet time, and goes on when one comes back")
    func lifeAndReturn() throws {
        var tracker = firing
        tracker.take(alert("a", "shop", at: 0, until: 60), at: 60)
        _ = tracker.advance(to: second(359))
        #expect(tracker.incidents.map(\.state) == [.open])
        let updates = tracker.advance(to: second(360))
        #expect(updates == tracker.incidents.map { .changed($0) })
        #expect(tracker.incidents.first?.resolvedAt == second(360) && tracker.openCount == 0)
        var again = alert("b", "shop", at: 3_960, group: ["alert": "a"])
        tracker.take(again, at: 3_960)
        let incident = try #require(tracker.incidents.first)
        #expect(incident.state == .open && incident.alerts.map(\.id) == ["a", "b"])
        #expect(incident.history.map(\.kind) == [.opened, .resolved, .reopened])
        again.state = .resolved
        again.resolvedAt = second(3_970)
        tracker.take(again, at: 3_970)
        _ = tracker.advance(to: second(4_270))
        // An hour and a bit later it is another incident.
        tracker.take(alert("c", "shop", at: 7_871, group: ["alert": "a"]), at: 7_871)
        #expect(tracker.incident(ofAlert: "c")?.id == incidentID("c"))
    }

    @Test("that it is over is told, however far time leaps", arguments: [400, 4_000, 400_000] as [Int64])
    func leap(seconds: Int64) throws {
        var tracker = firing
        tracker.take(alert("a", "shop", at: 0, until: 60), at: 60)
        let updates = tracker.advance(to: second(seconds))
        guard case .changed(let incident)? = updates.first, updates.count == 1 else {
            Issue.record("\(updates)")
            return
        }
        #expect(incident.state == .resolved && incident.resolvedAt == second(360))
        // And told once.
        #expect(tracker.advance(to: second(seconds + 500)).isEmpty)
    }

    @Test("one that is forgotten at once is told to be over")
    func forgottenAtOnce() {
        var tracker = IncidentTracker(settings: IncidentSettings(reopenWithin: .zero))
        tracker.take(alert("a", "shop", at: 0), at: 0)
        tracker.take(alert("a", "shop", at: 0, until: 60), at: 60)
        let states = tracker.advance(to: second(360)).map { update in
            if case .changed(let incident) = update { incident.state } else { nil as Incident.State? }
        }
        #expect(states == [.resolved])
        #expect(tracker.incidents.isEmpty)
    }

    @Test("the same alert with the same identifier can come back as well")
    func sameIdentifier() {
        var tracker = firing
        tracker.take(alert("a", "shop", at: 0, until: 60), at: 60)
        var again = alert("a", "shop", at: 0)
        again.firedAt = second(500)
        tracker.take(again, at: 500)
        #expect(tracker.incidents.map(\.state) == [.open])
        #expect(tracker.incidents.first?.alerts.map(\.lastFiredAt) == [second(500)])
        #expect(tracker.incidents.first?.firingCount == 1)
    }

    @Test("an incident that is over is forgotten when nothing can come back to it")
    func forgetting() {
        var tracker = firing
        tracker.take(alert("a", "shop", at: 0, until: 60), at: 60)
        _ = tracker.advance(to: second(360 + 3_599))
        #expect(tracker.incidents.count == 1)
        #expect(tracker.advance(to: second(360 + 3_600)).isEmpty)
        #expect(tracker.incidents.isEmpty && tracker.incident(ofAlert: "a") == nil)
    }

    @Test("an alert that is over already when it is first heard of makes an incident that ends")
    func missedBeginning() {
        var tracker = IncidentTracker()
        tracker.take(alert("a", "shop", at: 0, until: 30), at: 31)
        #expect(tracker.incidents.map(\.firingCount) == [0])
        _ = tracker.advance(to: second(330))
        #expect(tracker.incidents.map(\.state) == [.resolved])
    }

    // MARK: People

    @Test("what people do is in the history, with who and when")
    func acts() throws {
        var tracker = firing
        try perform(act(.acknowledge, at: 10, id: "1"), on: &tracker)
        #expect(tracker.incidents.first?.state == .acknowledged)
        #expect(tracker.incidents.first?.acknowledgedBy == "anna")
        try perform(act(.comment("the disk is full"), at: 20, id: "2", by: "ben"), on: &tracker)
        try perform(act(.resolve, at: 30, id: "3"), on: &tracker)
        #expect(tracker.incidents.first?.state == .resolved)
        try perform(act(.reopen, at: 40, id: "4"), on: &tracker)
        let incident = try #require(tracker.incidents.first)
        #expect(incident.state == .open && incident.acknowledgedBy == "")
        #expect(
            incident.history.dropFirst().map { "\($0.at.milliseconds / 1_000) \($0.actor) \($0.kind): \($0.text)" } == [
                "10 anna acknowledged: acknowledged", "20 ben commented: the disk is full",
                "30 anna resolved: resolved", "40 anna reopened: reopened",
            ])
    }

    @Test("the same act twice is done once, also when it is tried again much later")
    func sameAct() throws {
        var tracker = firing
        let comment = act(.comment("x"), at: 10)
        try perform(comment, on: &tracker)
        #expect(try tracker.perform(comment, now: second(11)).isEmpty)
        #expect(try tracker.perform(comment, now: second(1_000)).isEmpty)
        #expect(tracker.incidents.first?.history.count == 2)
    }

    @Test("what can't be done is refused with a reason, and changes nothing")
    func refusals() throws {
        var tracker = firing
        tracker.take(alert("z", "other", at: 1), at: 1)
        try perform(act(.acknowledge, at: 10, id: "1"), on: &tracker)
        let before = tracker.incidents
        let cases: [(IncidentAct.Kind, String, String)] = [
            (.acknowledge, "a", "anna has acknowledged it already"), (.reopen, "a", "it is not over"),
            (.comment(" "), "a", "the comment is empty"),
            (.comment("x"), "q", "there is no incident '\(incidentID("q"))'"),
            (.comment(String(repeating: "é", count: 2_049)), "a", "the comment has 4098 bytes; it may have 4096"),
            (.merge(with: "inc-x"), "a", "there is no incident 'inc-x'"),
            (.merge(with: incidentID("a")), "a", "'\(incidentID("a"))' is the same incident"),
            (.move(alert: "a", to: nil), "a", "it is the only alert already"),
            (.move(alert: "z", to: nil), "a", "the incident '\(incidentID("a"))' lists no alert 'z'"),
            (.move(alert: "a", to: incidentID("a")), "a", "the alert is there already"),
        ]
        for (kind, target, reason) in cases {
            let error = #expect(throws: IncidentError.self) {
                try perform(act(kind, on: target, at: 20, id: "2"), on: &tracker)
            }
            #expect(error?.description == reason)
        }
        let nobody = #expect(throws: IncidentError.self) {
            try perform(act(.resolve, at: 20, id: "2", by: " "), on: &tracker)
        }
        #expect(nobody?.description == "say who does it")
        #expect(tracker.incidents == before)
    }

    @Test("people can merge incidents and move alerts, also into an incident of their own")
    func mergeAndMove() throws {
        var tracker = firing
        tracker.take(
            alert("b", "other", at: 1, severity: .critical), alert("c", "shop", at: 2, severity: .info), at: 2)
        try perform(act(.merge(with: incidentID("a")), on: "b", at: 10, id: "1"), on: &tracker)
        #expect(tracker.groups == [["a", "b", "c"]])
        try perform(act(.move(alert: "b", to: nil), at: 20, id: "2"), on: &tracker)
        #expect(tracker.groups == [["a", "c"], ["b"]])
        #expect(tracker.incidents.last?.severity == .warning && tracker.incidents.last?.services == ["shop"])
        // Its identifier is still an alias of the one it came from, so it has another.
        let own = try #require(tracker.incident(ofAlert: "b"))
        #expect(own.id != incidentID("b") && tracker.incident(incidentID("b"))?.id == incidentID("a"))
        #expect(own.alerts.first?.reason == "moved here by anna")
        var back = act(.move(alert: "b", to: incidentID("a")), at: 30, id: "3")
        back.incident = own.id
        try perform(back, on: &tracker)
        #expect(tracker.groups == [["a", "b", "c"]] && tracker.incident(own.id)?.id == incidentID("a"))
    }

    @Test("an incident whose last alert is moved away becomes part of the other")
    func lastAlertMoved() throws {
        var tracker = firing
        tracker.take(alert("b", "other", at: 1), at: 1)
        try perform(act(.move(alert: "b", to: incidentID("a")), on: "b", at: 10), on: &tracker)
        #expect(tracker.groups == [["a", "b"]])
        #expect(tracker.incident(incidentID("b"))?.id == incidentID("a"))
        #expect(tracker.openCount == 1 && tracker.incidents.first?.firingCount == 2)
    }

    // MARK: Bounds

    @Test("alerts beyond those that are listed are folded, followed until they end, and counted")
    func folding() {
        var tracker = IncidentTracker(limits: IncidentLimits(alertsPerIncident: 2))
        for number in 0..<5 { tracker.take(alert("\(number)", "shop", at: Int64(number)), at: Int64(number)) }
        #expect(tracker.incidents.map(\.alertCount) == [5] && tracker.groups == [["0", "1"]])
        #expect(tracker.statistics.foldedAlerts == 3)
        for number in 0..<5 { tracker.take(alert("\(number)", "shop", at: Int64(number), until: 10), at: 10) }
        tracker.take(alert("4", "shop", at: 4, until: 10), at: 11)
        #expect(tracker.incidents.map(\.firingCount) == [0])
        _ = tracker.advance(to: second(310))
        #expect(tracker.incidents.map(\.state) == [.resolved])
    }

    @Test("incidents and alerts beyond what there is room for are refused and counted")
    func refusing() {
        var tracker = IncidentTracker(limits: IncidentLimits(openIncidents: 2, alerts: 3))
        for number in 0..<5 { tracker.take(alert("\(number)", "s\(number)", at: Int64(number)), at: Int64(number)) }
        #expect(tracker.groups == [["0"], ["1"]] && tracker.statistics.refusedAlerts == 3)
        tracker.take(alert("x", "s0", at: 10), alert("y", "s0", at: 11), at: 11)
        #expect(tracker.groups == [["0", "x"], ["1"]] && tracker.statistics.refusedAlerts == 4)
    }

    @Test("a long history keeps its beginning and what people did")
    func longHistory() throws {
        var tracker = IncidentTracker(limits: IncidentLimits(historyPerIncident: 5))
        tracker.take(alert("a", "shop", at: 0), at: 0)
        try perform(act(.comment("mine"), at: 1, id: "0"), on: &tracker)
        for round in 0..<6 {
            let start = Int64(round) * 1_000 + 2
            try perform(act(.resolve, at: start, id: "r\(round)"), on: &tracker)
            tracker.take(alert("b\(round)", "shop", at: start + 100, group: ["alert": "a"]), at: start + 100)
        }
        let incident = try #require(tracker.incidents.first)
        #expect(incident.history.count == 5 && incident.history.first?.kind == .opened)
        #expect(incident.history.dropFirst().allSatisfy { !$0.actor.isEmpty })
        #expect(tracker.statistics.droppedEntries > 0)
    }

    @Test("an event later than is allowed counts from the last final moment and is counted")
    func lateEvents() {
        var tracker = firing
        _ = tracker.advance(to: second(600))
        tracker.take(alert("b", "shop", at: 100), at: 600)
        #expect(tracker.groups == [["a", "b"]])
        #expect(tracker.statistics.lateEvents == 1)
        // The end of an alert that nobody has heard of, long ago, is no news.
        #expect(tracker.take(alert("c", "shop", at: 90, until: 95), at: 600).isEmpty)
    }

    @Test("an event from the future waits until it may have happened")
    func earlyEvents() {
        var tracker = IncidentTracker()
        tracker.take(alert("a", "shop", at: 1_000_000), at: 0)
        #expect(tracker.incidents.isEmpty && tracker.statistics.earlyEvents == 1)
        _ = tracker.advance(to: second(120))
        #expect(tracker.groups == [["a"]])
    }

    @Test("more waiting events than there is room for are taken as final, none is lost")
    func hurried() {
        var tracker = IncidentTracker(limits: IncidentLimits(waiting: 10))
        let alerts = (0..<50).map { alert("\($0)", "s\($0)", at: Int64($0)) }
        _ = tracker.handle(alerts.shuffled().map { .alert($0) }, now: second(49))
        #expect(tracker.openCount > 0 && tracker.incidents.reduce(0) { $0 + $1.alertCount } == 50)
        #expect(tracker.statistics.hurriedEvents == 40)
        // Also those whose time has not come yet.
        var early = IncidentTracker(limits: IncidentLimits(waiting: 10))
        var store: [String: Incident] = [:]
        let updates = early.handle(alerts.map { .alert($0) }, now: second(5)) + early.advance(to: second(49))
        for case .changed(let incident) in updates { store[incident.id] = incident }
        #expect(early.incidents.reduce(0) { $0 + $1.alertCount } == 50)
        #expect(early.incidents.allSatisfy { store[$0.id] == $0 })
    }

    @Test("times at the ends of the range do no harm", arguments: [Int64.min, .min + 1, .max - 1, .max])
    func extremes(milliseconds: Int64) {
        var tracker = IncidentTracker()
        var strange = alert("a", "shop", at: 0, until: 0)
        strange.firedAt = Timestamp(milliseconds: milliseconds)
        strange.resolvedAt = Timestamp(milliseconds: milliseconds)
        let change = Change(
            id: "c", service: "shop", startedAt: Timestamp(milliseconds: milliseconds),
            endedAt: Timestamp(milliseconds: milliseconds))
        for now in [Int64.min, 0, .max] {
            _ = tracker.handle([.alert(strange), .change(change)], now: Timestamp(milliseconds: now))
            tracker.take(alert("b", "shop", at: 5), at: 5)
        }
        #expect(tracker.incidents.count <= 2)
    }

    @Test("a snapshot of another format is refused")
    func format() throws {
        let data = try JSONEncoder().encode(firing.snapshot)
        let other = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "\"format\":1", with: "\"format\":9")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(IncidentSnapshot.self, from: Data(other.utf8))
        }
    }
}
