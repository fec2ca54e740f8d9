import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// Steps that hold other steps, and what decides whether a step is done.
@Suite struct RunTreeTests {
    static func failing(_ paths: Set<String>, code: String? = nil) -> (OperationOrder, Simulation) -> OperationResult {
        { order, _ in
            let fails = paths.contains(order.id.path)
            return OperationResult(
                outcome: fails ? .failed : .succeeded, reason: fails ? "exit 1" : "", errorCode: fails ? code : nil,
                status: fails ? 1 : 0)
        }
    }

    static func group(_ id: String, _ steps: [Plan.Step], continuesOnError: Bool = false) -> Plan.Step {
        Plan.Step(
            id: id, action: .group(Plan.Group(steps: steps)), effect: .read, continuesOnError: continuesOnError)
    }

    static func branch(_ id: String, _ arms: [(String, [Plan.Step])], otherwise: [Plan.Step] = []) -> Plan.Step {
        let arms = arms.map { Plan.Branch.Arm(condition: $0.0, steps: $0.1) }
        return Plan.Step(id: id, action: .branch(Plan.Branch(arms: arms, otherwise: otherwise)), effect: .read)
    }

    static func step(
        _ id: String, when: String? = nil, out: String? = nil, retry: Plan.Retry? = nil, undo: [Plan.Step] = [],
        expect: String? = nil, effect: Effect = .idempotent
    ) -> Plan.Step {
        var step = RunSamples.step(id, effect: effect)
        (step.when, step.out, step.retry, step.undo, step.expect) = (when, out, retry, undo, expect)
        return step
    }

    @Test("the steps of a group are done in order, at paths below its own")
    func groups() throws {
        let inner = Self.group("inner", [RunSamples.step("b")])
        var world = Simulation(
            RunSamples.plan(steps: [Self.group("outer", [RunSamples.step("a"), inner]), RunSamples.step("c")]))
        try world.run()
        #expect(world.started.map(\.path) == ["steps/outer/a", "steps/outer/inner/b", "steps/c"])
        #expect(world.stored.status == .verified)
        #expect(world.stored.steps.allSatisfy { $0.state == .done })
    }

    @Test("a failure in a group fails what is around it, up to the run")
    func failureInGroup() throws {
        let inner = Self.group("inner", [RunSamples.step("b"), RunSamples.step("never")])
        var world = Simulation(
            RunSamples.plan(steps: [Self.group("outer", [inner]), RunSamples.step("c")]))
        world.result = Self.failing(["steps/outer/inner/b"])
        try world.run()
        #expect(world.stored.ending == .failed(reason: "steps/outer/inner/b: exit 1"))
        #expect(world.started.map(\.path) == ["steps/outer/inner/b"])
        #expect(world.stored.lastAttempt(at: "steps/outer")?.state == .failed)
    }

    @Test("a failure in a group that may fail goes no further than the group")
    func toleratedGroup() throws {
        let group = Self.group("try", [RunSamples.step("a"), RunSamples.step("b")], continuesOnError: true)
        var world = Simulation(RunSamples.plan(steps: [group, RunSamples.step("c")]))
        world.result = Self.failing(["steps/try/a"])
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.started.map(\.path) == ["steps/try/a", "steps/c"])
        #expect(world.stored.lastAttempt(at: "steps/try")?.state == .failed)
    }

    @Test("a branch takes the first arm that holds, else the other steps, else none", arguments: 0..<4)
    func branches(exit: Int) throws {
        let branch = Self.branch(
            "how", [("steps.look.exit == 0", [RunSamples.step("a")]), ("steps.look.exit < 2", [RunSamples.step("b")])],
            otherwise: exit == 3 ? [] : [RunSamples.step("c")])
        var look = RunSamples.step("look", effect: .read, continuesOnError: true)
        look.action = .operation(.run(Command(argv: ["/look"], expectedExits: [0, 1, 2, 3])))
        var world = Simulation(RunSamples.plan(steps: [look, branch, RunSamples.step("end")]))
        world.result = { order, _ in
            OperationResult(outcome: .succeeded, status: order.id.path == "steps/look" ? exit : 0)
        }
        try world.run()
        #expect(world.stored.status == .verified)
        let taken = [["steps/how/1/a"], ["steps/how/2/b"], ["steps/how/else/c"], []][exit]
        #expect(world.started.map(\.path) == ["steps/look"] + taken + ["steps/end"])
        #expect(world.stored.lastAttempt(at: "steps/how")?.choice == ["1", "2", "else", "none"][exit])
    }

    @Test("a condition that cannot be evaluated fails the step, and nothing of it is done")
    func conditionFails() throws {
        for step in [
            Self.step("act", when: "steps.missing.exit == 0"),
            Self.branch(
                "act", [("steps.missing.exit == 0", [RunSamples.step("a")])], otherwise: [RunSamples.step("b")]),
        ] {
            var world = Simulation(RunSamples.plan(steps: [step]))
            try world.run()
            #expect(world.stored.status == .failed)
            #expect(world.started.isEmpty)
            #expect(world.stored.ending?.reason?.contains("cannot be evaluated") ?? false)
        }
    }

    @Test("a step whose condition does not hold is skipped, with the reason", arguments: [true, false])
    func skipped(holds: Bool) throws {
        var world = Simulation(
            RunSamples.plan(steps: [
                RunSamples.step("look-first"),
                Self.step("act", when: holds ? "steps.look_first.state == 'done'" : "steps.look_first.exit == 7"),
                Self.step("after", when: "steps.act.state != 'failed'"),
            ]))
        try world.run()
        #expect(world.stored.status == .verified)
        let entry = world.stored.lastAttempt(at: "steps/act")
        #expect(entry?.state == (holds ? .done : .skipped))
        #expect(holds || entry?.result?.reason.contains("does not hold") ?? false)
        #expect(world.effects["steps/after"] == 1)
    }

    @Test("a value that is taken out of a result can be used in conditions, and is bounded")
    func out() throws {
        let plan = RunSamples.plan(steps: [
            Self.step("look", out: "pods[0].name"), Self.step("act", when: "steps.look.out == 'api'"),
            Self.step("size", out: "@"), Self.step("never", when: "steps.size.out == ''"),
        ])
        var world = Simulation(plan)
        world.result = { order, _ in
            let text =
                order.id.path == "steps/look"
                ? #"{"pods": [{"name": "api"}]}"# : String(repeating: "x", count: RunState.outBytes + 1)
            return OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: text))
        }
        try world.run()
        #expect(world.stored.lastAttempt(at: "steps/look")?.out == .string("api"))
        #expect(world.effects["steps/act"] == 1)
        // Too large to be kept, so what needs it cannot be evaluated, and fails.
        #expect(world.stored.lastAttempt(at: "steps/size")?.out == nil)
        #expect(world.stored.lastAttempt(at: "steps/size")?.result?.reason.contains("bytes") ?? false)
        #expect(world.stored.status == .failed && world.effects["steps/never"] == nil)
    }

    @Test("a secret in a value that is taken out is masked")
    func maskedOut() throws {
        var plan = RunSamples.plan(steps: [Self.step("look", out: "@")])
        (plan.parameters, plan.sensitive) = (["token": .string("hunter2")], ["token"])
        var world = Simulation(plan)
        world.result = { _, _ in
            OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: "is hunter2"))
        }
        try world.run()
        #expect(world.stored.lastAttempt(at: "steps/look")?.out == .string("is ******"))
    }

    @Test("a result that does not meet the step's own condition has failed")
    func expectation() throws {
        let pass = Self.step("look", expect: "json.ready == true && now.unix_s >= 0", effect: .read)
        for (text, status) in [(#"{"ready": true}"#, RunStatus.verified), (#"{"ready": 1}"#, .failed), ("?", .failed)] {
            var world = Simulation(RunSamples.plan(steps: [pass]))
            world.result = { _, _ in
                OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: text))
            }
            try world.run()
            #expect(world.stored.status == status, "\(text)")
        }
    }

    @Test("a step's own condition sees the parameters of its runbook")
    func expectationOverParameters() throws {
        let look = Self.step("look", expect: "json.name == params.name", effect: .read)
        var inner = Self.group("inner", [look])
        if case .group(var group) = inner.action {
            (group.runbook, group.parameters) = ("inner", ["name": .string("b")])
            inner.action = .group(group)
        }
        for (step, name) in [(look, "a"), (inner, "b")] {
            for text in ["a", "b"] {
                var plan = RunSamples.plan(steps: [step])
                plan.parameters = ["name": .string("a")]
                var world = Simulation(plan)
                world.result = { _, _ in
                    OperationResult(
                        outcome: .succeeded, status: 0, output: CapturedText(head: #"{"name": "\#(text)"}"#))
                }
                try world.run()
                #expect(world.stored.status == (text == name ? .verified : .failed), "\(name) \(text)")
            }
        }
    }

    // MARK: - Retries

    @Test("a step that failed is tried again after a time that doubles and is spread, under the same key")
    func retries() throws {
        let step = Self.step("act", retry: Plan.Retry(count: 2, delay: .seconds(10)))
        var world = Simulation(RunSamples.plan(steps: [step]))
        world.result = Self.failing(["steps/act"])
        try world.run()
        #expect(world.stored.status == .failed)
        #expect(world.effects["steps/act"] == 3)
        let attempts = world.stored.steps.filter { $0.path == "steps/act" }
        #expect(attempts.map(\.state) == [.failed, .failed, .failed])
        #expect(Set(attempts.map(\.idempotencyKey)).count == 1)
        #expect((15_000...45_000).contains(world.now))
        var again = Simulation(world.stored.plan)
        again.result = world.result
        try again.run()
        #expect(again.now == world.now, "the same run waits the same times")
    }

    @Test("a step that is well again the second time lets the run go on")
    func retrySucceeds() throws {
        var world = Simulation(
            RunSamples.plan(steps: [Self.step("act", retry: Plan.Retry(count: 1, on: ["503"])), RunSamples.step("b")]))
        world.result = { order, world in
            let fails = order.id.path == "steps/act" && order.id.attempt == 1
            return OperationResult(outcome: fails ? .failed : .succeeded, status: fails ? 503 : 0)
        }
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.started.map(\.path) == ["steps/act", "steps/act", "steps/b"])
    }

    static let notRepeated: [(Plan.Retry, Effect, OperationResult.Outcome, String)] = [
        (Plan.Retry(count: 2), .idempotent, .timedOut, "a time-out"),
        (Plan.Retry(count: 2), .once, .failed, "what must happen once"),
        (Plan.Retry(count: 2, on: ["503", "ConnectionRefused"]), .read, .failed, "another failure"),
        (Plan.Retry(count: 2), .idempotent, .cancelled, "what was stopped"),
    ]

    @Test("nothing is tried again after a time-out, and never what must happen once", arguments: notRepeated.indices)
    func notTriedAgain(index: Int) throws {
        let (retry, effect, outcome, what) = Self.notRepeated[index]
        var world = Simulation(RunSamples.plan(steps: [Self.step("act", retry: retry, effect: effect)]))
        world.result = { _, _ in OperationResult(outcome: outcome, reason: "no", errorCode: "Other", status: 1) }
        try world.run()
        #expect(world.effects["steps/act"] == 1, "\(what)")
    }

    @Test("attempts that are left survive a crash, wherever it comes")
    func retriesSurvive() throws {
        let plan = RunSamples.plan(steps: [Self.step("act", retry: Plan.Retry(count: 2))])
        var whole = Simulation(plan)
        whole.result = Self.failing(["steps/act"])
        try whole.run()
        for place in 0..<(2 * whole.actions) {
            var world = Simulation(plan)
            world.result = Self.failing(["steps/act"])
            try world.run { $0 == place }
            #expect(world.stored.status == .failed, "at \(place)")
            #expect((3...4).contains(world.effects["steps/act"] ?? 0), "at \(place)")
            #expect(world.violations.isEmpty, "at \(place)")
        }
    }

    // MARK: - Pauses

    @Test("a pause lasts its time, also over a crash")
    func pause() throws {
        let pause = Plan.Step(id: "rest", action: .pause(.length(.minutes(3))), effect: .read)
        let plan = RunSamples.plan(steps: [RunSamples.step("a"), pause, RunSamples.step("b")])
        var whole = Simulation(plan)
        try whole.run()
        #expect(whole.stored.status == .verified && whole.now == TimeSpan.minutes(3).milliseconds)
        for place in 0..<(2 * whole.actions) {
            var world = Simulation(plan)
            try world.run { $0 == place }
            #expect(world.stored.status == .verified, "at \(place)")
            #expect(world.now == TimeSpan.minutes(3).milliseconds, "at \(place)")
        }
    }

    @Test("a pause until a time of day lasts less than a day")
    func pauseUntil() {
        let day: Int64 = 86_400_000
        for (minute, at, length) in [
            (150, 0, 9_000_000), (150, 9_000_000, 0), (150, 9_000_001, day - 1), (0, day - 1, 1), (0, 0, 0),
        ] as [(Int, Int64, Int64)] {
            let pause = Plan.Step(id: "rest", action: .pause(.until(minuteOfDay: minute)), effect: .read)
            var world = Simulation(RunSamples.plan(steps: [pause], deadline: .hours(24)))
            world.now = at
            try? world.run()
            #expect(world.stored.status == .verified)
            #expect(world.now == at + length, "\(minute) from \(at)")
        }
    }
}
