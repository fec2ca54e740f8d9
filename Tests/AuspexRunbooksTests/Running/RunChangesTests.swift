import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// What a run has changed, and what it has to ask before it goes on.
@Suite struct RunChangesTests {
    /// Does what a run asks for at `now`, without acts.
    private static func settle(_ state: inout RunState, _ actions: [RunAction], at now: Moment) {
        var queue = actions
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .commit(let commit): queue += state.handle(.committed(revision: commit.record.revision), now: now)
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: now)
            default: break
            }
        }
    }

    @Test("what never began has no effect, whatever its state says", arguments: ["NotStarted", "SecretNotAvailable"])
    func neverBegan(code: String) throws {
        var plan = RunSamples.plan(steps: [RunTreeTests.step("act", undo: [RunSamples.step("take-back")])])
        plan.onFailure = [RunSamples.step("mend")]
        var world = Simulation(plan)
        world.result = { order, _ in
            guard order.id.path == "steps/act" else { return OperationResult(outcome: .succeeded, status: 0) }
            return OperationResult(outcome: .failed, reason: "no", errorCode: code)
        }
        try world.run()
        #expect(world.stored.status == .failed)
        #expect(!world.stored.hasChanged && world.stored.firstChangeAt == nil)
        #expect(world.started.map(\.path) == ["steps/act", "on_failure/mend"])
    }

    @Test("what was not sent has no effect; a result that does not say so, as an older engine's, has")
    func unsent() throws {
        for (outcome, isUnsent) in [(OperationResult.Outcome.failed, true), (.timedOut, true), (.failed, nil)] {
            let plan = RunSamples.plan(steps: [RunTreeTests.step("act", undo: [RunSamples.step("take-back")])])
            var world = Simulation(plan)
            world.result = { order, _ in
                guard order.id.path == "steps/act" else { return OperationResult(outcome: .succeeded, status: 0) }
                return OperationResult(
                    outcome: outcome, reason: "no", errorCode: "ConnectionRefused", isUnsent: isUnsent)
            }
            try world.run()
            #expect(world.stored.status == .failed && world.stored.hasChanged == (isUnsent == nil))
            #expect(world.started.map(\.path) == ["steps/act"] + (isUnsent == nil ? ["undo/steps/act/take-back"] : []))
        }
    }

    @Test("an act that a restart interrupted before anything was known of it is asked about again")
    func interrupted() throws {
        let plan = RunSamples.plan()
        var whole = Simulation(plan)
        try whole.run()
        var repeated = 0
        for place in 0..<(2 * whole.actions) {
            var world = Simulation(plan)
            world.knowledge = .nothing
            world.result = { order, world in
                #expect(!world.stored.hasChanged, "at \(place)")
                if order.id.attempt > 1 { repeated += 1 }
                return OperationResult(outcome: .succeeded, status: 0)
            }
            try world.run { $0 == place }
            #expect(world.stored.status == .verified && world.stored.hasChanged, "at \(place)")
        }
        #expect(repeated > 0)
    }

    @Test("the time of a run counts from the approval of a step, for people have just vouched for it")
    func approvedStep() throws {
        let wait = Plan.Step(id: "yes", action: .approval(Plan.ApprovalRule(), message: "go on?"), effect: .read)
        let plan = RunSamples.plan(steps: [wait, RunSamples.step("act")])
        var state = try RunState(RunSamples.record(id: "r1", plan: plan))
        Self.settle(&state, state.handle(.begin, now: RunSamples.moment(1_000)), at: RunSamples.moment(1_000))
        let late = RunSamples.moment(1_000 + TimeSpan.minutes(20).milliseconds)
        Self.settle(&state, state.handle(.approve(by: "ann", planHash: plan.hash), now: late), at: late)
        #expect(state.record.lastAttempt(at: "steps/yes")?.state == .done)
        #expect(state.record.deadline == Deadline(start: late, length: plan.deadline))
    }

    @Test("a run that waits for an approval is over after a backup was put back: it may have been approved since")
    func parked() throws {
        var plan = RunSamples.plan()
        plan.approvals = Plan.ApprovalRule(count: 2)
        for mode in [RunMode.auto, .manual, .approve] {
            let record = RunSamples.record(id: "r1", plan: plan, mode: mode)
            var state = try RunState(record)
            let now = RunSamples.moment(5)
            Self.settle(&state, state.handle(.begin, now: now), at: now)
            #expect(state.record.status == .awaitingApproval)
            for waiting in [record, state.record] {
                #expect(waiting.doubt(isRestored: false, now: now.wall) == nil)
                let reason = try #require(waiting.doubt(isRestored: true, now: now.wall))
                let parked = try #require(RunState.parking(waiting, because: reason, now: now))
                #expect(parked.record.status == .cancelled && parked.record.steps.isEmpty)
                #expect(parked.record.ending?.reason == reason)
            }
        }
        let free = RunSamples.record(id: "r1")
        #expect(free.doubt(isRestored: true, now: Timestamp(milliseconds: 5)) != nil)
    }

    // MARK: - Once

    private static let done = Plan.Probe(operation: .run(Command(argv: ["/usr/bin/asked"])), saysDone: "exit == 0")

    @Test(
        "a step that must happen once is not repeated by a retry: its probe says whether it happened",
        arguments: [true, false])
    func onceWithProbe(happened: Bool) throws {
        let steps = [RunSamples.step("act", effect: .once, probe: Self.done), RunSamples.step("next")]
        var world = Simulation(RunSamples.plan(steps: steps))
        world.result = { order, _ in
            if order.id.path == "steps/act/probe" {
                return OperationResult(outcome: happened ? .succeeded : .failed, status: happened ? 0 : 1)
            }
            let fails = order.id.path == "steps/act" && order.id.attempt == 1
            return OperationResult(outcome: fails ? .failed : .succeeded, status: fails ? 1 : 0)
        }
        try world.run()
        #expect(world.stored.status == .failed)
        var state = try RunState(world.stored)
        world.stored = try state.takeUp("steps/act", by: "ann", world.moment).record
        try world.resume()
        #expect(world.stored.status == .verified, "\(world.audit)")
        #expect(world.effects["steps/act"] == (happened ? 1 : 2) && world.effects["steps/act/probe"] == 1)
        #expect(world.violations.isEmpty, "\(world.violations)")
    }

    @Test("without a probe people are asked, also of a step in a lane that nobody named")
    func onceWithoutProbe() throws {
        let lists = [[RunSamples.step("a")], [RunSamples.step("b", effect: .once)]]
        var world = Simulation(RunSamples.plan(steps: [RunLaneTests.lanes(lists, most: 2)]))
        world.mostAtOnce = 2
        world.duration = { _ in 10 }
        world.result = { order, _ in
            let fails = order.id.path.hasPrefix("steps/roll") && order.id.attempt == 1
            return OperationResult(outcome: fails ? .failed : .succeeded, status: fails ? 1 : 0)
        }
        try world.run()
        #expect(world.stored.status == .failed)
        #expect(world.effects["steps/roll/1/a"] == 1 && world.effects["steps/roll/2/b"] == 1)
        var state = try RunState(world.stored)
        world.stored = try state.takeUp("steps/roll/1/a", by: "ann", world.moment).record
        try world.resume()
        #expect(world.stored.status == .needsDecision)
        #expect(world.stored.questions.map(\.path) == ["steps/roll/2/b"])
        #expect(world.effects["steps/roll/2/b"] == 1)
        try world.resume(with: .decide(.done, by: "ann", path: "steps/roll/2/b"))
        #expect(world.stored.status == .verified, "\(world.audit)")
        #expect(world.effects["steps/roll/2/b"] == 1)
    }

    // MARK: - Runbooks inside of runbooks

    private static func nested() -> Plan {
        let look = Verification(
            clearAlerts: [Verification.AlertSelector(rule: "busy")], soak: .zero, within: .zero)
        let end = Verification(
            clearAlerts: [Verification.AlertSelector(rule: "down")], soak: .zero, within: .minutes(5))
        var group = Plan.Group(
            runbook: "inner",
            steps: [
                Plan.Step(id: "calm", action: .verify(look), effect: .read), RunSamples.step("act"),
                Plan.Step(id: "_verify", action: .verify(end), effect: .read),
            ])
        group.checks = 1
        return RunSamples.plan(steps: [Plan.Step(id: "go", action: .group(group), effect: .read)])
    }

    @Test("what another runbook needs is judged by what was seen before it, as at the top")
    func nestedPreconditions() throws {
        var world = Simulation(Self.nested())
        world.now = 100_000
        world.observation = { verification, world in
            let age: Int64 = verification.within == .zero ? 10_000 : 0
            let seen = Timestamp(milliseconds: world.now - age)
            let clear = Observation.AlertReading(state: .clear, evaluatedAt: seen)
            return Observation(alerts: verification.clearAlerts.map { _ in clear })
        }
        try world.run()
        #expect(world.stored.status == .verified, "\(world.stored.ending?.reason ?? "")")
    }

    @Test("what another runbook checks cannot be left out, what it does can")
    func nestedChecks() throws {
        let state = try RunState(RunSamples.record(id: "r1", plan: Self.nested()))
        for path in ["steps/go/calm", "steps/go/_verify"] {
            #expect(state.skipProblem(path)?.description.contains("not what it checks") ?? false, "\(path)")
        }
        #expect(state.skipProblem("steps/go/act") == nil)
    }
}
