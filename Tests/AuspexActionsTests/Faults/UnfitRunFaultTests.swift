import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// Runs that no engine can drive are set aside for a person, and keep no other from being taken up.
@Suite(.timeLimit(.minutes(2))) struct UnfitRunFaultTests {
    /// Three open runs; the plan of the second is not the one that it was made for.
    private func journal() async throws -> InMemoryRunJournal {
        let journal = InMemoryRunJournal()
        for id in ["r1", "r2", "r3"] {
            let record = RunSamples.record(
                id: id, plan: RunSamples.plan(locks: ["service/\(id)"]), mode: .manual)
            _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
            guard let first = RunSamples.cancelled(record).commits.first else { continue }
            try await journal.commit(first)
        }
        let stored = try #require(await journal.run("r2"))
        var plan = stored.plan
        plan.steps = [RunSamples.step("other")]
        await journal.alter(stored.with(plan: plan, steps: stored.steps))
        return journal
    }

    private func atWork(
        _ journal: InMemoryRunJournal, _ performer: ScriptedPerformer, _ notices: NoticeLog,
        _ body: (RunSupervisor) async throws -> Void
    ) async throws {
        let supervisor = RunSupervisor(.fake(journal: journal, performer: performer, notices: notices))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            try await body(supervisor)
            group.cancelAll()
        }
    }

    @Test("it waits for a decision, people are called, and the others are taken up")
    func setAside() async throws {
        let (journal, performer, notices) = (try await journal(), ScriptedPerformer(), NoticeLog())
        for start in 0..<2 {
            try await atWork(journal, performer, notices) { supervisor in
                try await TestSite.wait { notices.notices.count == start + 1 }
                for id in ["r1", "r3"] {
                    try await TestSite.wait { await journal.run(id)?.status == .verified }
                }
            }
            let run = try #require(await journal.run("r2"))
            #expect(run.status == .needsDecision && run.unfitness == .planChanged(run: "r2"))
            #expect(run.question?.text.contains("altered") == true)
            let notice = try #require(notices.notices.last)
            #expect(notice.kind == .decisionNeeded && notice.run == "r2" && notice.text.contains("altered"))
        }
        #expect(Set(notices.notices.map(\.key)).count == 1)
        #expect(!performer.acts.contains { $0.id.run == "r2" })
        #expect(
            await journal.audit.filter { $0.run == "r2" }.map(\.audit.kind).suffix(2) == [
                "run.needs_decision", "run.unfit",
            ])
    }

    @Test("one that is at work while its record is damaged is stopped by whoever drives it")
    func driven() async throws {
        let (journal, performer) = (InMemoryRunJournal(), ScriptedPerformer.endless())
        let plan = RunSamples.plan(locks: ["service/r1"])
        let record = RunSamples.record(id: "r1", plan: plan, mode: .manual)
        _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
        try await atWork(journal, performer, NoticeLog()) { supervisor in
            try await TestSite.wait { !performer.acts.isEmpty }
            let stored = try #require(await journal.run("r1"))
            var plan = stored.plan
            plan.steps = [RunSamples.step("other")]
            await journal.alter(stored.with(plan: plan, steps: stored.steps))
            await #expect(throws: RunCommandError.self) { try await supervisor.decide("r1", .giveUp, by: "ann") }
            try await supervisor.cancel("r1", by: "ann", reason: "enough")
            try await TestSite.wait { await journal.run("r1")?.isOpen == false }
        }
        let ended = try #require(await journal.run("r1"))
        #expect(ended.status == .cancelled && ended.unfitness == nil)
        #expect(ended.lastAttempt(at: "steps/act")?.isSettled == true)
    }

    @Test("it can be ended and nothing else", arguments: [true, false])
    func ended(isCancelled: Bool) async throws {
        let (journal, performer, notices) = (try await journal(), ScriptedPerformer(), NoticeLog())
        try await atWork(journal, performer, notices) { supervisor in
            try await TestSite.wait { !notices.notices.isEmpty }
            let run = try #require(await journal.run("r2"))
            let unfit = RunCommandError.unfit(.planChanged(run: "r2"))
            await #expect(throws: unfit) { try await supervisor.decide("r2", .runAgain, by: "ann") }
            await #expect(throws: unfit) { try await supervisor.decide("r2", .done, by: "ann") }
            await #expect(throws: unfit) { try await supervisor.approve("r2", planHash: run.planHash, by: "ann") }
            await #expect(throws: unfit) { try await supervisor.skip("r2", path: "steps/other", by: "ann", reason: "") }
            await #expect(throws: unfit) { try await supervisor.hold("r2", by: "ann", reason: "") }
            _ = await journal.acquireLocks(
                ["service/r2"], run: "r2", now: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: .max))
            if isCancelled {
                try await supervisor.cancel("r2", by: "ann", reason: "looked at it")
            } else {
                try await supervisor.decide("r2", .giveUp, by: "ann")
            }
            let ended = try #require(await journal.run("r2"))
            #expect(ended.status == (isCancelled ? .cancelled : .failed))
            #expect(ended.ending?.reason?.contains("ann") == true)
            #expect(await !journal.heldLocks(now: Timestamp(milliseconds: 1)).contains { $0.run == "r2" })
            await #expect(throws: RunCommandError.self) {
                try await supervisor.cancel("r2", by: "ann", reason: "twice")
            }
        }
        #expect(!performer.acts.contains { $0.id.run == "r2" })
        let entry = await journal.audit.last { $0.run == "r2" }
        #expect(entry?.audit.kind == (isCancelled ? "run.cancelled" : "run.failed"))
        #expect(entry?.audit.detail["by"]?.string == "ann")
    }
}
