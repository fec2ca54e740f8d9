import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Testing

@testable import AuspexStore

/// There is no room for another page of the database, at every size that it may have then; later there is again.
@Suite(.timeLimit(.minutes(10))) struct FullDiskFaultTests {
    private static let audit = RunAudit(kind: "run.created", detail: .null)

    private func pages(_ store: Store) async throws -> Int {
        try await store.pool.read { try Int.fetchOne($0, sql: "PRAGMA page_count") } ?? 0
    }

    /// Lets the file have so many pages and no more; zero for as many as it likes.
    private func limit(_ store: Store, _ pages: Int) async throws {
        try await store.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA max_page_count = \(pages == 0 ? 1 << 30 : pages)")
        }
    }

    @Test("what was not stored is not there, the store says so, and goes on by itself when there is room")
    func full() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let journal = SQLiteRunJournal(store: store)
        var stored: [String: Int64] = [:]
        var refusals = 0
        let rounds = FaultScale.count(30, full: 300)
        for round in 0..<rounds {
            // Room for 0 to 2 pages more.
            try await limit(store, try await pages(store) + round % 3)
            let (run, commits) = RunSamples.cancelled(RunSamples.record(id: "r\(round)"))
            var hasRoom = true
            do {
                _ = try await journal.insert(run, audit: Self.audit)
                stored[run.id] = run.revision
                for commit in commits {
                    try await journal.commit(commit)
                    stored[run.id] = commit.record.revision
                }
            } catch let error as StoreError {
                #expect(error.isOfDisk, "\(error)")
                refusals += 1
                hasRoom = false
            }
            #expect((store.problem == nil) == hasRoom)
            for (id, revision) in stored { #expect(try await journal.run(id)?.revision == revision) }
            if stored[run.id] == nil { #expect(try await journal.run(run.id) == nil) }
            try await limit(store, 0)
            try await store.check()
            #expect(store.problem == nil)
        }
        #expect(refusals > rounds / 10)
        #expect(try AuditReader(directory: store.directory).integrityProblems().isEmpty)
        try await AuditLog(store: store).verify()
        FaultScale.report("\(rounds) runs stored on a database that was full \(refusals) times")
    }
}
