import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// Runs that an engine finds open and that nobody should go on with unasked: the database was put back from a backup, or
/// nothing has happened in them for too long.
@Suite(.timeLimit(.minutes(2))) struct StaleRunFaultTests {
    /// Begun, its locks not taken yet.
    private func journal(with record: RunRecord, begun: Bool) async throws -> InMemoryRunJournal {
        let journal = InMemoryRunJournal()
        _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
        if begun, let first = RunSamples.cancelled(record).commits.first { try await journal.commit(first) }
        return journal
    }

    private func atWork(
        _ journal: InMemoryRunJournal, _ performer: ScriptedPerformer, _ time: ManualTime, _ notices: NoticeLog,
        _ body: (RunSupervisor) async throws -> Void
    ) async throws {
        let supervisor = RunSupervisor(
            .fake(journal: journal, performer: performer, notices: notices, time: time))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            try await body(supervisor)
            group.cancelAll()
        }
    }

    private static func isRestored(_ journal: any RunJournal) async throws -> Bool { try await journal.isRestored() }

    @Test("the open runs of a database that was put back wait for a person", arguments: [true, false])
    func restored(begun: Bool) async throws {
        let journal = try await journal(with: RunSamples.record(id: "r1"), begun: begun)
        await journal.putBack()
        let (performer, notices) = (ScriptedPerformer(), NoticeLog())
        try await atWork(journal, performer, ManualTime(), notices) { supervisor in
            try await TestSite.wait { !notices.notices.isEmpty }
            let run = try #require(await journal.run("r1"))
            #expect(run.status == .needsDecision)
            #expect(run.question?.text.contains("backup") == true)
            #expect(performer.acts.isEmpty)
            #expect(try await !Self.isRestored(journal))
            #expect(await journal.audit.last?.audit.kind == "run.needs_decision")
            try await supervisor.decide("r1", .runAgain, by: "ann")
            try await TestSite.wait { await journal.run("r1")?.status == .verified }
            #expect(performer.acts.count == 1)
        }
    }

    @Test("a run that rested for too long waits for a person; one that did not goes on")
    func age() async throws {
        let limit = Plan.defaultDeadline.milliseconds + RunRecord.longestRest.milliseconds
        for (rest, isStale) in [(limit, false), (limit + 1, true)] {
            // A person asked for it, so that its age does not keep it from its first change.
            let record = RunSamples.record(id: "r1", mode: .manual)
            let journal = try await journal(with: record, begun: true)
            let (performer, notices, time) = (ScriptedPerformer(), NoticeLog(), ManualTime())
            let changed = try #require(await journal.run("r1")).updatedAt
            time.advance(TimeSpan(milliseconds: rest - (time.now().wall - changed).milliseconds))
            try await atWork(journal, performer, time, notices) { _ in
                if isStale {
                    try await TestSite.wait { !notices.notices.isEmpty }
                    #expect(await journal.run("r1")?.status == .needsDecision)
                } else {
                    try await TestSite.wait { await journal.run("r1")?.isOpen == false }
                }
                #expect(performer.acts.isEmpty == isStale)
            }
        }
    }

    @Test("a run that waited for an approval, which may have been given since, is over, and no word begins it")
    func awaiting() async throws {
        for begun in [true, false] {
            let journal = try await journal(with: RunSamples.record(id: "r1", mode: .approve), begun: begun)
            await journal.putBack()
            let (performer, time) = (ScriptedPerformer(), ManualTime())
            try await atWork(journal, performer, time, NoticeLog()) { supervisor in
                try await TestSite.wait { try await !Self.isRestored(journal) }
                let run = try #require(await journal.run("r1"))
                #expect(run.status == .cancelled)
                #expect(run.ending?.reason?.contains("backup") == true)
                await #expect(throws: RunCommandError.self) {
                    try await supervisor.approve("r1", planHash: run.planHash, by: "ann")
                }
                await #expect(throws: RunCommandError.self) {
                    try await supervisor.decide("r1", .runAgain, by: "ann")
                }
                #expect(performer.acts.isEmpty)
            }
        }
    }

    @Test("a run that is given up after a restore does nothing more")
    func givenUp() async throws {
        let journal = try await journal(with: RunSamples.record(id: "r1"), begun: true)
        await journal.putBack()
        let (performer, notices) = (ScriptedPerformer(), NoticeLog())
        try await atWork(journal, performer, ManualTime(), notices) { supervisor in
            try await TestSite.wait { !notices.notices.isEmpty }
            try await supervisor.decide("r1", .giveUp, by: "ann")
            try await TestSite.wait { await journal.run("r1")?.status == .failed }
            #expect(performer.acts.isEmpty)
        }
    }
}
