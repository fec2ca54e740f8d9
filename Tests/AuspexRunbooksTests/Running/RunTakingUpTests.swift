import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// Who may take a failed run up again, and when people's yes must be given anew.
@Suite struct RunTakingUpTests {
    private static func plan(_ approvals: Plan.ApprovalRule) -> Plan {
        var plan = RunSamples.plan(
            steps: ["a", "b"].map { RunSamples.step($0) }, onFailure: [RunSamples.step("mend")])
        plan.approvals = approvals
        return plan
    }

    /// A run that bob has approved and that has failed at `steps/b`, which goes well from its second attempt on.
    private static func failed(_ approvals: Plan.ApprovalRule = Plan.ApprovalRule()) throws -> Simulation {
        let plan = plan(approvals)
        var world = Simulation(plan)
        world.words = [1: .approve(by: "bob", planHash: plan.hash)]
        world.result = { order, _ in
            let fails = order.id.path == "steps/b" && order.id.attempt == 1
            return OperationResult(outcome: fails ? .failed : .succeeded, reason: fails ? "no" : "", status: 0)
        }
        try world.run()
        try #require(world.stored.status == .failed)
        return world
    }

    private static func takeUp(_ world: inout Simulation, _ path: String, by person: String = "eve") throws {
        var state = try RunState(world.stored)
        world.stored = try state.takeUp(path, by: person, world.moment).record
    }

    @Test("while the yes counts a run goes on at once; after that it is asked for anew, before anything is done")
    func anew() throws {
        var soon = try Self.failed()
        soon.now += TimeSpan.minutes(29).milliseconds
        try Self.takeUp(&soon, "steps/b")
        #expect(soon.stored.status == .running)
        try soon.resume()
        #expect(soon.stored.status == .verified && soon.effects["steps/b"] == 2)

        var late = try Self.failed()
        late.now += TimeSpan.minutes(31).milliseconds
        try Self.takeUp(&late, "steps/b")
        #expect(late.stored.status == .awaitingApproval && late.stored.approvals.isEmpty)
        #expect(late.stored.approvedBy == nil)
        let state = try RunState(late.stored)
        let hash = late.stored.planHash
        #expect(state.approvalProblem(by: "eve", planHash: hash) == .sameRequester("eve"))
        #expect(state.approvalProblem(by: "rule/down", planHash: hash) == .sameRequester("rule/down"))
        try late.resume(with: .approve(by: "bob", planHash: hash))
        #expect(late.stored.status == .verified && late.stored.approvedBy == "bob")
        #expect(late.effects["steps/a"] == 1 && late.effects["steps/b"] == 2)
        #expect(late.violations.isEmpty, "\(late.violations)")
    }

    @Test("what follows an ending is asked anew whether it is to be done when the run fails once more")
    func conditionsAnew() throws {
        var (good, bad) = (RunSamples.step("good"), RunSamples.step("bad"))
        good.when = "steps.b.exit == 0"
        bad.when = "steps.b.exit == 1"
        var world = Simulation(
            RunSamples.plan(steps: ["b", "c"].map { RunSamples.step($0) }, onFailure: [good, bad]))
        world.result = { order, _ in
            let fails = order.id.path == "steps/c" || order.id.path == "steps/b" && order.id.attempt == 1
            return OperationResult(
                outcome: fails ? .failed : .succeeded, reason: fails ? "no" : "", status: fails ? 1 : 0)
        }
        try world.run()
        #expect(world.effects["on_failure/good"] == nil && world.effects["on_failure/bad"] == 1)
        try Self.takeUp(&world, "steps/b")
        try world.resume()
        #expect(world.stored.status == .failed && world.effects["steps/b"] == 2)
        #expect(world.effects["on_failure/good"] == 1 && world.effects["on_failure/bad"] == 1)
    }

    @Test("a run of which nothing was taken back after all can be taken up again", arguments: [true, false])
    func notTakenBack(isTakenBack: Bool) throws {
        var act = RunSamples.step("act")
        let look = RunSamples.step("look", effect: .read)
        var back = RunSamples.step("back")
        back.when = isTakenBack ? "true" : "false"
        act.undo = [look, back]
        var world = Simulation(RunSamples.plan(steps: [act, RunSamples.step("b")]))
        world.result = { order, _ in
            let fails = order.id.path == "steps/b" && order.id.attempt == 1
            return OperationResult(outcome: fails ? .failed : .succeeded, reason: fails ? "no" : "", status: 0)
        }
        try world.run()
        #expect(world.stored.status == .failed && world.effects["undo/steps/act/back"] == (isTakenBack ? 1 : nil))
        guard !isTakenBack else {
            #expect(throws: StepWordProblem.self) { try Self.takeUp(&world, "steps/b") }
            return
        }
        try Self.takeUp(&world, "steps/b")
        try world.resume()
        #expect(world.stored.status == .verified && world.effects["steps/act"] == 1)
    }

    @Test("without a new yes the run stays failed, and can be taken up again")
    func noAnswer() throws {
        var world = try Self.failed()
        let (started, at) = (world.started.count, world.now)
        world.now += TimeSpan.hours(1).milliseconds
        try Self.takeUp(&world, "steps/b")
        try world.resume()
        #expect(world.stored.status == .failed && world.started.count == started)
        #expect(world.stored.ending?.reason == "not approved again within 30m")
        #expect(world.now > at)
        try Self.takeUp(&world, "steps/b")
        try world.resume(with: .approve(by: "bob", planHash: world.stored.planHash))
        #expect(world.stored.status == .verified)
    }

    @Test("where nothing can change any more no yes is needed")
    func onlyReading() throws {
        var plan = RunSamples.plan(steps: [RunSamples.step("a")])
        plan.approvals = Plan.ApprovalRule()
        var world = Simulation(plan)
        world.words = [1: .approve(by: "bob", planHash: plan.hash)]
        let calm = world.observation
        world.observation = { _, _ in nil }
        try world.run()
        #expect(world.stored.status == .failed)
        world.now += TimeSpan.hours(1).milliseconds
        world.observation = calm
        try Self.takeUp(&world, "verify")
        try world.resume()
        #expect(world.stored.status == .verified)
    }

    @Test("where the runbook names who approves, only these and who asked for the run may take it up")
    func whoMay() throws {
        let named = Plan.ApprovalRule(approvers: ["ann", "bob"])
        for (person, may) in [("ann", true), ("Bob", true), ("rule/down", true), ("eve", false)] {
            let world = try Self.failed(named)
            var state = try RunState(world.stored)
            let problem: StepWordProblem?
            do throws(StepWordProblem) {
                _ = try state.takeUp("steps/b", by: person, world.moment)
                problem = nil
            } catch {
                problem = error
            }
            #expect((problem == nil) == may, "\(person)")
            #expect(may || problem?.description.contains("eve may not; the runbook names ann, bob") ?? false)
        }
    }

    @Test("a run whose plan may be out of date is not taken up again")
    func outOfDate() throws {
        var world = try Self.failed()
        world.now += TimeSpan.hours(25).milliseconds
        #expect {
            try Self.takeUp(&world, "steps/b")
        } throws: { error in
            "\(error)".contains("its plan may be out of date; start a new run")
        }
    }

    @Test("the yes to a step is asked for anew, too, and what may have happened once is not done again with it")
    func approvalStep() throws {
        let wait = Plan.Step(id: "yes", action: .approval(Plan.ApprovalRule(), message: "go on?"), effect: .read)
        let plan = RunSamples.plan(
            steps: [RunTreeTests.group("g", [wait]), RunSamples.step("act", effect: .once), RunSamples.step("end")])
        /// The run whose step was approved at the `place`-th action, as soon as that is when it is asked.
        func failed() throws -> Simulation? {
            for place in 5..<20 {
                var world = Simulation(plan)
                world.result = RunTreeTests.failing(["steps/act"])
                world.words = [place: .approve(by: "bob", planHash: plan.hash)]
                try world.run()
                if world.stored.status == .failed { return world }
            }
            return nil
        }
        var world = try #require(try failed())
        world.now += TimeSpan.hours(1).milliseconds
        try Self.takeUp(&world, "steps/act")
        #expect(world.stored.status == .running)
        var alone = world
        try alone.resume()
        #expect(alone.stored.status == .cancelled, "nobody said yes again")
        #expect(alone.stored.ending?.reason == "not approved within 30m")
        #expect(alone.effects["steps/act"] == 1 && alone.effects["steps/end"] == nil)
        // With a yes it is asked what became of the step, which has no probe.
        world.hasEndlessTime = true
        for place in 0..<10 where world.stored.status != .needsDecision {
            var asked = world
            asked.words = [asked.actions + place: .approve(by: "bob", planHash: plan.hash)]
            try asked.resume()
            if asked.stored.status == .needsDecision { world = asked }
        }
        #expect(world.stored.question?.path == "steps/act", "\(world.stored.status)")
        #expect(world.effects["steps/act"] == 1)
        try world.resume(with: .decide(.runAgain, by: "ann", path: "steps/act"))
        #expect(world.effects["steps/act"] == 2)
    }
}
