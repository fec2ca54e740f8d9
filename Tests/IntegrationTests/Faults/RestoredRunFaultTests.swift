import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexStore
import AuspexTesting
import Foundation
import Testing

/// Yesterday's backup of the database is put back, and an engine starts on it.
@Suite(.timeLimit(.minutes(5))) struct RestoredRunFaultTests {
    private func open(_ directory: TemporaryDirectory) throws -> Store {
        try Store(directory: directory.path, clock: SystemWallClock())
    }

    @Test("a run that was open in the backup, and has ended since, is not begun again")
    func endedSince() async throws {
        let directory = try TemporaryDirectory()
        let file = URL(filePath: directory.path + "/" + Store.fileName)
        let (run, commits) = RunSamples.cancelled(RunSamples.record(id: "r1"))
        var store = try open(directory)
        let journal = SQLiteRunJournal(store: store)
        _ = try await journal.insert(run, audit: RunAudit(kind: "run.created", detail: .null))
        try await journal.commit(try #require(commits.first))
        try store.close()
        let backup = try Data(contentsOf: file)
        // It goes on, and ends.
        store = try open(directory)
        for commit in commits.dropFirst() { try await SQLiteRunJournal(store: store).commit(commit) }
        #expect(try await SQLiteRunJournal(store: store).openRuns().isEmpty)
        try store.close()
        try backup.write(to: file)

        store = try open(directory)
        let restored = SQLiteRunJournal(store: store)
        let world = FaultWorld(forgets: false)
        let life = EngineLife()
        let supervisor = RunSupervisor(
            RunDriver.Surroundings(
                journal: restored, performer: MortalPerformer(world: world, life: life), observations: world,
                notices: MortalNotices(world: world, life: life), moments: world, sleeper: world))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            defer { group.cancelAll() }
            _ = try await eventually("people are told") { world.notices.isEmpty ? nil : true }
        }
        let found = try #require(try await restored.run("r1"))
        #expect(found.status == .needsDecision)
        #expect(found.question?.text.contains("put back from a backup") == true)
        #expect(world.acts(of: "r1", at: StepKind.path) == 0)
        #expect(!store.isRestored)
        try await AuditLog(store: store).verify()
        try store.close()
    }
}
