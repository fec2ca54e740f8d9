import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexStore

/// The power fails in the middle of a write: the end of the write-ahead log is missing, or is garbage.
@Suite(.timeLimit(.minutes(FaultScale.count(30, full: 90)))) struct TornLogFaultTests {
    /// The files of an engine that died, and what its journal had to say after each change.
    private struct Remains {
        var database: Data
        var log: Data
        /// The length of the log after each change.
        var lengths: [Int]
        /// The bytes of the last page that was written, with its head.
        var lastFrame: Range<Int>
    }

    private static let audit = RunAudit(kind: "run.created", detail: .null)

    /// A run's life up to its end, its database never tidied up.
    private func remains() async throws -> Remains {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + Store.fileName
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let journal = SQLiteRunJournal(store: store)
        let (run, commits) = RunSamples.cancelled(RunSamples.record(id: "r1"))
        var lengths: [Int] = []
        func note() throws { lengths.append(try Data(contentsOf: URL(filePath: path + "-wal")).count) }
        _ = try await journal.insert(run, audit: Self.audit)
        try note()
        for commit in commits {
            try await journal.commit(commit)
            try note()
        }
        let log = try Data(contentsOf: URL(filePath: path + "-wal"))
        // A log has a head of 32 bytes, with the size of a page in the bytes from 8 on; each page has a head of 24.
        let pageSize = log[8..<12].reduce(0) { $0 << 8 | Int($1) }
        let remains = Remains(
            database: try Data(contentsOf: URL(filePath: path)), log: log, lengths: lengths,
            lastFrame: (log.count - pageSize - 24)..<log.count)
        try store.close()
        return remains
    }

    /// Opens what is left, and gives the run's revision there.
    private func revision(_ remains: Remains, log: Data) async throws -> Int64? {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + Store.fileName
        try remains.database.write(to: URL(filePath: path))
        try log.write(to: URL(filePath: path + "-wal"))
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let run = try await SQLiteRunJournal(store: store).run("r1")
        #expect(try AuditReader(directory: store.directory).integrityProblems().isEmpty)
        let audit = AuditLog(store: store)
        try await audit.verify()
        // The audit says as much as the run: both are there, or neither is.
        #expect(try await audit.entries(runID: "r1").count == run.map { Int($0.revision) + 1 } ?? 0)
        try store.close()
        return run?.revision
    }

    /// The last revision of which the log is whole in its first `count` bytes.
    private func whole(_ remains: Remains, _ count: Int) -> Int64? {
        let changes = remains.lengths.count { $0 <= count }
        return changes == 0 ? nil : Int64(changes - 1)
    }

    @Test("a log that ends anywhere has every change before its end, each as a whole")
    func truncated() async throws {
        let remains = try await remains()
        try #require(remains.lengths.count > 2 && remains.lengths == remains.lengths.sorted())
        let last = Array(remains.lastFrame)
        var ends = FaultScale.choice(of: last, short: 20) + FaultScale.choice(of: Array(32..<last[0]), short: 20)
        if FaultScale.isFull { ends = last + stride(from: 32, to: last[0], by: 97) }
        for end in Set(ends + [last[0] - 1, last[0], remains.log.count - 1, remains.log.count]) {
            let found = try await revision(remains, log: remains.log.prefix(end))
            #expect(found == whole(remains, end), "cut after \(end) bytes")
        }
        FaultScale.report("a log of \(remains.log.count) bytes cut at \(Set(ends).count) places")
    }

    @Test("a flipped bit in the last page takes back the change that it belongs to, and no other")
    func flipped() async throws {
        let remains = try await remains()
        let before = whole(remains, remains.lastFrame.lowerBound)
        let places = FaultScale.choice(of: Array(remains.lastFrame), short: 40)
        for place in places {
            var log = remains.log
            log[place] ^= 1 << UInt8(place % 8)
            #expect(try await revision(remains, log: log) == before, "bit \(place % 8) of byte \(place)")
        }
        FaultScale.report("\(places.count) bits of the last page flipped, one at a time")
    }
}
