import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// Approvals that come at once, too late, for another plan, again, or from whoever asked: one wins at most, and every
/// other is refused and on record.
@Suite(.timeLimit(.minutes(2))) struct ApprovalFaultTests {
    /// A supervisor at work on a run that waits for approval.
    private struct Desk: Sendable {
        let journal = InMemoryRunJournal()
        let performer: ScriptedPerformer
        let time = ManualTime()
        let supervisor: RunSupervisor
        let plan = RunSamples.plan(steps: [RunSamples.step("act", effect: .once)])

        init(performer: ScriptedPerformer = ScriptedPerformer()) {
            self.performer = performer
            supervisor = RunSupervisor(.fake(journal: journal, performer: performer, time: time))
        }

        func atWork(_ body: @Sendable (String) async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await supervisor.run() }
                let request = RunRequest(plan: plan, mode: .approve, triggerKey: "t1", requestedBy: "ann")
                guard case .accepted(let run) = try await supervisor.submit(request) else { throw CancellationError() }
                try await TestSite.wait { await journal.run(run.id)?.status == .awaitingApproval }
                try await body(run.id)
                group.cancelAll()
            }
        }

        func approve(_ id: String, by person: String = "bob", hash: String? = nil) async throws {
            try await supervisor.approve(id, planHash: hash ?? plan.hash, by: person)
        }

        func wait(for id: String, _ status: RunStatus) async throws {
            try await TestSite.wait { await journal.run(id)?.status == status }
        }

        /// Who was refused, as the audit has it, in order.
        var refused: [String] {
            get async {
                await journal.audit.filter { $0.audit.kind == "run.approval.refused" }
                    .compactMap { $0.audit.detail["by"]?.string }
            }
        }
    }

    @Test("of fifty approvals at once one wins, and the act happens once")
    func atOnce() async throws {
        let people = (1...50).map { "person-\($0)" }
        let desk = Desk()
        try await desk.atWork { id in
            let winners = await withTaskGroup(of: String?.self) { group in
                for person in people {
                    group.addTask { (try? await desk.approve(id, by: person)) == nil ? nil : person }
                }
                return await group.reduce(into: [String]()) { winners, winner in
                    if let winner { winners.append(winner) }
                }
            }
            #expect(winners.count == 1)
            try await desk.wait(for: id, .verified)
            #expect(desk.performer.acts.count == 1)
            #expect(await desk.journal.run(id)?.approvedBy == winners.first)
            #expect(await Set(desk.refused) == Set(people).subtracting(winners))
            #expect(await desk.refused.count == people.count - 1)
            #expect(await desk.journal.audit.count { $0.audit.kind == "run.approved" } == 1)
        }
    }

    @Test("an approval that comes after its time is refused, also when the timer has not noticed yet")
    func afterExpiry() async throws {
        let desk = Desk()
        try await desk.atWork { id in
            desk.time.advance(RunState.approvalTime)
            await #expect(throws: RunCommandError.self) { try await desk.approve(id) }
            try await desk.wait(for: id, .cancelled)
            #expect(desk.performer.acts.isEmpty)
            #expect(await desk.refused == ["bob"])
            // And again, when the run is over.
            await #expect(throws: RunCommandError.self) { try await desk.approve(id) }
            #expect(await desk.refused == ["bob", "bob"])
        }
    }

    @Test("an approval up to the last moment counts")
    func beforeExpiry() async throws {
        let desk = Desk()
        try await desk.atWork { id in
            desk.time.advance(TimeSpan(milliseconds: RunState.approvalTime.milliseconds - 1))
            try await desk.approve(id)
            try await desk.wait(for: id, .verified)
        }
    }

    @Test("an approval of another plan is refused")
    func otherPlan() async throws {
        let desk = Desk()
        try await desk.atWork { id in
            let other = RunSamples.plan(steps: [RunSamples.step("other")]).hash
            await #expect(throws: RunCommandError.approval(.otherPlan(expected: desk.plan.hash))) {
                try await desk.approve(id, hash: other)
            }
            #expect(await desk.journal.run(id)?.status == .awaitingApproval)
            #expect(desk.performer.acts.isEmpty)
            #expect(await desk.refused == ["bob"])
        }
    }

    @Test("whoever asked cannot approve, and another still can")
    func requester() async throws {
        let desk = Desk()
        try await desk.atWork { id in
            await #expect(throws: RunCommandError.approval(.sameRequester("ann"))) {
                try await desk.approve(id, by: "ann")
            }
            // Nor under another spelling of the name.
            await #expect(throws: RunCommandError.approval(.sameRequester("Ann "))) {
                try await desk.approve(id, by: "Ann ")
            }
            try await desk.approve(id)
            try await desk.wait(for: id, .verified)
            #expect(await desk.refused == ["ann", "Ann "])
        }
    }

    @Test("an approval that is sent again starts nothing, while the run is at work and when it is over")
    func replayed() async throws {
        let desk = Desk(performer: .endless())
        try await desk.atWork { id in
            try await desk.approve(id)
            try await TestSite.wait { desk.performer.acts.count == 1 }
            await #expect(throws: RunCommandError.approval(.notWaiting(.running))) { try await desk.approve(id) }
            try await desk.supervisor.cancel(id, by: "ann", reason: "enough")
            try await desk.wait(for: id, .cancelled)
            await #expect(throws: RunCommandError.over(id, .cancelled)) { try await desk.approve(id) }
            #expect(desk.performer.acts.count == 1)
            #expect(await desk.refused == ["bob", "bob"])
        }
    }

    @Test("an approval for a run that never was is refused and leaves nothing behind")
    func unknownRun() async throws {
        let desk = Desk()
        try await desk.atWork { _ in
            await #expect(throws: RunCommandError.unknownRun("r0")) { try await desk.approve("r0") }
            #expect(await desk.refused.isEmpty)
        }
    }
}
