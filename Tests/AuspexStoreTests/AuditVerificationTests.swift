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
        #expect(last?.sequence == Int64(count))
        #expect(try await audit.newest() == last)
    }

    @Test("an empty log is whole, and has nothing to anchor")
    func empty() async throws {
        let directory = try TemporaryDirectory()
        let audit = AuditLog(store: try Store(directory: directory.path, clock: StoppedClock(moment: noon)))
        #expect(try await audit.verify() == nil)
        #expect(try await audit.newest() == nil)
        await #expect(throws: StoreError.auditNotAsAnchored(sequence: 1)) {
            try await audit.verify(against: [AuditLog.Anchor(sequence: 3, hash: "x", at: noon)])
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
        await #expect(throws: StoreError.auditBroken(sequence: sequence)) { try await audit.verify() }
    }

    @Test("a tail that was cut off together with the count of it is found out by an anchor, and only so")
    func cutTail() async throws {
        let directory = try TemporaryDirectory()
        let (store, audit) = try await filled(directory, 10)
        let anchor = try #require(try await audit.newest())
        try await audit.verify(against: [anchor])
        try await store.pool.write { database in
            try database.execute(sql: "DELETE FROM audit WHERE seq > 7; UPDATE sqlite_sequence SET seq = 7")
        }
        #expect(try await audit.verify()?.sequence == 7)
        await #expect(throws: StoreError.auditNotAsAnchored(sequence: 8)) {
            try await audit.verify(against: [anchor])
        }
    }

    @Test("a chain that was computed anew is found out by an anchor, and only so")
    func computedAnew() async throws {
        let directory = try TemporaryDirectory()
        let (store, audit) = try await filled(directory, 10)
        let anchors = [try await audit.newest()].compactMap(\.self)
        try await store.pool.write { database in
            try database.execute(sql: "DELETE FROM audit; UPDATE sqlite_sequence SET seq = 0 WHERE name = 'audit'")
            for number in 0..<10 {
                try AuditLog.append(database, kind: "forged", runID: nil, detail: .int(Int64(number)), at: noon)
            }
        }
        #expect(try await audit.verify()?.sequence == 10)
        await #expect(throws: StoreError.auditNotAsAnchored(sequence: 10)) { try await audit.verify(against: anchors) }
    }

    @Test("anchors are appended to their file and read from it, and what is no anchor is named")
    func anchorFile() throws {
        let directory = try TemporaryDirectory()
        let file = AuditAnchorFile(path: directory.path + "/anchors")
        #expect(try file.read().isEmpty)
        let anchors = (1...3).map { AuditLog.Anchor(sequence: $0, hash: "hash \($0)", at: noon) }
        for anchor in anchors { try file.append(anchor) }
        #expect(try file.read() == anchors)
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        try (text + "{\"sequence\":").write(toFile: file.path, atomically: true, encoding: .utf8)
        let error = #expect(throws: AuditAnchorError.self) { try file.read() }
        #expect(error?.description.contains("line 4 is no anchor") == true)
        #expect(throws: AuditAnchorError.self) { try AuditAnchorFile(path: "/proc/x").append(anchors[0]) }
    }

    @Test("the lines of an export are the whole log, and their chain can be walked by somebody who has only them")
    func export() async throws {
        let directory = try TemporaryDirectory()
        let count = AuditLog.entriesAtOnce + 10
        let (_, audit) = try await filled(directory, count)
        var previous = String(repeating: "0", count: 64)
        var expected: Int64 = 1
        for try await line in audit.lines() {
            let entry = try #require(try JSONValue(parsing: line).object)
            #expect(entry["seq"] == .int(expected))
            #expect(entry["previous_hash"] == .string(previous))
            let link = JSONValue.array([
                .string(previous), entry["at"] ?? .null, entry["kind"] ?? .null, entry["run"] ?? .null,
                .string(entry["detail"]?.canonicalText ?? ""),
            ])
            let digest = SHA256.hash(data: Data(link.canonicalText.utf8))
            let hash = digest.map { String(format: "%02x", $0) }.joined()
            #expect(entry["hash"] == .string(hash))
            previous = hash
            expected += 1
        }
        #expect(expected == Int64(count) + 1)
    }

    @Test("an export can be of one run, and go on where another ended")
    func exportParts() async throws {
        let directory = try TemporaryDirectory()
        let (_, audit) = try await filled(directory, 30)
        func numbers(_ lines: AuditLog.Lines) async throws -> [Int64] {
            var numbers: [Int64] = []
            for try await line in lines {
                if case .int(let number)? = try JSONValue(parsing: line).object?["seq"] { numbers.append(number) }
            }
            return numbers
        }
        #expect(try await numbers(audit.lines(after: 27)) == [28, 29, 30])
        #expect(try await numbers(audit.lines(runID: "run-a")) == Array(stride(from: 1, through: 30, by: 3)))
        #expect(try await numbers(audit.lines(runID: "run-a", after: 25)) == [28])
        #expect(try await numbers(audit.lines(after: 30)).isEmpty)
    }
}
