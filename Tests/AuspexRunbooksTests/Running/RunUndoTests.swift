import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// What is taken back, what must hold before anything is done, and what follows a wish to stop.
@Suite struct RunUndoTests {
    private static let steps = ["a", "b", "c"].map { RunTreeTests.step($0, undo: [RunSamples.step("un-\($0)")]) }

    @Test("when a run fails, what began is taken back, newest first, before what follows a failure")
    func newestFirst() throws {
        var world = Simulation(
            RunSamples.plan(
                steps: Self.steps + [RunSamples.step("d")], onFailure: [RunSamples.step("mend")],
                always: [RunSamples.step("tidy")]))
        world.result = RunTreeTests.failing(["steps/c", "undo/steps/b/un-b"])
        try world.run()
        #expect(
            world.started.map(\.path) == [
                "steps/a", "steps/b", "steps/c", "undo/steps/c/un-c", "undo/steps/b/un-b", "undo/steps/a/un-a",
                "on_failure/mend", "always/tidy",
            ])
        #expect(world.stored.ending == .failed(reason: "steps/c: exit 1"))
        #expect(world.stored.lastAttempt(at: "undo/steps/b/un-b")?.state == .failed)
    }

    @Test("a run that ends well takes nothing back")
    func endsWell() throws {
        var world = Simulation(RunSamples.plan(steps: Self.steps))
        try world.run()
        #expect(world.started.count == 3)
    }

    @Test("a verification that fails takes everything back")
    func verificationFails() throws {
        var world = Simulation(RunSamples.plan(steps: Self.steps))
        world.observation = { _, _ in nil }
        try world.run()
        #expect(world.started.suffix(3).map(\.path) == ["c", "b", "a"].map { "undo/steps/\($0)/un-\($0)" })
    }

    @Test("what was skipped, and what never began, is not taken back")
    func leftAlone() throws {
        var steps = Self.steps
        steps[0].when = "false"
        var world = Simulation(RunSamples.plan(steps: steps + [RunSamples.step("d")]))
        world.result = RunTreeTests.failing(["steps/b"])
        try world.run()
        #expect(world.started.map(\.path) == ["steps/b", "undo/steps/b/un-b"])
    }

    @Test("a step that is only written down when the run is stopped is not taken back")
    func writtenDown() throws {
        var world = Simulation(RunSamples.plan(steps: Self.steps))
        // Actions: commit, locks, timer, commit of the intent: the wish comes before the start.
        world.words = [3: .cancel(by: "ann", reason: "enough")]
        try world.run()
        #expect(world.stored.status == .cancelled && world.started.isEmpty)
        #expect(world.stored.lastAttempt(at: "steps/a")?.neverBegan == true)
    }

    @Test("cancelled anywhere, a run takes back just what had begun, and does what follows that")
    func cancelAnywhere() throws {
        var plan = RunSamples.plan(steps: Self.steps, onFailure: [RunSamples.step("mend")])
        plan.onCancel = [RunSamples.step("after-cancel")]
        var whole = Simulation(plan)
        try whole.run()
        for place in 0..<whole.actions {
            var world = Simulation(plan)
            world.words = [place: .cancel(by: "ann", reason: "enough")]
            try world.run()
            guard world.stored.status == .cancelled else { continue }
            let begun = ["a", "b", "c"].filter { world.effects["steps/\($0)"] != nil }
            let undone = world.started.filter { $0.path.hasPrefix("undo/") }.map(\.path)
            #expect(undone == begun.reversed().map { "undo/steps/\($0)/un-\($0)" }, "at \(place)")
            #expect(world.started.last?.path == "on_cancel/after-cancel", "at \(place)")
            #expect(world.effects["on_failure/mend"] == nil, "at \(place)")
        }
    }

    @Test("a crash anywhere while things are taken back loses nothing")
    func crashAnywhere() throws {
        let plan = RunSamples.plan(steps: Self.steps)
        var whole = Simulation(plan)
        whole.result = RunTreeTests.failing(["steps/c"])
        try whole.run()
        for place in 0..<(2 * whole.actions) {
            var world = Simulation(plan)
            world.result = RunTreeTests.failing(["steps/c"])
            try world.run { $0 == place }
            #expect(world.stored.status == .failed, "at \(place)")
            for step in ["a", "b", "c"] {
                #expect(world.effects["undo/steps/\(step)/un-\(step)"] ?? 0 >= 1, "at \(place)")
            }
            #expect(world.violations.isEmpty, "at \(place): \(world.violations)")
        }
    }

    // MARK: - Preconditions

    private static func checked(_ steps: [Plan.Step]) -> Plan {
        var plan = RunSamples.plan(always: [RunSamples.step("tidy")])
        plan.preconditions = steps
        return plan
    }

    private static let check = RunTreeTests.step("ready", expect: "stdout == 'yes'", effect: .read)

    @Test("what must hold is asked before the locks are taken, and again after")
    func askedTwice() throws {
        var world = Simulation(Self.checked([Self.check]))
        world.result = { _, _ in
            OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: "yes"))
        }
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(
            world.started.map(\.path) == [
                "preconditions/ready", "preconditions_again/ready", "steps/act", "always/tidy",
            ])
        #expect(world.violations.isEmpty)
    }

    @Test("when it does not hold the run is blocked, and does nothing at all", arguments: [1, 2])
    func blocked(at time: Int) throws {
        let plan = Self.checked([Self.check])
        func world() -> Simulation {
            var world = Simulation(plan)
            world.result = { _, world in
                let text = world.started.count < time ? "yes" : "no"
                return OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: text))
            }
            return world
        }
        var whole = world()
        try whole.run()
        #expect(whole.stored.status == .cancelled)
        #expect(whole.stored.ending?.reason?.hasPrefix("blocked: preconditions") ?? false)
        #expect(whole.started.count == time)
        for place in 0..<(2 * whole.actions) {
            var world = world()
            try world.run { $0 == place }
            #expect(world.stored.status == .cancelled, "at \(place)")
            #expect(world.started.allSatisfy { $0.path.hasPrefix("preconditions") }, "at \(place)")
        }
    }

    @Test(
        "people are told of a run that is blocked, whenever the engine dies, and nothing else of its ending is done",
        arguments: [1, 2])
    func blockedAloud(at time: Int) throws {
        var plan = Self.checked([Self.check])
        let tell = Plan.Step(
            id: "tell", action: .operation(.notify(Notification(channel: "page", message: "blocked"))),
            effect: .idempotent)
        plan.onCancel = [RunSamples.step("mend"), tell]
        func world() -> Simulation {
            var world = Simulation(plan)
            world.result = { order, world in
                guard order.id.path.hasPrefix("preconditions") else {
                    return OperationResult(outcome: .succeeded, status: 0)
                }
                let text = world.started.count < time ? "yes" : "no"
                return OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: text))
            }
            return world
        }
        var whole = world()
        try whole.run()
        #expect(whole.stored.status == .cancelled)
        #expect(whole.started.count == time + 1 && whole.started.last?.path == "on_cancel/tell")
        for place in 0..<(2 * whole.actions) {
            var world = world()
            try world.run { $0 == place }
            #expect(world.stored.status == .cancelled, "at \(place)")
            let others = world.started.filter { !$0.path.hasPrefix("preconditions") }
            #expect(Set(others.map(\.path)) == ["on_cancel/tell"], "at \(place)")
        }
    }

    @Test("the detectors are asked how things stand, once, and no answer is a no")
    func detectors() throws {
        let look = Verification(
            clearAlerts: [Verification.AlertSelector(rule: "database-down")], soak: .zero, within: .zero)
        let plan = Self.checked([Plan.Step(id: "calm", action: .verify(look), effect: .read)])
        for (state, age) in [
            (Observation.AlertReading.State.clear, 30_000), (.firing, 0), (.unknown, 0), (.clear, 600_000),
        ]
            as [(Observation.AlertReading.State, Int64)]
        {
            var world = Simulation(plan)
            world.now = 1_000_000
            world.observation = { _, world in
                let isCheck = world.stored.steps.last?.path.hasPrefix("preconditions") ?? true
                return Observation(alerts: [
                    Observation.AlertReading(
                        state: isCheck ? state : .clear,
                        evaluatedAt: Timestamp(milliseconds: world.now - (isCheck ? age : 0)))
                ])
            }
            try world.run()
            let holds = state == .clear && age < 60_000
            #expect(world.stored.status == (holds ? .verified : .cancelled), "\(state) \(age)")
            #expect(world.now == 1_000_000, "it looks once")
        }
    }
}
