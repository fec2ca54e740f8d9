import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// What people say to one run, by way of the supervisor: it is written down, or refused with the reason.
@Suite(.timeLimit(.minutes(2))) struct RunWordsTests {
    private let journal = InMemoryRunJournal()
    private let time = ManualTime()

    private func supervisor(_ performer: ScriptedPerformer = ScriptedPerformer()) -> RunSupervisor {
        RunSupervisor(.fake(journal: journal, performer: performer, time: time))
    }

    private func atWork(_ supervisor: RunSupervisor, _ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            try await body()
            group.cancelAll()
        }
    }

    private func submit(_ plan: Plan, to supervisor: RunSupervisor) async throws -> RunRecord {
        let request = RunRequest(plan: plan, mode: .auto, triggerKey: "t", requestedBy: "rule down")
        guard case .accepted(let record) = try await supervisor.submit(request) else { throw CancellationError() }
        return record
    }

    private func wait(for id: String, _ isSo: @Sendable (RunRecord) -> Bool) async throws {
        try await TestSite.wait { await journal.run(id).map(isSo) ?? false }
    }

    @Test("a failed run is taken up again from the step that failed, and not from another")
    func retry() async throws {
        let performer = ScriptedPerformer { order, _ in
            let fails = order.id.path == "steps/b" && order.id.attempt == 1
            return OperationResult(outcome: fails ? .failed : .succeeded, reason: fails ? "no" : "", status: 0)
        }
        let supervisor = supervisor(performer)
        try await atWork(supervisor) {
            let plan = RunSamples.plan(steps: ["a", "b", "c"].map { RunSamples.step($0) })
            let run = try await submit(plan, to: supervisor)
            try await wait(for: run.id) { $0.status == .failed }
            try await TestSite.wait {
                do {
                    try await supervisor.retry(run.id, path: "steps/a", by: "ann")
                } catch RunCommandError.step {
                    return true
                } catch {}
                return false
            }
            await #expect(throws: RunCommandError.unknownRun("x")) {
                try await supervisor.retry("x", path: "steps/b", by: "ann")
            }
            try await supervisor.retry(run.id, path: "steps/b", by: "ann")
            try await wait(for: run.id) { $0.status == .verified }
            #expect(performer.acts.map(\.id.path) == ["steps/a", "steps/b", "steps/b", "steps/c"])
            #expect(Set(performer.acts.filter { $0.id.path == "steps/b" }.map(\.idempotencyKey)).count == 1)
            #expect(await journal.audit.contains { $0.audit.kind == "run.taken_up" })
        }
    }

    @Test("a run that is held waits until it is let go on, and both are refused where they mean nothing")
    func hold() async throws {
        let supervisor = supervisor()
        var plan = RunSamples.plan()
        plan.approvals = Plan.ApprovalRule()
        let held = plan
        try await atWork(supervisor) {
            let run = try await submit(held, to: supervisor)
            try await wait(for: run.id) { $0.status == .awaitingApproval }
            await #expect(throws: RunCommandError.held(run.id, isHeld: false)) {
                try await supervisor.resume(run.id, by: "ann")
            }
            try await supervisor.hold(run.id, by: "ann", reason: "lunch")
            await #expect(throws: RunCommandError.held(run.id, isHeld: true)) {
                try await supervisor.hold(run.id, by: "bob", reason: "also")
            }
            try await supervisor.approve(run.id, planHash: run.planHash, by: "bob")
            #expect(await journal.run(run.id)?.status == .running)
            #expect(await journal.run(run.id)?.steps.isEmpty == true)
            try await supervisor.resume(run.id, by: "ann")
            try await wait(for: run.id) { $0.status == .verified }
        }
    }

    @Test("a step is left out before it begins, and not any more after that")
    func skip() async throws {
        let performer = ScriptedPerformer()
        let supervisor = supervisor(performer)
        var plan = RunSamples.plan(steps: ["a", "b"].map { RunSamples.step($0) })
        plan.approvals = Plan.ApprovalRule()
        let skipped = plan
        try await atWork(supervisor) {
            let run = try await submit(skipped, to: supervisor)
            try await wait(for: run.id) { $0.status == .awaitingApproval }
            try await supervisor.skip(run.id, path: "steps/a", by: "ann", reason: "done by hand")
            await #expect(throws: RunCommandError.self) {
                try await supervisor.skip(run.id, path: "steps/a", by: "ann", reason: "again")
            }
            await #expect(throws: RunCommandError.self) {
                try await supervisor.skip(run.id, path: "verify", by: "ann", reason: "why not")
            }
            try await supervisor.approve(run.id, planHash: run.planHash, by: "bob")
            try await wait(for: run.id) { $0.status == .verified }
            #expect(performer.acts.map(\.id.path) == ["steps/b"])
        }
    }

    @Test("two people at once, of whom one is enough: one yes counts, the other is refused")
    func racedApprovals() async throws {
        let supervisor = supervisor()
        var plan = RunSamples.plan()
        plan.approvals = Plan.ApprovalRule(count: 2, approvers: ["ann", "bob", "eve"])
        let guarded = plan
        try await atWork(supervisor) {
            let run = try await submit(guarded, to: supervisor)
            try await wait(for: run.id) { $0.status == .awaitingApproval }
            let answers = await withTaskGroup(of: Bool.self) { group in
                for person in ["ann", "ann", "bob", "eve", "mallory", "rule down"] {
                    group.addTask {
                        (try? await supervisor.approve(run.id, planHash: run.planHash, by: person)) != nil
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0 } == 2)
            try await wait(for: run.id) { $0.status == .verified }
            let approvals = try #require(await journal.run(run.id)?.approvals)
            #expect(approvals.count == 2 && Set(approvals.map(\.by)).count == 2)
            #expect(await journal.audit.count { $0.audit.kind == "run.approval.refused" } >= 2)
        }
    }

    @Test("lanes are driven side by side, and each answer finds its lane")
    func lanes() async throws {
        let performer = ScriptedPerformer()
        let supervisor = supervisor(performer)
        let lanes = (1...4).map { number in
            let wait = Plan.Wait(
                operation: .run(Command(argv: ["/poll"])),
                waiter: Waiter(
                    acceptors: [Waiter.Acceptor(state: .success, matcher: .status, expected: .int(0))],
                    delay: .seconds(1), maxAttempts: 3))
            return Plan.Parallel.Lane(
                name: "\(number)",
                group: Plan.Group(steps: [
                    RunSamples.step("a"), Plan.Step(id: "w", action: .wait(wait), effect: .read),
                    Plan.Step(
                        id: "v",
                        action: .verify(
                            Verification(
                                clearAlerts: [Verification.AlertSelector(rule: "down")], soak: .zero,
                                within: .minutes(5))), effect: .read),
                ]))
        }
        let parallel = Plan.Parallel(lanes: lanes, maxConcurrency: 3)
        let plan = RunSamples.plan(steps: [Plan.Step(id: "all", action: .parallel(parallel), effect: .read)])
        try await atWork(supervisor) {
            let run = try await submit(plan, to: supervisor)
            try await wait(for: run.id) { $0.status.isOver }
            #expect(await journal.run(run.id)?.status == .verified)
            #expect(performer.acts.count == 8)
        }
    }
}
