import AuspexSignals
import AuspexTesting
import Crypto
import Foundation
import GRDB
import Testing

@testable import AuspexStore

@Suite struct AuditVerificationTests {
    /// A log of `count` entries, written in one transaction.
    private func filled(_ directory: TemporaryDirectory, _ count: Int) async throws -> (Store, AuditLog) {
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        try await store.write("test", isAlone: true) { database in
            for number in 0..<count {
                try AuditLog.append(
                    database, kind: "test", runID: number % 3 == 0 ? "run-a" : nil,
                    detail: .object(["n": .int(Int64(number)), "text": .string("a \"b\"\n\u{1b} ä")]), at: noon)
            }
        }
        return (store, AuditLog(store: store))
    }

    @Test("a log longer than what is read at once is walked to its end", arguments: [-1, 0, 1])
    func pages(more: Int) async throws {
        let directory = try TemporaryDirectory()
        let count = 2 * AuditLog.entriesAtOnce + more
        let (_, audit) = try await filled(directory, count)
        let last = try await audit.verify()
        #expect(last.sequence == Int64(count))
        #expect(try await audit.newest(limit: 1).map(\.hash) == [last.hash])
    }

    @Test("an empty log is whole, and has nothing to anchor")
    func empty() async throws {
        let directory = try TemporaryDirectory()
        let audit = AuditLog(store: try Store(directory: directory.path, clock: StoppedClock(moment: noon)))
        #expect(try await audit.verify().sequence == 0)
        await #expect(throws: AuditProblem.cut(last: 0, expected: 3)) {
            try await audit.verify(anchor: AuditAnchor(sequence: 3, hash: "x"))
        }
    }

    @Test(
        "wherever one byte of a long log is changed, that entry is named", arguments: [1, 4_999, 5_000, 5_001, 7_000])
    func oneByte(sequence: Int64) async throws {
        let directory = try TemporaryDirectory()
        let (store, audit) = try await filled(directory, 7_000)
        try await store.pool.write { database in
            try database.execute(
                sql: "UPDATE audit SET detail = replace(detail, 'a ', 'b ') WHERE seq = ?", arguments: [sequence])
        }
        await #expect(throws: AuditProblem.broken(sequence: sequence)) { try await audit.verify() }
    }
}
