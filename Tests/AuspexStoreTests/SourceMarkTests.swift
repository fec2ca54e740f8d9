import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Testing

@testable import AuspexStore

@Suite("How far sources have been read") struct SourceMarkTests {
    private func marks(_ changed: [String: String], removed: Set<String> = []) -> SourceMarks {
        var marks = SourceMarks()
        (marks.changed, marks.removed) = (changed, removed)
        return marks
    }

    @Test("marks are kept with the message that they came with, changed and removed")
    func together() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let log = SignalLog(store: store, clock: StoppedClock(moment: noon))
        let kept = SourceMarkStore(store: store)
        #expect(try await kept.all().isEmpty)
        _ = try await log.append([1], marks: marks(["a": "1", "b": "1"]))
        _ = try await log.append([2], marks: marks(["a": "2"], removed: ["b"]))
        #expect(try await kept.all() == ["a": "2"])
        try await kept.save(marks(["c": "é"]))
        #expect(try await kept.all() == ["a": "2", "c": "é"])
    }

    @Test("a message that is not stored leaves no mark")
    func neither() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        try await store.pool.write { try $0.execute(sql: "DROP TABLE message") }
        let log = SignalLog(store: store, clock: StoppedClock(moment: noon))
        await #expect(throws: StoreError.self) { _ = try await log.append([1], marks: marks(["a": "1"])) }
        #expect(try await SourceMarkStore(store: store).all().isEmpty)
    }

    @Test("a file of a version without marks is migrated, and copied before")
    func migration() async throws {
        let directory = try TemporaryDirectory()
        do {
            let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
            _ = try await SignalLog(store: store, clock: StoppedClock(moment: noon)).append([7])
            try await store.pool.write { database in
                try database.execute(sql: "DROP TABLE source_mark")
                try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '2:%'")
            }
            try store.close()
        }
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let log = SignalLog(store: store, clock: StoppedClock(moment: noon))
        #expect(try await log.read(after: 0, limit: 9, bytes: 9).map(\.payload) == [[7]])
        #expect(try await SourceMarkStore(store: store).all().isEmpty)
        let backup = directory.path + "/" + Store.fileName + ".before-migration-2"
        #expect(FileManager.default.fileExists(atPath: backup))
    }
}
