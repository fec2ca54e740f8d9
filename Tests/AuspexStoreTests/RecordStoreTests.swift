import AuspexChanges
import AuspexRules
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexStore

@Suite struct RecordStoreTests {
    private func store() throws -> (TemporaryDirectory, Store) {
        let directory = try TemporaryDirectory()
        return (directory, try Store(directory: directory.path, clock: StoppedClock(moment: noon)))
    }

    private func alert(_ id: String, _ state: Alert.State, startedAt: Timestamp, fired: Bool) throws -> Alert {
        let time = startedAt.milliseconds
        let end = state == .resolved ? "\"resolvedAt\":\(time + 1_000)," : ""
        let text = """
            {"id":"\(id)","rule":"rule-\(id.prefix(1))","title":"t","severity":"warning","owner":"","runbookURL":"",
            "group":{},"labels":{"service":"shop"},"state":"\(state.rawValue)","startedAt":\(time),
            \(fired ? "\"firedAt\":\(time)," : "")\(end)"note":"",
            "evidence":{"series":{},"time":\(time),"detector":"","text":""}}
            """
        return try JSONDecoder().decode(Alert.self, from: Data(text.utf8))
    }

    @Test("alerts are replaced by their ids and found as the filter itself would find them")
    func alerts() async throws {
        let (directory, store) = try store()
        defer { _ = directory }
        let alerts = SQLiteAlertStore(store: store)
        var all: [Alert] = []
        for number in 0..<12 {
            let state = Alert.State.allCases[number % 3]
            all.append(
                try alert(
                    "\(["a", "b"][number % 2])\(number)", state, startedAt: noon + .seconds(Int64(number / 2)),
                    fired: number % 4 == 0))
        }
        try await alerts.upsert(all)
        try await alerts.upsert([all[3]])
        let filters = [
            AlertFilter(), AlertFilter(states: [.firing, .pending]), AlertFilter(rule: "rule-a"),
            AlertFilter(onlyFired: true), AlertFilter(startedSince: noon + .seconds(3)),
            AlertFilter(ids: ["a0", "b3"]), AlertFilter(resolvedSince: noon + .seconds(4)),
            AlertFilter(firedSince: noon + .seconds(2)),
            AlertFilter(ids: []), AlertFilter(states: [.resolved], rule: "rule-b", limit: 1),
        ]
        for filter in filters {
            let expected = all.filter(filter.matches)
                .sorted { ($1.startedAt, $0.id) < ($0.startedAt, $1.id) }.prefix(filter.limit)
            #expect(try await alerts.alerts(matching: filter) == Array(expected))
        }
    }

    @Test("old records go, but not an alert that is still open")
    func retention() async throws {
        let (directory, store) = try store()
        defer { _ = directory }
        let (alerts, changes) = (SQLiteAlertStore(store: store), SQLiteChangeStore(store: store))
        let (old, recent) = (noon - .hours(100), noon - .hours(10))
        try await alerts.upsert([
            alert("a0", .resolved, startedAt: old, fired: true), alert("a1", .firing, startedAt: old, fired: true),
            alert("a2", .resolved, startedAt: recent, fired: true),
        ])
        for (id, time) in [("c0", old), ("c1", recent)] {
            try await changes.save(Change(id: id, service: "shop", startedAt: time))
        }
        #expect(try await store.removeRecords(before: noon - .hours(50)) == 2)
        #expect(try await alerts.alerts(matching: AlertFilter()).map(\.id) == ["a2", "a1"])
        #expect(try await changes.changes(ChangeFilter()).map(\.id) == ["c1"])
        #expect(try await store.removeRecords(before: noon - .hours(50)) == 0)
    }

    @Test("changes are merged and found as the filter itself would find them")
    func changes() async throws {
        let (directory, store) = try store()
        defer { _ = directory }
        let changes = SQLiteChangeStore(store: store)
        var all: [Change] = []
        for number in 0..<8 {
            let change = Change(
                id: "c\(number)", service: number % 2 == 0 ? "shop" : "pay", environment: number < 4 ? "prod" : "test",
                startedAt: noon + .seconds(Int64(number)))
            all.append(change)
            try await changes.save(change)
        }
        let news = Change(
            id: "c1", service: "pay", startedAt: noon + .seconds(1), endedAt: noon + .seconds(9), outcome: .success)
        try await changes.save(news)
        all[1] = all[1].merged(with: news)
        let filters = [
            ChangeFilter(), ChangeFilter(service: "shop"), ChangeFilter(environment: "prod", limit: 2),
            ChangeFilter(since: noon + .seconds(2), until: noon + .seconds(5)),
        ]
        for filter in filters { #expect(try await changes.changes(filter) == filter.applied(to: all)) }
        #expect(all[1].environment == "prod" && all[1].outcome == .success)
    }

    @Test("a delivery is remembered, and forgotten when it can no longer come again")
    func deliveries() async throws {
        let (directory, store) = try store()
        defer { _ = directory }
        let deliveries = DeliveryStore(store: store)
        #expect(try await deliveries.insert("d1", at: noon))
        #expect(try await !deliveries.insert("d1", at: noon + .hours(200)))
        #expect(try await deliveries.insert("d2", at: noon + .hours(300)))
        #expect(try await deliveries.insert("d1", at: noon + .hours(300)))
    }
}
