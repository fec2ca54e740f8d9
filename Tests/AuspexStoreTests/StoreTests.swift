import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Testing

@testable import AuspexStore

@Suite struct StoreTests {
    @Test("a data directory belongs to one engine at a time")
    func exclusive() throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        #expect(throws: StoreError.inUse(path: directory.path)) {
            try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        }
        try store.close()
    }

    @Test("what has returned is synced: the writer runs in WAL mode with synchronous=FULL")
    func durable() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let (journal, synchronous, keys) = try await store.write("test") { database in
            (
                try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                try Int.fetchOne(database, sql: "PRAGMA foreign_keys")
            )
        }
        #expect(journal == "wal")
        #expect(synchronous == 2)
        #expect(keys == 1)
        #expect(try AuditReader(directory: store.directory).integrityProblems().isEmpty)
    }

    @Test("a database that was closed is whole in its one file")
    func closed() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + Store.fileName
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let audit = AuditLog(store: store)
        try await audit.append(kind: "test", runID: nil, detail: .null, at: noon)
        #expect(try await audit.entries().count == 1)
        try store.close()
        let log = FileManager.default.contents(atPath: path + "-wal") ?? Data()
        #expect(log.isEmpty)
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: path, toPath: copy.path + "/" + Store.fileName)
        let again = try Store(directory: copy.path, clock: StoppedClock(moment: noon))
        #expect(try await AuditLog(store: again).entries().count == 1)
        try again.close()
    }

    @Test("every engine gets an epoch of its own, and the older one's writes are refused")
    func fencing() async throws {
        let directory = try TemporaryDirectory()
        let first = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        // What a second engine on the same file does, with the lock bypassed.
        try await first.pool.write { database in
            try database.execute(sql: "INSERT INTO engine (boot_id, started_at) VALUES ('x', 0)")
        }
        let log = SignalLog(store: first, clock: StoppedClock(moment: noon))
        await #expect(throws: StoreError.fenced(mine: first.epoch, newest: first.epoch + 1)) {
            _ = try await log.append([1])
        }
    }

    @Test("a file from a later version is left alone")
    func newerSchema() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + Store.fileName
        do {
            let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
            try await store.pool.write { database in
                try database.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999: from the future')")
            }
            try store.close()
        }
        #expect(throws: StoreError.newerSchema(path: path)) {
            try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        }
    }

    @Test("a directory that cannot be made is an error that names it")
    func unusableDirectory() {
        #expect(throws: StoreError.self) { try Store(directory: "/proc/no", clock: StoppedClock(moment: noon)) }
    }

    @Test("a data directory is checked without being made")
    func checkDirectory() throws {
        let directory = try TemporaryDirectory()
        try DirectoryLock.check(directory: directory.path + "/a/b")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        try Data().write(to: URL(filePath: directory.path + "/file"))
        let error = #expect(throws: StoreError.self) { try DirectoryLock.check(directory: directory.path + "/file/x") }
        #expect(error?.description.contains("/file is not a directory") == true)
    }

    @Test("messages keep their order and positions, also when all of them have been worked in")
    func signalLog() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let log = SignalLog(store: store, clock: StoppedClock(moment: noon))
        #expect(try await log.lastSequence() == 0)
        let positions = [try await log.append([1]), try await log.append([2]), try await log.append([])]
        #expect(positions == [1, 2, 3])
        #expect(try await log.read(after: 1, limit: 10, bytes: 1_000).map(\.payload) == [[2], []])
        #expect(try await log.read(after: 0, limit: 1, bytes: 1_000).map(\.sequence) == [1])
        #expect(try await log.read(after: 0, limit: 10, bytes: 2).map(\.sequence) == [1, 2])
        #expect(try await log.bytes(after: 0) == 2)

        let checkpoints = CheckpointStore(store: store)
        try await checkpoints.save(.init(sequence: 3, states: ["rules": [7]], series: ["{}": [8]]))
        #expect(try await log.read(after: 0, limit: 10, bytes: 1_000).isEmpty)
        #expect(try await log.lastSequence() == 3)
        #expect(try await log.append([4]) == 4)
        #expect(try await checkpoints.load() == .init(sequence: 3, states: ["rules": [7]], series: ["{}": [8]]))
    }

    @Test("a checkpoint adds to the series of the last one and removes those that are gone")
    func incrementalCheckpoint() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let checkpoints = CheckpointStore(store: store)
        #expect(try await checkpoints.load() == .init(sequence: 0, states: [:], series: [:]))
        try await checkpoints.save(.init(sequence: 1, states: ["a": [1]], series: ["x": [1], "y": [2]]))
        try await checkpoints.save(.init(sequence: 2, states: [:], series: ["y": [3]]), removed: ["x"])
        #expect(try await checkpoints.load() == .init(sequence: 2, states: ["a": [1]], series: ["y": [3]]))
    }

    @Test("a checkpoint removes what it makes superfluous, however much that is", arguments: [255, 256, 600])
    func manyMessages(count: Int64) async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let log = SignalLog(store: store, clock: StoppedClock(moment: noon))
        for number in 0...count { _ = try await log.append([UInt8(number % 256)]) }
        try await CheckpointStore(store: store).save(.init(sequence: count, states: [:], series: [:]))
        #expect(try await log.read(after: 0, limit: 1_000, bytes: 1_000).map(\.sequence) == [count + 1])
    }

    @Test("nothing is left of a state that is empty")
    func emptyState() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let checkpoints = CheckpointStore(store: store)
        try await checkpoints.save(.init(sequence: 1, states: ["a": [1], "b": [2]], series: [:]))
        try await checkpoints.save(.init(sequence: 2, states: ["a": [], "c": []], series: [:]))
        #expect(try await checkpoints.load() == .init(sequence: 2, states: ["b": [2]], series: [:]))
    }
}

@Suite struct AuditLogTests {
    private func filled(_ directory: TemporaryDirectory) async throws -> (Store, AuditLog) {
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let audit = AuditLog(store: store)
        for number in 0..<5 {
            let runID = number % 2 == 0 ? "run-a" : nil
            try await audit.append(kind: "test", runID: runID, detail: .object(["n": .int(Int64(number))]), at: noon)
        }
        return (store, audit)
    }

    @Test("entries come back in order, of one run or of all")
    func entries() async throws {
        let directory = try TemporaryDirectory()
        let (_, audit) = try await filled(directory)
        #expect(try await audit.entries().map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(try await audit.entries(runID: "run-a").map(\.sequence) == [1, 3, 5])
        #expect(try await audit.entries(after: 3).map(\.sequence) == [4, 5])
        try await audit.verify()
    }

    @Test(
        "a changed, removed, reordered or cut-off entry breaks the chain",
        arguments: [
            ("UPDATE audit SET detail = '{\"n\":9}' WHERE seq = 3", .broken(sequence: 3)),
            ("UPDATE audit SET at = at + 1 WHERE seq = 2", .broken(sequence: 2)),
            ("UPDATE audit SET run_id = NULL WHERE seq = 1", .broken(sequence: 1)),
            ("DELETE FROM audit WHERE seq = 2", .missing(sequence: 2)),
            ("DELETE FROM audit WHERE seq = 5", .cut(last: 4, expected: 5)),
            (
                "UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3)",
                .missing(sequence: 1)
            ),
        ] as [(String, AuditProblem)])
    func tampering(sql: String, problem: AuditProblem) async throws {
        let directory = try TemporaryDirectory()
        let (store, audit) = try await filled(directory)
        try await store.pool.write { try $0.execute(sql: sql) }
        await #expect(throws: problem) { try await audit.verify() }
    }
}
