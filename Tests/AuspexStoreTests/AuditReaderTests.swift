import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Testing

@testable import AuspexStore

@Suite struct AuditReaderTests {
    private func filled(_ directory: TemporaryDirectory, _ count: Int = 5) async throws -> Store {
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let audit = AuditLog(store: store)
        for number in 0..<count {
            let runID = number % 2 == 0 ? "run-a" : nil
            try await audit.append(kind: "test", runID: runID, detail: .object(["n": .int(Int64(number))]), at: noon)
        }
        return store
    }

    @Test("the audit is read while an engine is at work, and after it has gone")
    func besideAnEngine() async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory)
        let reader = try AuditReader(directory: directory.path)
        #expect(try reader.entries().map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(try reader.entries(runID: "run-a", after: 1, limit: 1).map(\.sequence) == [3])
        #expect(try reader.newest(limit: 2).map(\.sequence) == [4, 5])
        #expect(try reader.newest(runID: "run-a", limit: 2).map(\.sequence) == [3, 5])
        #expect(try await AuditLog(store: store).newest(limit: 2).map(\.sequence) == [4, 5])
        let last = try reader.verify()
        try await AuditLog(store: store).append(kind: "more", runID: nil, detail: .null, at: noon)
        #expect(try reader.verify(anchor: last).sequence == 6)
        try store.close()
        #expect(try AuditReader(directory: directory.path).verify(anchor: last).sequence == 6)
    }

    @Test("reading takes nothing and changes nothing: the next engine has the next epoch")
    func changesNothing() async throws {
        let directory = try TemporaryDirectory()
        let first = try await filled(directory)
        try first.close()
        _ = try AuditReader(directory: directory.path).verify()
        let second = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        #expect(second.epoch == first.epoch + 1)
        try second.close()
    }

    @Test("a directory without a database is told by its name, and none is made in it")
    func noDatabase() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: StoreError.directory(path: directory.path, reason: "it holds no auspex.sqlite")) {
            try AuditReader(directory: directory.path)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    static let tamperings: [(sql: String, problem: AuditProblem)] = [
        ("UPDATE audit SET detail = '{\"n\":9}' WHERE seq = 3", .broken(sequence: 3)),
        // Means the same, and is not what was written.
        ("UPDATE audit SET detail = '{\"n\": 2}' WHERE seq = 3", .broken(sequence: 3)),
        ("UPDATE audit SET at = at + 1 WHERE seq = 2", .broken(sequence: 2)),
        ("UPDATE audit SET kind = 'other' WHERE seq = 2", .broken(sequence: 2)),
        ("UPDATE audit SET run_id = NULL WHERE seq = 1", .broken(sequence: 1)),
        ("UPDATE audit SET previous_hash = hash WHERE seq = 4", .broken(sequence: 4)),
        ("UPDATE audit SET hash = previous_hash WHERE seq = 4", .broken(sequence: 4)),
        ("DELETE FROM audit WHERE seq = 2", .missing(sequence: 2)),
        ("DELETE FROM audit WHERE seq = 1", .missing(sequence: 1)),
        ("DELETE FROM audit WHERE seq = 5", .cut(last: 4, expected: 5)),
        ("DELETE FROM audit", .cut(last: 0, expected: 5)),
        (
            "UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3)",
            .missing(sequence: 1)
        ),
    ]

    @Test("the first entry that is not as it was written is named", arguments: tamperings.indices)
    func tampering(index: Int) async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory)
        try await store.pool.write { try $0.execute(sql: Self.tamperings[index].sql) }
        let reader = try AuditReader(directory: directory.path)
        #expect(throws: Self.tamperings[index].problem) { try reader.verify() }
    }

    @Test("an anchor finds what the chain cannot: that it was written anew, or that its end is gone with every trace")
    func anchor() async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory)
        let reader = try AuditReader(directory: directory.path)
        let whole = try reader.verify()
        #expect(whole.sequence == 5)
        // A cut that leaves no trace in the database.
        try await store.pool.write { database in
            try database.execute(sql: "DELETE FROM audit WHERE seq > 3")
            try database.execute(sql: "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'")
        }
        #expect(try reader.verify().sequence == 3)
        #expect(throws: AuditProblem.cut(last: 3, expected: 5)) { try reader.verify(anchor: whole) }
        // Others in their place.
        let audit = AuditLog(store: store)
        for _ in 0..<2 { try await audit.append(kind: "forged", runID: nil, detail: .null, at: noon) }
        let forged = try reader.verify()
        #expect(throws: AuditProblem.rewritten(whole, found: forged.hash)) { try reader.verify(anchor: whole) }
    }

    @Test("entries that come over a wire are held against each other as those in the file are")
    func chain() async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory)
        let entries = try await AuditLog(store: store).entries()
        let sent = try JSONDecoder().decode([AuditLog.Entry].self, from: try JSONEncoder().encode(entries))
        var chain = AuditChain()
        for entry in sent { try chain.take(entry) }
        try chain.finish(given: 5)
        #expect(chain.last == AuditAnchor(sequence: 5, hash: entries[4].hash))
        var broken = AuditChain()
        var changed = sent
        changed[2].detail = .null
        #expect(throws: AuditProblem.broken(sequence: 3)) { for entry in changed { try broken.take(entry) } }
        var short = AuditChain()
        try short.take(sent[0])
        #expect(throws: AuditProblem.missing(sequence: 2)) { try short.take(sent[2]) }
    }
}
