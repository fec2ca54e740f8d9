import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Testing

@testable import AuspexStore

/// A database that was put back from a backup is told from the one that was in use last.
@Suite(.timeLimit(.minutes(2))) struct RestoredBackupFaultTests {
    private func open(_ directory: TemporaryDirectory) throws -> Store {
        try Store(directory: directory.path, clock: StoppedClock(moment: noon))
    }

    /// Two engines' time after one another, the first one's database kept and put back at the end.
    private func restored() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + Store.fileName
        try open(directory).close()
        let backup = try Data(contentsOf: URL(filePath: path))
        try open(directory).close()
        try backup.write(to: URL(filePath: path))
        return directory
    }

    @Test("it is noticed, and no epoch is given twice")
    func noticed() throws {
        let directory = try restored()
        let store = try open(directory)
        #expect(store.isRestored)
        #expect(store.epoch == 3)
        try store.close()
    }

    @Test("it stays noticed over further starts, until its runs have been seen to")
    func lasting() throws {
        let directory = try restored()
        for epoch in 3...5 {
            let store = try open(directory)
            #expect(store.isRestored)
            #expect(store.epoch == Int64(epoch))
            try store.close()
        }
        let store = try open(directory)
        try store.settleRestoration()
        #expect(!store.isRestored)
        try store.close()
        let next = try open(directory)
        #expect(!next.isRestored)
        try next.close()
    }

    @Test("an engine that dies between taking its epoch and noting it is no backup")
    func died() throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<2 { try open(directory).close() }
        try "1\n".write(toFile: directory.path + "/epoch", atomically: true, encoding: .utf8)
        let store = try open(directory)
        #expect(!store.isRestored)
        #expect(store.epoch == 3)
        try store.close()
    }

    @Test("an older directory has no witness, and is no backup")
    func noWitness() throws {
        let directory = try TemporaryDirectory()
        try open(directory).close()
        try FileManager.default.removeItem(atPath: directory.path + "/epoch")
        let store = try open(directory)
        #expect(!store.isRestored)
        try store.close()
    }

    @Test("a witness that says nothing is no reason to trust the database", arguments: ["", "x", "1 2"])
    func unreadable(text: String) throws {
        let directory = try TemporaryDirectory()
        try open(directory).close()
        try text.write(toFile: directory.path + "/epoch", atomically: true, encoding: .utf8)
        let store = try open(directory)
        #expect(store.isRestored)
        #expect(store.epoch == 2)
        try store.close()
    }

    // MARK: - Backups of the same epoch

    private static let parts = ["", "-wal"]

    /// The database of an engine at work, as its files are.
    private func copy(_ directory: TemporaryDirectory) -> [String: Data] {
        let path = directory.path + "/" + Store.fileName
        return Dictionary(
            uniqueKeysWithValues: Self.parts.map { ($0, FileManager.default.contents(atPath: path + $0) ?? Data()) })
    }

    private func putBack(_ files: [String: Data], in directory: TemporaryDirectory) throws {
        let path = directory.path + "/" + Store.fileName
        for part in Self.parts + ["-shm"] { try? FileManager.default.removeItem(atPath: path + part) }
        for (part, data) in files { try data.write(to: URL(filePath: path + part)) }
    }

    private func append(_ number: Int, to store: Store) async throws {
        try await AuditLog(store: store).append(kind: "test", runID: nil, detail: .int(Int64(number)), at: noon)
    }

    @Test("a backup that the same engine's audit has outgrown is noticed", arguments: [true, false])
    func sameEpoch(isClosed: Bool) async throws {
        let directory = try TemporaryDirectory()
        let store = try open(directory)
        try await append(1, to: store)
        let backup = copy(directory)
        try await append(2, to: store)
        // What an engine does every second, and what it does at its end.
        if !isClosed { try await store.check() }
        let witness = try Data(contentsOf: URL(filePath: directory.path + "/epoch"))
        try store.close()
        if !isClosed { try witness.write(to: URL(filePath: directory.path + "/epoch")) }
        try putBack(backup, in: directory)
        let next = try open(directory)
        #expect(next.isRestored && next.epoch == 2)
        #expect(try await AuditLog(store: next).entries().count == 1)
        try next.close()
    }

    @Test("an audit that went on otherwise after a backup was put back does not hide it")
    func otherEntries() async throws {
        let directory = try TemporaryDirectory()
        let store = try open(directory)
        try await append(1, to: store)
        let backup = copy(directory)
        try await append(2, to: store)
        try store.close()
        let witness = try Data(contentsOf: URL(filePath: directory.path + "/epoch"))
        try putBack(backup, in: directory)
        // Another engine's time, of which this directory's witness knows nothing.
        let other = try open(directory)
        for number in 3...5 { try await append(number, to: other) }
        try other.settleRestoration()
        try other.close()
        try witness.write(to: URL(filePath: directory.path + "/epoch"))
        let next = try open(directory)
        #expect(next.isRestored)
        try next.close()
    }

    @Test("an engine that dies after it wrote to the audit, and before its witness knew, is no backup")
    func lagging() async throws {
        let directory = try TemporaryDirectory()
        let store = try open(directory)
        try await append(1, to: store)
        try await store.check()
        let witness = try Data(contentsOf: URL(filePath: directory.path + "/epoch"))
        for number in 2...4 { try await append(number, to: store) }
        try store.close()
        try witness.write(to: URL(filePath: directory.path + "/epoch"))
        let next = try open(directory)
        #expect(!next.isRestored)
        try next.close()
    }

    @Test("an engine that another has replaced does not take anything down any more")
    func replaced() async throws {
        let directory = try TemporaryDirectory()
        let store = try open(directory)
        try await append(1, to: store)
        try await store.pool.write { try $0.execute(sql: "INSERT INTO engine (boot_id, started_at) VALUES ('b', 0)") }
        let witness = try Data(contentsOf: URL(filePath: directory.path + "/epoch"))
        await #expect(throws: StoreError.self) { try await store.check() }
        try store.close()
        #expect(try Data(contentsOf: URL(filePath: directory.path + "/epoch")) == witness)
    }

    @Test("a witness that cannot be written is told of, and keeps nobody from writing")
    func unwritableWitness() async throws {
        let directory = try TemporaryDirectory()
        let store = try open(directory)
        try FileManager.default.createDirectory(
            atPath: directory.path + "/epoch.new", withIntermediateDirectories: false)
        try await append(1, to: store)
        try await store.check()
        #expect(store.problem?.contains("epoch.new") == true)
        try await append(2, to: store)
        try FileManager.default.removeItem(atPath: directory.path + "/epoch.new")
        try await store.check()
        #expect(store.problem == nil)
        try store.close()
    }
}
