import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// Steps that must not happen twice, and of which nobody knows whether they happened.
@Suite struct RunUncertaintyTests {
    /// A run whose once-step has an unknown outcome, and whose probe exits with `code`; nil for no probe.
    private func world(probeExit code: Int?, saysDone: String = "exit == 0") -> Simulation {
        let probe = Plan.Probe(operation: .run(Command(argv: ["/probe"])), saysDone: saysDone)
        let step = RunSamples.step("act", effect: .once, probe: code == nil ? nil : probe)
        var world = Simulation(RunSamples.plan(steps: [step, RunSamples.step("next")]))
        world.result = { order, world in
            switch order.id.path {
            case "steps/act/probe": return OperationResult(outcome: code == 0 ? .succeeded : .failed, status: code)
            case "steps/act" where world.effects["steps/act"] == 1:
                return OperationResult(outcome: .unknown, reason: "reset")
            default: return OperationResult(outcome: .succeeded, status: 0)
            }
        }
        return world
    }

    @Test("a probe that says done is believed")
    func done() throws {
        var world = world(probeExit: 0)
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.effects["steps/act"] == 1)
        #expect(world.stored.lastAttempt(at: "steps/act")?.result?.reason == "by its probe")
    }

    @Test("a probe that says not done makes the step run")
    func notDone() throws {
        var world = world(probeExit: 1)
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.effects["steps/act"] == 2)
        #expect(world.stored.steps.filter { $0.path == "steps/act" }.map(\.state) == [.planned, .done])
    }

    @Test("a step that never gets known is given to a person in the end, and not repeated for ever")
    func neverKnown() throws {
        var world = world(probeExit: 1)
        world.result = { order, _ in
            OperationResult(outcome: order.id.path.hasSuffix("probe") ? .failed : .unknown, status: 1)
        }
        try world.run()
        #expect(world.stored.status == .needsDecision)
        #expect(world.effects["steps/act"] == RunState.mostAttempts)
    }

    @Test("a person's word to run a step again gives it a new set of attempts")
    func attemptsAfterDecision() throws {
        var world = world(probeExit: 1)
        world.result = { order, world in
            let isDone = (world.effects["steps/act"] ?? 0) > RunState.mostAttempts
            let outcome: OperationResult.Outcome =
                order.id.path.hasSuffix("probe") ? .failed : isDone ? .succeeded : .unknown
            return OperationResult(outcome: outcome, status: 1)
        }
        try world.run()
        #expect(world.stored.status == .needsDecision)
        try world.resume(with: .decide(.runAgain, by: "ann"))
        #expect(world.stored.status == .verified)
        #expect(world.effects["steps/act"] == RunState.mostAttempts + 1)
        let decided = world.stored.steps.filter { $0.decidedBy == "ann" }
        #expect(decided.map(\.attempt) == [RunState.mostAttempts])
    }

    @Test("a lock that another run took meanwhile makes the run ask again, and does not end it")
    func lockTakenMeanwhile() throws {
        var world = world(probeExit: nil)
        try world.run()
        world.locks = .held(lock: "service/api", run: "r9")
        try world.resume(with: .decide(.done, by: "ann"))
        #expect(world.stored.status == .needsDecision)
        #expect(world.stored.question?.text.contains("r9") ?? false)
        world.locks = .acquired
        try world.resume(with: .decide(.runAgain, by: "ann"))
        #expect(world.stored.status == .verified)
        #expect(world.effects["steps/act"] == 1 && world.effects["steps/next"] == 1)
    }

    @Test(
        "a run that has to end waits for its locks before it does what follows",
        arguments: [RunEvent.cancel(by: "ann", reason: "enough"), .decide(.giveUp, by: "ann")])
    func locksAtTheEnd(word: RunEvent) throws {
        var world = Simulation(
            RunSamples.plan(
                steps: [RunSamples.step("act", effect: .once)], always: [RunSamples.step("tidy")]))
        world.result = { order, _ in
            OperationResult(outcome: order.id.path == "steps/act" ? .unknown : .succeeded, status: 0)
        }
        try world.run()
        #expect(world.stored.status == .needsDecision)
        world.locksBusyUntil = TimeSpan.minutes(2).milliseconds
        try world.resume(with: word)
        #expect(world.stored.status.isOver)
        #expect(world.effects["always/tidy"] == 1)
        #expect(world.now == TimeSpan.minutes(2).milliseconds)
        #expect(world.violations.isEmpty, "\(world.violations)")
    }

    @Test("a run whose time to end runs out while it waits for its locks tells people once", arguments: 1...12)
    func lateAtTheEnd(seconds: Int64) throws {
        func message(_ id: String) -> Plan.Step {
            Plan.Step(
                id: id, action: .operation(.notify(Notification(channel: "ops", message: id))), effect: .idempotent)
        }
        var world = Simulation(
            RunSamples.plan(
                steps: [RunSamples.step("act", effect: .once)],
                always: [message("begin"), RunSamples.step("tidy"), message("end")]))
        world.result = { order, _ in
            OperationResult(outcome: order.id.path == "steps/act" ? .unknown : .succeeded, status: 0)
        }
        world.duration = { order in order.id.path == "steps/act" ? 0 : seconds * 1_000 }
        try world.run()
        world.locksBusyUntil = .max
        try world.resume(with: .cancel(by: "ann", reason: "enough"))
        #expect(world.stored.status == .cancelled)
        #expect(world.effects["always/begin"] == 1 && world.effects["always/end"] == 1)
        #expect(world.effects["always/tidy"] == nil)
        #expect(world.audit.count { $0 == "run.cancelled" } == 1)
        #expect(world.violations.isEmpty, "\(world.violations)")
    }

    @Test("a probe that cannot tell makes the run ask", arguments: ["json.version == 1.0", "int(stdout) > 0"])
    func cannotTell(saysDone: String) throws {
        var world = world(probeExit: 0, saysDone: saysDone)
        try world.run()
        #expect(world.stored.status == .needsDecision)
        #expect(world.stored.question?.path == "steps/act")
        #expect(world.effects["steps/act"] == 1)
        #expect(world.isStuck)
    }

    @Test("a person's word decides", arguments: Decision.allCases)
    func decisions(decision: Decision) throws {
        var world = world(probeExit: nil)
        try world.run()
        #expect(world.stored.status == .needsDecision)
        try world.resume(with: .decide(decision, by: "ann"))
        #expect(world.stored.status == (decision == .giveUp ? .failed : .verified))
        #expect(world.effects["steps/act"] == (decision == .runAgain ? 2 : 1))
        #expect(world.effects["steps/next"] == (decision == .giveUp ? nil : 1))
        #expect(world.audit.contains("run.decided"))
    }

    @Test("a run that waits for a decision can be cancelled")
    func cancelled() throws {
        var world = world(probeExit: nil)
        try world.run()
        try world.resume(with: .cancel(by: "ann", reason: "enough"))
        #expect(world.stored.status == .cancelled)
    }

    @Test("a decision counts once, and only where it is asked for")
    func unasked() throws {
        var state = try RunState(RunSamples.record(id: "r1"))
        #expect(state.handle(.decide(.done, by: "ann"), now: RunSamples.moment(0)).isEmpty)
        _ = state.handle(.begin, now: RunSamples.moment(0))
        #expect(state.handle(.decide(.done, by: "ann"), now: RunSamples.moment(0)).isEmpty)
    }

    static let probes: [(String, OperationResult, Bool?)] = [
        ("exit == 3", OperationResult(outcome: .failed, status: 3), true),
        ("exit == 3", OperationResult(outcome: .succeeded, status: 0), false),
        ("stdout == 'on'", OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: "on\n")), true),
        (
            "json.n == 1.0", OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: "{\"n\":1}")),
            true
        ),
        (
            "int(stdout) >= intent.monotonic_us",
            OperationResult(
                outcome: .succeeded, status: 0, output: CapturedText(head: "999999999\n")), true
        ),
        (
            "int(stdout) >= intent.monotonic_us",
            OperationResult(
                outcome: .succeeded, status: 0, output: CapturedText(head: "0\n")), false
        ),
        (
            "json.n == 1.0",
            OperationResult(
                outcome: .succeeded, status: 0, output: CapturedText(head: "{\"n\":1}", droppedBytes: 5)), nil
        ),
        ("exit == 0", OperationResult(outcome: .timedOut), nil), ("exit == 0", OperationResult(outcome: .failed), nil),
        ("exit == 0", OperationResult(outcome: .unknown), nil),
    ]

    @Test("a probe compares with the clock that systemd notes, which stands still while the host is suspended")
    func suspended() throws {
        var world = world(probeExit: 0, saysDone: "intent.monotonic_us == 5000000")
        world.now = 5_000
        world.suspension = 3_600_000
        try world.run()
        #expect(world.stored.status == .verified && world.effects["steps/act"] == 1)
    }

    @Test("a probe's answer is yes, no, or neither", arguments: probes)
    func answers(saysDone: String, result: OperationResult, isDone: Bool?) throws {
        var world = world(probeExit: 0, saysDone: saysDone)
        world.now = 5_000
        world.result = { order, world in
            if order.id.path.hasSuffix("/probe") { return result }
            let isFirst = order.id.path == "steps/act" && world.effects["steps/act"] == 1
            return OperationResult(outcome: isFirst ? .unknown : .succeeded, status: 0)
        }
        try world.run()
        switch isDone {
        case true?: #expect(world.stored.status == .verified && world.effects["steps/act"] == 1)
        case false?: #expect(world.stored.status == .verified && world.effects["steps/act"] == 2)
        case nil: #expect(world.stored.status == .needsDecision)
        }
    }
}
