import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// The deadline of a runbook holds where it is part of another.
@Suite("A runbook's own time inside another") struct RunOwnTimeTests {
    private static let reason = "runbook inner is not done within its deadline of 1m"

    private static func call(_ steps: [Plan.Step], continuesOnError: Bool = false) -> Plan.Step {
        var group = Plan.Group(runbook: "inner", steps: steps)
        group.deadline = .minutes(1)
        return Plan.Step(id: "call", action: .group(group), effect: .read, continuesOnError: continuesOnError)
    }

    private static func world(_ steps: [Plan.Step], seconds: Int64 = 25) -> Simulation {
        var world = Simulation(RunSamples.plan(steps: steps, onFailure: [RunSamples.step("mend")]))
        world.duration = { _ in seconds * 1_000 }
        return world
    }

    @Test("no step of it begins after its deadline, and none may take longer than what is left")
    func steps() throws {
        var world = Self.world([Self.call(["a", "b", "c", "d"].map { RunSamples.step($0) })])
        world.result = { order, _ in
            let most: [String: TimeSpan] = [
                "steps/call/a": .seconds(60), "steps/call/b": .seconds(35), "steps/call/c": .seconds(10),
            ]
            let isRight = order.timeout == most[order.id.path] ?? order.timeout
            return OperationResult(outcome: isRight ? .succeeded : .failed, reason: "\(order.timeout)", status: 0)
        }
        try world.run()
        #expect(world.started.map(\.path) == ["steps/call/a", "steps/call/b", "steps/call/c", "on_failure/mend"])
        #expect(world.stored.ending == .failed(reason: "steps/call/d: \(Self.reason)"))
    }

    @Test("a run goes on after it where it may fail, by its own time")
    func tolerated() throws {
        let steps = ["a", "b", "c", "d"].map { RunSamples.step($0) }
        var world = Self.world([Self.call(steps, continuesOnError: true), RunSamples.step("end")])
        try world.run()
        #expect(world.stored.status == .verified && world.effects["steps/end"] == 1)
        #expect(world.stored.lastAttempt(at: "steps/call")?.state == .failed)
    }

    @Test("a wait, a verification and a pause in it end with it")
    func waiting() throws {
        let waiter = Waiter(
            acceptors: [Waiter.Acceptor(state: .success, matcher: .status, expected: .int(7))], delay: .seconds(10),
            maxAttempts: 100)
        let poll = Plan.Wait(operation: .run(Command(argv: ["/poll"])), waiter: waiter)
        let never = Verification(
            clearAlerts: [Verification.AlertSelector(rule: "down")], soak: .zero, within: .minutes(20))
        let actions: [Plan.Action] = [.wait(poll), .verify(never), .pause(.length(.minutes(10)))]
        for action in actions {
            var world = Self.world([Self.call([Plan.Step(id: "x", action: action, effect: .read)])], seconds: 0)
            world.observation = { _, _ in nil }
            try world.run()
            #expect(world.stored.ending?.reason?.contains(Self.reason) ?? false, "\(action)")
            #expect(world.now <= 60_000, "\(action)")
            #expect(world.effects["on_failure/mend"] == 1)
        }
    }

    @Test("what people take is none of its time, and a run that is taken up again gives it all of it")
    func people() throws {
        var world = Self.world([Self.call(["a", "b"].map { RunSamples.step($0) })])
        world.words = [6: .hold(by: "ann", reason: "look")]
        world.answer = { $0.hold == nil ? nil : .resume(by: "ann") }
        try world.run()
        #expect(world.stored.status == .verified, "\(world.stored.ending?.reason ?? "")")

        var again = Self.world([Self.call(["a", "b"].map { RunSamples.step($0) })])
        again.result = { order, _ in
            let fails = order.id.path == "steps/call/b" && order.id.attempt == 1
            return OperationResult(outcome: fails ? .failed : .succeeded, reason: fails ? "no" : "", status: 0)
        }
        try again.run()
        #expect(again.stored.status == .failed)
        again.now += TimeSpan.minutes(10).milliseconds
        var state = try RunState(again.stored)
        again.stored = try state.takeUp("steps/call/b", by: "ann", again.moment).record
        try again.resume()
        #expect(again.stored.status == .verified, "\(again.stored.ending?.reason ?? "")")
    }

    @Test("that a runbook inside takes the change back counts when it was done")
    func rollsBack() throws {
        var group = Plan.Group(runbook: "inner", steps: [RunSamples.step("a")])
        group.rollsBack = true
        let call = Plan.Step(id: "call", action: .group(group), effect: .read)
        for (condition, isBack) in [("true", true), ("false", false)] {
            var world = Simulation(RunSamples.plan(steps: [RunTreeTests.branch("how", [(condition, [call])])]))
            try world.run()
            #expect(world.stored.status == .verified)
            #expect(world.stored.hasRolledBack == isBack)
        }
    }
}
