import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// What people say to one run: yes, wait, go on, leave that out, try that again.
@Suite struct RunWordsTests {
    private static let three = RunSamples.plan(
        steps: ["a", "b", "c"].map { RunSamples.step($0) }, onFailure: [RunSamples.step("mend")])

    // MARK: - Approvals

    private static func plan(_ rule: Plan.ApprovalRule, before: [Plan.Step] = []) -> Plan {
        let wait = Plan.Step(id: "yes", action: .approval(rule, message: "go on?"), effect: .read)
        return RunSamples.plan(steps: before + [wait, RunSamples.step("act")])
    }

    @Test(
        "as many people must approve as the runbook says, whatever started the run",
        arguments: [RunMode.auto, .manual, .approve])
    func severalPeople(mode: RunMode) throws {
        var plan = RunSamples.plan()
        plan.approvals = Plan.ApprovalRule(count: 2, approvers: ["ann", "bob", "eve"])
        var world = Simulation(plan, mode: mode)
        try world.run { $0 == 2 }
        #expect(world.stored.status == .cancelled && world.started.isEmpty, "nobody answered")
        #expect(world.stored.ending?.reason == "not approved by 2 more people within 30m")
        world = Simulation(plan, mode: mode)
        // Actions: commit, timer, notice, commit of the first yes.
        world.words = [
            1: .approve(by: "ann", planHash: plan.hash), 2: .approve(by: "ann", planHash: plan.hash),
            3: .approve(by: "mallory", planHash: plan.hash),
        ]
        try world.run()
        #expect(world.stored.approvals.map(\.by) == ["ann"])
        #expect(world.stored.status == .cancelled && world.started.isEmpty, "one of two is not enough")
        world = Simulation(plan, mode: mode)
        world.words = [
            1: .approve(by: "ann", planHash: plan.hash), 2: .approve(by: "bob", planHash: plan.hash),
        ]
        try world.run()
        #expect(world.stored.approvals.map(\.by) == ["ann", "bob"])
        #expect(world.stored.status == .verified && world.stored.approvedBy == "bob")
    }

    @Test("why a yes does not count is said")
    func refusals() throws {
        var plan = RunSamples.plan()
        plan.approvals = Plan.ApprovalRule(count: 2, approvers: ["ann", "bob", "rule/down"])
        var state = try RunState(RunSamples.record(id: "r1", plan: plan))
        let start = RunSamples.moment(0)
        for action in state.handle(.begin, now: start) {
            if case .commit(let commit) = action {
                _ = state.handle(.committed(revision: commit.record.revision), now: start)
            }
        }
        func problem(_ person: String, hash: String? = nil, at milliseconds: Int64 = 0) -> ApprovalProblem? {
            state.approvalProblem(by: person, planHash: hash ?? plan.hash, at: RunSamples.moment(milliseconds))
        }
        #expect(problem("ann") == nil && state.missingApprovals == 2)
        #expect(!state.handle(.approve(by: "ann", planHash: plan.hash), now: start).isEmpty)
        #expect(state.missingApprovals == 1)
        #expect(problem("ann") == .alreadyApproved("ann"))
        #expect(problem("bob", hash: "x") == .otherPlan(expected: plan.hash))
        #expect(problem("rule/down") == .sameRequester("rule/down"))
        #expect(problem("eve") == .notAnApprover("eve", approvers: ["ann", "bob", "rule/down"]))
        #expect(problem("bob", at: RunState.approvalTime.milliseconds) == .expired)
        #expect(state.handle(.approve(by: "ann", planHash: plan.hash), now: start).isEmpty)
        #expect(!state.handle(.approve(by: "bob", planHash: plan.hash), now: start).isEmpty)
        #expect(state.record.status == .running && state.record.approvedBy == "bob")
        #expect(problem("eve") == .notWaiting(.running))
    }

    @Test("a step waits for people, while the run's own time stands still")
    func approvalStep() throws {
        let plan = Self.plan(Plan.ApprovalRule(expires: .minutes(30)), before: [RunSamples.step("first")])
        var world = Simulation(plan)
        world.hasEndlessTime = true
        try world.run()
        #expect(world.stored.status == .cancelled && world.effects["steps/act"] == nil)
        #expect(world.stored.ending?.reason == "not approved within 30m")
        #expect(world.notices.map(\.kind) == [.approvalNeeded])
        // The yes comes in time.
        var waiting = Simulation(plan)
        waiting.words = [9: .approve(by: "ann", planHash: plan.hash)]
        try waiting.run()
        #expect(waiting.stored.status == .verified, "\(waiting.audit)")
        #expect(waiting.stored.lastAttempt(at: "steps/yes")?.approvals?.map(\.by) == ["ann"])
    }

    @Test("a crash while people are waited for asks them again, under the same key")
    func approvalStepSurvives() throws {
        let plan = Self.plan(Plan.ApprovalRule())
        var whole = Simulation(plan)
        try whole.run()
        #expect(whole.stored.status == .cancelled)
        for place in 0..<(2 * whole.actions) {
            var world = Simulation(plan)
            try world.run { $0 == place }
            #expect(world.stored.status == .cancelled, "at \(place)")
            #expect(world.started.isEmpty, "at \(place)")
            #expect(Set(world.notices.map(\.key)).count == 1, "at \(place)")
            #expect(world.now == RunState.approvalTime.milliseconds, "at \(place)")
        }
    }

    // MARK: - Waiting

    @Test("a run that a person holds begins nothing, also after a restart, until it is let go on")
    func hold() throws {
        var whole = Simulation(Self.three)
        try whole.run()
        for place in 0..<(whole.actions - 3) {
            var world = Simulation(Self.three)
            world.words = [place: .hold(by: "ann", reason: "lunch")]
            world.hasEndlessTime = true
            try world.run()
            guard !world.stored.status.isOver else { continue }
            #expect(world.stored.hold?.by == "ann", "at \(place)")
            let soFar = world.started.count
            try world.resume()
            #expect(world.started.count == soFar, "at \(place)")
            try world.resume(with: .resume(by: "bob"))
            #expect(world.stored.status == .verified && world.stored.hold == nil, "at \(place)")
            for step in ["a", "b", "c"] { #expect(world.effects["steps/\(step)"] == 1, "at \(place)") }
            #expect(world.audit.contains("run.held") && world.audit.contains("run.resumed"))
        }
    }

    // MARK: - Leaving out

    @Test("a step that has not begun can be left out, with the reason")
    func skip() throws {
        var world = Simulation(Self.three)
        world.words = [4: .skip(path: "steps/b", by: "ann", reason: "done by hand")]
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.started.map(\.path) == ["steps/a", "steps/c"])
        let entry = try #require(world.stored.lastAttempt(at: "steps/b"))
        #expect(entry.state == .skipped && entry.decidedBy == "ann")
        #expect(entry.result?.reason == "left out by ann: done by hand")
        #expect(world.audit.contains("run.step.skipped"))
    }

    @Test("a step whose outcome nobody knows can be left out")
    func skipUncertain() throws {
        var world = Simulation(RunSamples.plan(steps: [RunSamples.step("a", effect: .once), RunSamples.step("b")]))
        world.result = { order, _ in
            OperationResult(outcome: order.id.path == "steps/a" ? .unknown : .succeeded, status: 0)
        }
        try world.run()
        try world.resume(with: .skip(path: "steps/a", by: "ann", reason: "does not matter"))
        #expect(world.stored.status == .verified && world.effects["steps/b"] == 1)
    }

    @Test("a step that a person leaves out just before it begins is skipped, and neither done nor taken back")
    func leftOut() throws {
        var steps = ["a", "b", "c"].map { RunTreeTests.step($0, out: "@", undo: [RunSamples.step("un-\($0)")]) }
        steps[2].when = "steps.b.state == 'skipped'"
        var world = Simulation(RunSamples.plan(steps: steps))
        world.result = { order, _ in
            switch order.id.path {
            case "steps/b": .leftOut("left out by ann")
            case "steps/c": OperationResult(outcome: .failed, reason: "no")
            default: OperationResult(outcome: .succeeded, status: 0)
            }
        }
        try world.run()
        let entry = try #require(world.stored.lastAttempt(at: "steps/b"))
        #expect(entry.state == .skipped && entry.result?.reason == "left out by ann" && entry.out == nil)
        #expect(
            world.started.map(\.path) == [
                "steps/a", "steps/b", "steps/c", "undo/steps/c/un-c", "undo/steps/a/un-a",
            ])
    }

    @Test("what has begun, what people must approve, and what is checked cannot be left out")
    func notSkippable() throws {
        let plan = Self.plan(Plan.ApprovalRule(), before: [RunSamples.step("first")])
        var world = Simulation(plan)
        try world.run { $0 == 12 }
        let state = try RunState(world.stored)
        for path in ["steps/first", "steps/yes", "verify", "steps/none", "always/x"] {
            #expect(state.skipProblem(path) != nil, "\(path)")
        }
        let fresh = try RunState(RunSamples.record(id: "r1", plan: plan))
        #expect(fresh.skipProblem("steps/act") == nil)
        #expect(fresh.skipProblem("steps/yes")?.description.contains("approve") ?? false)
    }

    // MARK: - Trying again

    /// Takes the stored run up again, and drives it.
    private func takeUp(_ world: inout Simulation, _ path: String) throws {
        var state = try RunState(world.stored)
        world.stored = try state.takeUp(path, by: "ann", world.moment).record
        try world.resume()
    }

    @Test("a failed run is taken up again from the step that failed, under the same key")
    func retry() throws {
        var world = Simulation(Self.three)
        world.result = { order, _ in
            let fails = order.id.path == "steps/b" && order.id.attempt < 3
            return OperationResult(outcome: fails ? .failed : .succeeded, reason: fails ? "no" : "", status: 0)
        }
        try world.run()
        #expect(world.stored.status == .failed)
        try takeUp(&world, "steps/b")
        #expect(world.stored.status == .failed, "it failed again")
        #expect(world.effects["on_failure/mend"] == 2)
        try takeUp(&world, "steps/b")
        #expect(world.stored.status == .verified)
        #expect(world.effects["steps/a"] == 1 && world.effects["steps/b"] == 3 && world.effects["steps/c"] == 1)
        let keys = world.stored.steps.filter { $0.path == "steps/b" }.map(\.idempotencyKey)
        #expect(keys.count == 3 && Set(keys).count == 1)
        #expect(Set(world.stored.steps.filter { $0.path == "on_failure/mend" }.map(\.idempotencyKey)).count == 2)
    }

    @Test("a failed verification, a step inside of others and failed lanes are taken up again")
    func retryInside() throws {
        var world = Simulation(Self.three)
        world.observation = { _, _ in nil }
        try world.run()
        let calm = Simulation(Self.three).observation
        world.observation = calm
        try takeUp(&world, "verify")
        #expect(world.stored.status == .verified)

        let lists = (0..<4).map { _ in [RunTreeTests.group("g", [RunSamples.step("a"), RunSamples.step("b")])] }
        var rolled = Simulation(RunSamples.plan(steps: [RunLaneTests.lanes(lists, most: 1), RunSamples.step("end")]))
        rolled.result = { order, _ in
            let fails = order.id.path == "steps/roll/2/g/b" && order.id.attempt == 1
            return OperationResult(outcome: fails ? .failed : .succeeded, reason: fails ? "no" : "", status: 0)
        }
        try rolled.run()
        #expect(rolled.stored.status == .failed && rolled.effects["steps/roll/3/g/a"] == nil)
        try takeUp(&rolled, "steps/roll")
        #expect(rolled.stored.status == .verified)
        #expect(rolled.effects["steps/roll/2/g/b"] == 2 && rolled.effects["steps/roll/2/g/a"] == 1)
        for lane in [1, 3, 4] { #expect(rolled.effects["steps/roll/\(lane)/g/b"] == 1) }
        #expect(rolled.violations.isEmpty, "\(rolled.violations)")
    }

    @Test("a run that did not fail, did not fail there, or was taken back is not taken up again")
    func notRepeatable() throws {
        var world = Simulation(RunSamples.plan(steps: [RunTreeTests.step("a", undo: [RunSamples.step("un-a")])]))
        world.result = RunTreeTests.failing(["steps/a"])
        try world.run()
        var undone = try RunState(world.stored)
        #expect(throws: StepWordProblem.self) { try undone.takeUp("steps/a", by: "ann", world.moment) }
        var other = Simulation(Self.three)
        other.result = RunTreeTests.failing(["steps/b"])
        try other.run()
        for path in ["steps/a", "steps/c", "verify", "steps/x"] {
            var state = try RunState(other.stored)
            #expect(throws: StepWordProblem.self, "\(path)") { try state.takeUp(path, by: "ann", other.moment) }
        }
        var fine = Simulation(Self.three)
        try fine.run()
        var state = try RunState(fine.stored)
        #expect(throws: StepWordProblem.self) { try state.takeUp("steps/a", by: "ann", fine.moment) }
    }
}
