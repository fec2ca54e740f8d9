import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexStore

@Suite struct SQLiteRunJournalTests {
    @Test("the journal in SQLite keeps the rules of every journal")
    func conformance() async throws {
        var directories: [TemporaryDirectory] = []
        let problems = try await RunJournalConformance.problems {
            let directory = try TemporaryDirectory()
            directories.append(directory)
            return SQLiteRunJournal(store: try Store(directory: directory.path, clock: StoppedClock(moment: noon)))
        }
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    @Test("a run and its audit entry are stored together, and the chain holds")
    func audit() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let journal = SQLiteRunJournal(store: store)
        let (run, commits) = RunSamples.cancelled(RunSamples.record(id: "r1"))
        _ = try await journal.insert(run, audit: RunAudit(kind: "run.created", detail: .null))
        for commit in commits { try await journal.commit(commit) }
        let entries = try await AuditLog(store: store).entries(runID: "r1")
        #expect(entries.map(\.kind) == ["run.created"] + commits.map(\.audit.kind))
        try await AuditLog(store: store).verify()
    }

    @Test("a journal that was closed and opened again has everything")
    func reopening() async throws {
        let directory = try TemporaryDirectory()
        let (run, commits) = RunSamples.cancelled(RunSamples.record(id: "r1"))
        do {
            let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
            let journal = SQLiteRunJournal(store: store)
            _ = try await journal.insert(run, audit: RunAudit(kind: "run.created", detail: .null))
            try await journal.commit(try #require(commits.first))
            try store.close()
        }
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        #expect(try await SQLiteRunJournal(store: store).openRuns() == [try #require(commits.first).record])
    }
}
