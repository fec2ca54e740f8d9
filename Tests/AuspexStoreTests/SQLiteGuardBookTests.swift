import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import GRDB
import Testing

@testable import AuspexStore

@Suite struct SQLiteGuardBookTests {
    @Test("the book in SQLite keeps the rules of every book, and so does the one in memory")
    func conformance() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        #expect(try await GuardBookConformance.problems(of: SQLiteGuardBook(store: store)).isEmpty)
        #expect(try await GuardBookConformance.problems(of: InMemoryGuardBook()).isEmpty)
        try await AuditLog(store: store).verify()
        #expect(try await AuditLog(store: store).entries().count == 7)
    }

    @Test("a promotion and an open breaker outlive the engine")
    func reopening() async throws {
        let directory = try TemporaryDirectory()
        let promotion = Promotion(rule: "r", runbook: "b", level: .auto, by: "ann", reason: "", at: noon)
        let breaker = Breaker(runbook: "b", openedAt: noon, reason: "two failed", run: "r2")
        do {
            let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
            let book = SQLiteGuardBook(store: store)
            try await book.promote(promotion, audit: RunAudit(kind: "runbook.promoted", detail: .null))
            _ = try await book.open(breaker, audit: RunAudit(kind: "breaker.opened", detail: .null))
            try store.close()
        }
        let book = SQLiteGuardBook(
            store: try Store(directory: directory.path, clock: StoppedClock(moment: noon)))
        #expect(try await book.promotions() == [promotion])
        #expect(try await book.openBreakers() == [breaker])
    }

    @Test("runs of an older database are found by their runbook and by who asked")
    func migration() async throws {
        let directory = try TemporaryDirectory()
        let run = RunSamples.record(id: "r1", createdAt: noon)
        let shadow = RunSamples.record(id: "r2", mode: .shadow, createdAt: noon)
        do {
            let queue = try DatabaseQueue(path: directory.path + "/" + Store.fileName)
            try Schema.migrator.migrate(queue, upTo: "7: names of versions")
            try await queue.write { database in
                for record in [run, shadow] {
                    try database.execute(
                        sql: """
                            INSERT INTO run (id, trigger_key, is_open, created_at, revision, body)
                            VALUES (?, ?, ?, ?, ?, ?)
                            """,
                        arguments: [
                            record.id, record.triggerKey, record.isOpen, record.createdAt.milliseconds, record.revision,
                            try record.jsonText(),
                        ])
                }
            }
            try queue.close()
        }
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let journal = SQLiteRunJournal(store: store)
        let filter = RunFilter(runbook: "sample", requestedBy: "rule/down", since: noon, limit: 9)
        #expect(try await journal.runs(matching: filter) == [run])
        #expect(try await journal.runs(since: noon, limit: 9, leavingOutShadow: true) == [run])
        #expect(try await journal.runs(since: noon, limit: 9).count == 2)
    }
}
