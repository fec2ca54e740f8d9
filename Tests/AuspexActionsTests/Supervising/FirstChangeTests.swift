import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Synchronization
import Testing

/// What counts as a run's first change, and what a run still does that was kept from it.
@Suite("The first change of a run", .timeLimit(.minutes(2))) struct FirstChangeTests {
    private static func tell(_ id: String) -> Plan.Step {
        Plan.Step(
            id: id, action: .operation(.notify(Notification(channel: "ops", message: "I begin"))),
            effect: .idempotent)
    }

    /// A site in whose world a storm breaks out when the step at `path` is done.
    private static func site(stormAt path: String) -> GateSite {
        let holder = Mutex<SetWorld?>(nil)
        let site = GateSite(
            ScriptedPerformer { order, _ in
                if order.id.path == path { holder.withLock { $0 }?.world?.isStorm = true }
                return OperationResult(outcome: .succeeded, status: 0)
            })
        holder.withLock { $0 = site.world }
        return site
    }

    @Test("to tell people something is no change: the guards are asked before what follows it")
    func message() async throws {
        let site = Self.site(stormAt: "steps/tell")
        try await site.atWork {
            let run = try await site.run("t1", steps: [Self.tell("tell"), RunSamples.step("act")])
            let ended = try await site.wait(for: run, .cancelled)
            #expect(ended.blockedBy == "storm")
            #expect(ended.firstChangeAt == nil && !ended.hasChanged)
            #expect(site.performer.acts.map(\.id.path) == ["steps/tell"])
        }
    }

    @Test("a run that is cancelled while the guards are asked before its first change changes nothing")
    func cancelledMeanwhile() async throws {
        let holder = Mutex<GateSite?>(nil)
        let site = GateSite(
            ScriptedPerformer { order, _ in
                if order.id.path == "steps/look", let site = holder.withLock({ $0 }) {
                    site.world.meanwhile = {
                        try? await site.supervisor.cancel(order.id.run, by: "ann", reason: "enough")
                    }
                }
                return OperationResult(outcome: .succeeded, status: 0)
            })
        holder.withLock { $0 = site }
        try await site.atWork {
            let run = try await site.run(
                "t1", steps: [RunSamples.step("look", effect: .read), RunSamples.step("act")])
            let ended = try await site.wait(for: run, .cancelled)
            #expect(ended.ending?.reason?.contains("enough") ?? false)
            #expect(site.performer.acts.map(\.id.path) == ["steps/look"])
        }
    }

    @Test("an approval that comes too late while the guards are asked is refused")
    func approvedTooLate() async throws {
        let site = GateSite()
        try await site.atWork {
            let run = try await site.run("t1", mode: .approve)
            try await site.wait(for: run, .awaitingApproval)
            site.world.meanwhile = { site.time.advance(.minutes(31)) }
            await #expect(throws: RunCommandError.approval(.expired)) {
                try await site.supervisor.approve(run.id, planHash: run.planHash, by: "ann")
            }
            try await site.wait(for: run, .cancelled)
            #expect(site.performer.acts.isEmpty)
        }
    }

    @Test("a run that a guard kept from its first change takes nothing back and changes nothing at its end")
    func nothingToTakeBack() async throws {
        let site = Self.site(stormAt: "steps/look")
        var change = RunSamples.step("act")
        change.undo = [RunSamples.step("take-back")]
        var plan = RunSamples.plan(
            steps: [RunSamples.step("look", effect: .read), change],
            always: [RunSamples.step("sweep"), RunSamples.step("report", effect: .read)])
        plan.onCancel = [RunSamples.step("mend"), Self.tell("note")]
        try await site.atWork { [plan] in
            let submission = try await site.supervisor.submit(
                RunRequest(
                    plan: plan, mode: .auto, triggerKey: "t1", alertID: "a", requestedBy: "rule down",
                    firedAt: site.time.now().wall))
            guard case .accepted(let run) = submission else { throw CancellationError() }
            let ended = try await site.wait(for: run, .cancelled)
            #expect(ended.blockedBy == "storm")
            #expect(site.performer.acts.map(\.id.path) == ["steps/look", "on_cancel/note", "always/report"])
        }
    }

    @Test("a run that a person stops takes back what it did, but not what never began")
    func takenBack() async throws {
        let holder = Mutex<RunSupervisor?>(nil)
        let site = GateSite(
            ScriptedPerformer { order, _ in
                if order.id.path == "steps/look" {
                    try? await holder.withLock { $0 }?.pause(by: "ann", why: "wait")
                }
                return OperationResult(outcome: .succeeded, status: 0)
            })
        holder.withLock { $0 = site.supervisor }
        let steps = ["first", "second"].map { id in
            var step = RunSamples.step(id)
            step.undo = [RunSamples.step("take-back")]
            return step
        }
        try await site.atWork {
            let run = try await site.run(
                "t1", steps: [steps[0], RunSamples.step("look", effect: .read), steps[1]])
            try await TestSite.wait { await site.journal.run(run.id)?.lastAttempt(at: "steps/look")?.state == .done }
            try await site.supervisor.cancel(run.id, by: "ann", reason: "no")
            try await site.supervisor.unpause(by: "ann")
            try await site.wait(for: run, .cancelled)
            #expect(
                site.performer.acts.map(\.id.path) == ["steps/first", "steps/look", "undo/steps/first/take-back"])
        }
    }
}
