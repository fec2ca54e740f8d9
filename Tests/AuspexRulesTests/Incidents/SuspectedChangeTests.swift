import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Suspected changes")
struct SuspectedChangeTests {
    private func change(
        _ id: String, _ service: String, from start: Int64, until end: Int64? = nil,
        _ outcome: Change.Outcome = .success,
        kind: Change.Kind = .deploy, environment: String = ""
    ) -> Change {
        Change(
            id: id, kind: kind, service: service, environment: environment, version: "v\(id)", startedAt: second(start),
            endedAt: end.map { second($0) }, outcome: outcome)
    }

    private func suspects(_ changes: [Change], alertAt at: Int64, labels: [String: String] = [:]) -> [SuspectedChange] {
        var tracker = IncidentTracker(graph: dependencies("shop > api", "api > db", "cart > shop"))
        _ = tracker.handle(changes.map { .change($0) }, now: second(at))
        tracker.take(alert("a", "shop", at: at, labels: labels), at: at)
        // The end of a change that goes on is reported when it comes.
        _ = tracker.advance(to: second(at + 1_800))
        return tracker.incidents.first?.suspects ?? []
    }

    @Test("changes of the service and of what it depends on are suspected, others not")
    func scope() {
        let found = suspects(
            [
                change("1", "shop", from: 7_000, until: 7_100), change("2", "db", from: 7_000, until: 7_100),
                change("3", "cart", from: 7_000, until: 7_100), change("4", "shop", from: 0, until: 0),
                change("5", "shop", from: 7_300, until: 7_400),
            ], alertAt: 7_201)
        #expect(found.map(\.change.id) == ["1", "2"])
        #expect(found[0].evidence == "deploy of shop to v1 ended 1m41s before the first alert")
        #expect(
            found[1].evidence == "deploy of db to v2 ended 1m41s before the first alert; shop depends on it, 2 steps")
    }

    @Test("the score is the product of time, distance, kind and outcome")
    func scores() throws {
        let found = suspects(
            [
                change("1", "shop", from: 5_000, until: 5_400), change("2", "api", from: 7_200, until: 9_000, .failure),
                change("3", "shop", from: 7_200, .pending, kind: .flag),
                change("4", "shop", from: 0, until: 0, .rolledBack, kind: .config),
            ], alertAt: 7_200)
        let scores = Dictionary(uniqueKeysWithValues: found.map { ($0.change.id, $0.score) })
        #expect(found.map(\.change.id) == ["3", "2", "1", "4"])
        for (id, score) in ["1": 0.5 * 0.8, "2": 0.6, "3": 0.8 * 0.9, "4": 0.2 * 0.9 * 0.6] {
            let found = try #require(scores[id])
            #expect(abs(found - score) < 1e-12)
        }
        #expect(found[0].evidence == "flag of shop to v3 began 0s before the first alert; not known to have ended")
        #expect(found[1].evidence.hasSuffix("began 0s before the first alert; shop depends on it, 1 step; it failed"))
    }

    @Test("a change of another environment is not suspected")
    func environments() {
        let changes = [
            change("1", "shop", from: 100, environment: "staging"),
            change("2", "shop", from: 100, environment: "production"),
            change("3", "shop", from: 100),
        ]
        #expect(
            suspects(changes, alertAt: 200, labels: ["environment": "production"]).map(\.change.id) == ["2", "3"])
        #expect(suspects(changes, alertAt: 200).count == 3)
    }

    @Test("a change that is reported after the alert is suspected as well, and what becomes of it is followed")
    func reportedLate() {
        var tracker = IncidentTracker(graph: dependencies("shop > db"))
        tracker.take(alert("a", "shop", at: 1_000), at: 1_000)
        _ = tracker.advance(to: second(2_000))
        let updates = tracker.handle([.change(change("1", "db", from: 900, .pending))], now: second(2_000))
        #expect(updates.count == 1 && tracker.incidents.first?.suspects.map(\.change.outcome) == [.pending])
        _ = tracker.handle([.change(change("1", "db", from: 900, until: 2_100, .failure))], now: second(2_100))
        #expect(tracker.incidents.first?.suspects.map(\.change.outcome) == [.failure])
        // An older report does not undo a newer one.
        _ = tracker.handle([.change(change("1", "db", from: 900, .pending))], now: second(2_200))
        #expect(tracker.incidents.first?.suspects.map(\.change.outcome) == [.failure])
    }

    @Test("a service that joins brings its own suspects, and there are no more than may be")
    func joining() {
        var tracker = IncidentTracker(
            limits: IncidentLimits(suspectsPerIncident: 3), graph: dependencies("shop > api", "api > db", "db > disk"))
        let changes = (0..<3).map { change("\($0)", "shop", from: 900, until: 900) }
        _ = tracker.handle(
            (changes + [change("x", "disk", from: 990, until: 990, .failure)]).map { .change($0) }, now: second(990))
        tracker.take(alert("a", "shop", at: 1_000), at: 1_000)
        #expect(tracker.incidents.first?.suspects.map(\.change.id) == ["0", "1", "2"])
        tracker.take(alert("b", "db", at: 1_001), at: 1_001)
        #expect(tracker.incidents.first?.suspects.map(\.change.id) == ["0", "1", "2"])
        tracker.take(alert("c", "disk", at: 1_002), at: 1_002)
        #expect(tracker.incidents.first?.suspects.map(\.change.id) == ["x", "0", "1"])
    }

    @Test("more changes than there is room for make the oldest forgotten")
    func bound() {
        var tracker = IncidentTracker(limits: IncidentLimits(changes: 10))
        for number in 0..<25 {
            _ = tracker.handle(
                [.change(change("\(number)", "shop", from: Int64(number)))], now: second(Int64(number)))
        }
        #expect(tracker.statistics.droppedChanges > 0)
        tracker.take(alert("a", "shop", at: 30), at: 30)
        #expect(tracker.incidents.first?.suspects.contains { $0.change.id == "24" } == true)
        #expect(tracker.incidents.first?.suspects.contains { $0.change.id == "0" } == false)
    }
}
