import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Testing

@testable import AuspexStore

/// How the journal keeps the attempts of a run: each in a row of its own.
@Suite struct RunStepTests {
    private static let audit = RunAudit(kind: "run.created", detail: .null)

    private func store(_ directory: TemporaryDirectory) throws -> Store {
        try Store(directory: directory.path, clock: StoppedClock(moment: noon))
    }

    /// A run of `count` steps and all commits by which it succeeds.
    private func course(of count: Int, id: String = "r1") throws -> (run: RunRecord, commits: [RunCommit]) {
        let plan = RunSamples.plan(steps: (0..<count).map { RunSamples.step("act-\($0)") })
        let run = RunSamples.record(id: id, plan: plan)
        return (run, try RunSamples.commits(of: run) { "output of \($0.path)" })
    }

    @Test("what is read back is what was committed last, at every point of a run")
    func everyPoint() async throws {
        let directory = try TemporaryDirectory()
        let journal = SQLiteRunJournal(store: try store(directory))
        let (run, commits) = try course(of: 6)
        _ = try await journal.insert(run, audit: Self.audit)
        for commit in commits {
            try await journal.commit(commit)
            #expect(try await journal.run("r1") == commit.record)
        }
        #expect(commits.last?.record.steps.count == 7)
        #expect(commits.last?.record.status == .verified)
    }

    @Test("a journal that has not written a run before goes on with it", arguments: [1, 2, 3, 5, 8])
    func otherJournals(every: Int) async throws {
        let directory = try TemporaryDirectory()
        let store = try store(directory)
        let (run, commits) = try course(of: 8)
        _ = try await SQLiteRunJournal(store: store).insert(run, audit: Self.audit)
        var journal = SQLiteRunJournal(store: store)
        for (number, commit) in commits.enumerated() {
            if number % every == 0 { journal = SQLiteRunJournal(store: store) }
            try await journal.commit(commit)
        }
        #expect(try await journal.run("r1") == commits.last?.record)
    }

    @Test("two journals that write to one run in turn do not take what the other has written for their own")
    func takingTurns() async throws {
        let directory = try TemporaryDirectory()
        let store = try store(directory)
        let journals = [SQLiteRunJournal(store: store), SQLiteRunJournal(store: store)]
        let (run, commits) = try course(of: 8)
        _ = try await journals[0].insert(run, audit: Self.audit)
        var generator = SplitMix64(seed: 4)
        for commit in commits {
            try await journals[Int.random(in: 0...1, using: &generator)].commit(commit)
            #expect(try await journals[0].run("r1") == commit.record)
        }
    }

    @Test("attempts that are changed late or taken away are so on disk, too")
    func changedLate() async throws {
        let directory = try TemporaryDirectory()
        let journal = SQLiteRunJournal(store: try store(directory))
        let (run, commits) = try course(of: 5)
        _ = try await journal.insert(run, audit: Self.audit)
        for commit in commits.dropLast(2) { try await journal.commit(commit) }
        var turned = try #require(commits.dropLast().last)
        turned.record = turned.record.with(plan: turned.record.plan, steps: turned.record.steps.reversed())
        try await journal.commit(turned)
        #expect(try await journal.run("r1") == turned.record)
        var fewer = try #require(commits.last)
        fewer.record = fewer.record.with(plan: fewer.record.plan, steps: Array(fewer.record.steps.prefix(2)))
        try await journal.commit(fewer)
        #expect(try await journal.run("r1") == fewer.record)
    }

    @Test("a commit writes the attempts that changed and no others")
    func onlyChanges() async throws {
        let directory = try TemporaryDirectory()
        let store = try store(directory)
        let journal = SQLiteRunJournal(store: store)
        let (run, commits) = try course(of: 40)
        _ = try await journal.insert(run, audit: Self.audit)
        for commit in commits {
            let before = try await rowsWritten(store)
            try await journal.commit(commit)
            // One attempt, the run and one entry of the audit; at the end of a run no more than these.
            #expect(try await rowsWritten(store) - before <= 4, "revision \(commit.record.revision)")
        }
    }

    private func rowsWritten(_ store: Store) async throws -> Int {
        try await store.write("counting") { $0.totalChangesCount }
    }

    @Test("more runs than are remembered lose nothing")
    func forgotten() async throws {
        let directory = try TemporaryDirectory()
        let journal = SQLiteRunJournal(store: try store(directory))
        let courses = try (0..<WrittenRuns.capacity + 20).map { try course(of: 1, id: "r\($0)") }
        for (run, _) in courses { _ = try await journal.insert(run, audit: Self.audit) }
        for round in 0..<3 {
            for (_, commits) in courses { try await journal.commit(commits[round]) }
        }
        for (run, commits) in courses { #expect(try await journal.run(run.id) == commits[2].record) }
    }

    @Test("runs of a database of the last schema, open and over, are there after the upgrade and go on")
    func upgrade() async throws {
        let directory = try TemporaryDirectory()
        let (open, openCommits) = try course(of: 4, id: "open")
        let (over, overCommits) = try course(of: 2, id: "over")
        let (fresh, _) = try course(of: 1, id: "fresh")
        let stored = [openCommits[5].record, try #require(overCommits.last).record, fresh]
        try writeOldDatabase(in: directory.path, stored)
        let store = try store(directory)
        let journal = SQLiteRunJournal(store: store)
        for record in stored { #expect(try await journal.run(record.id) == record) }
        #expect(try await journal.openRuns().map(\.id).sorted() == ["fresh", "open"])
        let first = try #require(try await journal.run("open"))
        // Its plan is the one that it was made for.
        _ = try RunState(first)
        for commit in openCommits.dropFirst(6) { try await journal.commit(commit) }
        #expect(try await journal.run("open") == openCommits.last?.record)
        #expect(over.id == "over")
        #expect(try AuditReader(directory: store.directory).integrityProblems().isEmpty)
        #expect(open.revision == 0)
        let backup = directory.path + "/" + Store.fileName + ".before-migration-8"
        let count = try await DatabaseQueue(path: backup).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM run") }
        #expect(count == 3)
    }

    /// A database as the version before wrote it: a run is one row.
    private func writeOldDatabase(in directory: String, _ runs: [RunRecord]) throws {
        let pool = try DatabasePool(path: directory + "/" + Store.fileName)
        try Schema.migrator.migrate(pool, upTo: "7: names of versions")
        try pool.write { database in
            for run in runs {
                try database.execute(
                    sql: """
                        INSERT INTO run (id, trigger_key, is_open, created_at, revision, body)
                        VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        run.id, run.triggerKey, run.isOpen, run.createdAt.milliseconds, run.revision,
                        try run.jsonText(),
                    ])
            }
        }
        try pool.close()
    }
}
