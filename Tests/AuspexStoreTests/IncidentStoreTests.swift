import AuspexRules
import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Testing

@testable import AuspexStore

@Suite struct IncidentStoreTests {
    private func withStore(_ body: (SQLiteIncidentStore, Store) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        try await body(SQLiteIncidentStore(store: store), store)
    }

    /// Incidents as a tracker makes them: one an alert, alternately of two services, every third of them over.
    private func incidents(_ count: Int) throws -> [Incident] {
        var tracker = IncidentTracker(settings: IncidentSettings(window: .zero, quiet: .zero))
        var last = noon
        for number in 0..<count {
            last = noon + .minutes(Int64(4 * number))
            let isOver = number % 3 == 0
            let text = """
                {"id":"a\(number)","rule":"r\(number)","title":"t","owner":"","runbookURL":"",
                "severity":"\(Severity.allCases[number % 3].rawValue)","group":{},
                "labels":{"service":"\(["shop", "till"][number % 2])"},"note":"",
                "state":"\(isOver ? "resolved" : "firing")","startedAt":\(last.milliseconds),
                "firedAt":\(last.milliseconds),\(isOver ? "\"resolvedAt\":\(last.milliseconds + 1000)," : "")
                "evidence":{"series":{},"time":0,"detector":"","text":""}}
                """
            _ = tracker.handle([.alert(try JSONDecoder().decode(Alert.self, from: Data(text.utf8)))], now: last)
        }
        _ = tracker.advance(to: last + .minutes(1))
        return tracker.incidents
    }

    @Test("incidents are replaced by their ids and found as the filter itself would find them")
    func filters() async throws {
        let all = try incidents(12)
        #expect(all.count == 12)
        try await withStore { store, _ in
            try await store.apply(all.map { .changed($0) })
            try await store.apply([.changed(all[3])])
            let filters = [
                IncidentFilter(), IncidentFilter(states: [.open]), IncidentFilter(states: [.resolved], service: "shop"),
                IncidentFilter(severity: .warning), IncidentFilter(alert: "a7"), IncidentFilter(ids: []),
                IncidentFilter(ids: [all[0].id, all[5].id, "nobody"]), IncidentFilter(limit: 3),
                IncidentFilter(service: "till", startedSince: noon + .minutes(20)), IncidentFilter(service: "'; --"),
            ]
            for filter in filters {
                let expected = all.filter(filter.matches).prefix(filter.limit)
                #expect(try await store.incidents(matching: filter) == Array(expected))
            }
        }
    }

    @Test("an incident that has become part of another is found as that, and an alert that was moved away is not")
    func absorbed() async throws {
        var all = try incidents(3)
        try await withStore { store, _ in
            try await store.apply(all.map { .changed($0) })
            let moved = all[0].alerts.removeFirst()
            all[1].alerts.append(moved)
            try await store.apply([.changed(all[0]), .changed(all[1]), .absorbed(id: all[0].id, into: all[1].id)])
            #expect(try await store.incidents(matching: IncidentFilter()).map(\.id) == [all[1].id, all[2].id])
            #expect(try await store.incidents(matching: IncidentFilter(ids: [all[0].id])).map(\.id) == [all[1].id])
            // It changes again, and still goes by the other identifier.
            try await store.apply([.changed(all[1])])
            #expect(try await store.incidents(matching: IncidentFilter(ids: [all[0].id])).map(\.id) == [all[1].id])
            #expect(try await store.incidents(matching: IncidentFilter(alert: moved.id)).map(\.id) == [all[1].id])
            // It is one of its own again.
            try await store.apply([.changed(all[0])])
            #expect(try await store.incidents(matching: IncidentFilter(ids: [all[0].id])).map(\.id) == [all[0].id])
            all[1].alerts = []
            try await store.apply([.changed(all[1])])
            #expect(try await store.incidents(matching: IncidentFilter(alert: moved.id)).isEmpty)
        }
    }

    @Test("old incidents go with all that leads to them, but not one that is still open")
    func retention() async throws {
        let all = try incidents(6)
        try await withStore { incidents, store in
            try await incidents.apply(all.map { .changed($0) })
            let resolved = all.filter { $0.state == .resolved }
            #expect(try await store.removeRecords(before: noon + .hours(100)) == resolved.count)
            let left = try await incidents.incidents(matching: IncidentFilter())
            #expect(left == all.filter { $0.state != .resolved })
            let keys = try await store.read("counting") { database in
                try Int.fetchOne(database, sql: "SELECT count(DISTINCT incident) FROM incident_key")
            }
            #expect(keys == left.count)
        }
    }
}
