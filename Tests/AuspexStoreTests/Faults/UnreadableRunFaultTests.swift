import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import GRDB
import Testing

@testable import AuspexStore

/// Rows of runs that are damaged or were altered: they keep no other run from being read.
@Suite(.timeLimit(.minutes(2))) struct UnreadableRunFaultTests {
    private struct Books {
        let directory: TemporaryDirectory
        let store: Store
        let journal: SQLiteRunJournal
    }

    /// Three runs, of which `r2` is damaged, and which are open unless `isOver`.
    private func books(_ damage: String, isOver: Bool = false) async throws -> Books {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        // What writes here remembers nothing, as an engine that has just begun.
        let journal = SQLiteRunJournal(store: store)
        for id in ["r1", "r2", "r3"] {
            let (run, commits) = RunSamples.cancelled(RunSamples.record(id: id, mode: .manual))
            _ = try await journal.insert(run, audit: RunAudit(kind: "run.created", detail: .null))
            for commit in isOver ? commits[...] : commits.prefix(1) { try await journal.commit(commit) }
        }
        _ = try await journal.acquireLocks(["service/api"], run: "r2", now: noon, until: noon + .hours(1))
        try await store.write("damage") { try $0.execute(sql: damage) }
        return Books(directory: directory, store: store, journal: SQLiteRunJournal(store: store))
    }

    static let damages = [
        "UPDATE run SET body = '{' WHERE id = 'r2'", "UPDATE run SET body = x'00ff' WHERE id = 'r2'",
        "UPDATE run SET body = '{}' WHERE id = 'r2'", "UPDATE run_plan SET body = 'x' WHERE run_id = 'r2'",
        "DELETE FROM run_plan WHERE run_id = 'r2'", "UPDATE run SET revision = 99 WHERE id = 'r2'",
        "UPDATE run SET body = json_set(body, '$.id', 'r1') WHERE id = 'r2'",
        "INSERT OR REPLACE INTO run_step (run_id, position, body) VALUES ('r2', 0, '[]')",
    ]

    @Test("a damaged run that was open waits for a decision, is found so, and can be ended", arguments: damages)
    func open(damage: String) async throws {
        let books = try await books(damage)
        let journal = books.journal
        let open = try await journal.openRuns()
        #expect(open.map(\.id) == ["r1", "r2", "r3"])
        let run = try #require(open.first { $0.id == "r2" })
        #expect(run.status == .needsDecision && run.unfitness == .unreadable(run: "r2"))
        #expect(run.question?.text.contains("cannot be read") == true)
        #expect(run.plan.runbook == "sample" && run.requestedBy == "rule/down" && run.triggerKey == "trigger/r2")
        #expect(throws: RunStateError.unreadable(run: "r2")) { try RunState(run) }
        for id in ["r1", "r3"] { #expect(open.first { $0.id == id }?.status == .running) }

        let filter = RunFilter(status: .needsDecision, since: Timestamp(milliseconds: 0), limit: 1)
        #expect(try await journal.runs(matching: filter).map(\.id) == ["r2"])
        let running = RunFilter(status: .running, since: Timestamp(milliseconds: 0), limit: 5)
        #expect(try await journal.runs(matching: running).map(\.id) == ["r3", "r1"])
        #expect(try await journal.heldLocks(now: noon).map(\.run) == ["r2"])
        let again = RunSamples.record(id: "r4", triggerKey: "trigger/r2")
        let insertion = try await journal.insert(again, audit: RunAudit(kind: "run.created", detail: .null))
        #expect(insertion == .duplicate(of: run))

        let before = try await parts(books)
        let end = RunState.endingUnfit(
            run, .cancelled(reason: "ann: gone"), by: "ann", now: RunSamples.moment(noon.milliseconds))
        try await journal.commit(end)
        let ended = try #require(try await journal.run("r2"))
        #expect(ended.status == .cancelled && ended.ending?.reason == "ann: gone")
        #expect(try await journal.openRuns().map(\.id) == ["r1", "r3"])
        #expect(try await parts(books) == before)
        try await AuditLog(store: books.store).verify()
        try books.store.close()
    }

    /// The plan and the attempts of the damaged run, as they are stored.
    private func parts(_ books: Books) async throws -> [String?] {
        try await books.store.read("looking") { database in
            try Optional<String>.fetchAll(
                database,
                sql: """
                    SELECT body FROM run_plan WHERE run_id = 'r2'
                    UNION ALL SELECT body FROM run_step WHERE run_id = 'r2'
                    """)
        }
    }

    @Test("one that was over and cannot be read is found as failed, whatever its record says")
    func statuses() async throws {
        let damage = """
            UPDATE run SET body = json_set(body, '$.status', 'verified') WHERE id = 'r2';
            UPDATE run_plan SET body = 'x' WHERE run_id = 'r2'
            """
        let books = try await books(damage, isOver: true)
        func found(_ status: RunStatus) async throws -> [String] {
            let filter = RunFilter(status: status, since: Timestamp(milliseconds: 0), limit: 5)
            return try await books.journal.runs(matching: filter).map(\.id)
        }
        #expect(try await found(.failed) == ["r2"])
        #expect(try await found(.cancelled) == ["r3", "r1"])
        #expect(try await found(.verified) == [])
        try books.store.close()
    }

    @Test("a damaged run that was over is no reason to show no others", arguments: damages)
    func over(damage: String) async throws {
        let books = try await books(damage, isOver: true)
        let runs = try await books.journal.runs(since: Timestamp(milliseconds: 0), limit: 10)
        #expect(runs.map(\.id) == ["r3", "r2", "r1"])
        #expect(runs.map(\.status) == [.cancelled, .failed, .cancelled])
        #expect(runs[1].ending?.reason?.contains("cannot be read") == true)
        #expect(runs[1].ending?.reason?.hasSuffix("nobody knows how it ended, so it counts as failed") == true)
        let failed = RunFilter(status: .failed, since: Timestamp(milliseconds: 0), limit: 10)
        #expect(try await books.journal.runs(matching: failed).map(\.id) == ["r2"])
        let cancelled = RunFilter(status: .cancelled, since: Timestamp(milliseconds: 0), limit: 10)
        #expect(try await books.journal.runs(matching: cancelled).map(\.id) == ["r3", "r1"])
        #expect(try await books.journal.openRuns().isEmpty)
        try books.store.close()
    }

    @Test("numbers that are none do not end the program")
    func badColumns() async throws {
        let books = try await books(
            "UPDATE run SET body = '{', created_at = 'x', revision = x'00', requested_by = x'ff' WHERE id = 'r2'")
        #expect(try await books.journal.openRuns().contains { $0.id == "r2" && $0.status == .needsDecision })
        try books.store.close()
    }
}
