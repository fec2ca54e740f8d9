import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// Waits that are cut short, survive an engine, or come to their end with the last attempt.
@Suite(.timeLimit(.minutes(5))) struct WaitFaultTests {
    private static let attempts = 5
    private static let delay = TimeSpan.seconds(10)

    private static func world(succeedingAt last: Int) -> Simulation {
        let acceptors = [Waiter.Acceptor(state: .success, matcher: .path, argument: "@", expected: .string("up"))]
        let waiter = Waiter(acceptors: acceptors, delay: delay, maxAttempts: attempts)
        let step = Plan.Step(
            id: "wait", action: .wait(Plan.Wait(operation: .run(Command(argv: ["/poll"])), waiter: waiter)),
            effect: .read)
        var world = Simulation(RunSamples.plan(steps: [step]))
        world.result = { order, _ in
            let text = order.id.poll >= last ? "up" : "starting"
            return OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: text))
        }
        return world
    }

    @Test("what flips with the last attempt is reached, and nothing is slept after it")
    func lastAttempt() throws {
        var world = Self.world(succeedingAt: Self.attempts)
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.started.count == Self.attempts)
        #expect(world.now == Int64(Self.attempts - 1) * Self.delay.milliseconds)
    }

    @Test("what flips one attempt later is not reached")
    func tooLate() throws {
        var world = Self.world(succeedingAt: Self.attempts + 1)
        try world.run()
        #expect(world.stored.status == .failed)
        #expect(world.started.count == Self.attempts)
    }

    @Test("with an engine that dies anywhere, the last attempt is still made, and none beyond it")
    func lastAttemptAfterDeath() throws {
        var trials = 0
        for last in [Self.attempts, Self.attempts + 1] {
            var whole = Self.world(succeedingAt: last)
            try whole.run()
            for place in 0..<(2 * whole.actions) {
                var world = Self.world(succeedingAt: last)
                try world.run { $0 == place }
                #expect(world.crashes == 1, "at \(place)")
                let isReached = last == Self.attempts
                #expect(world.stored.status == (isReached ? .verified : .failed), "at \(place)")
                #expect(world.started.map(\.poll).max() == Self.attempts, "at \(place)")
                #expect(world.started.count <= Self.attempts + 1, "at \(place)")
                #expect(world.violations.isEmpty, "at \(place)")
                trials += 1
            }
        }
        FaultScale.report("a wait of \(Self.attempts) attempts through \(trials) deaths")
    }

    @Test("a cancellation wakes a wait at once, wherever it stands")
    func cancelled() throws {
        var whole = Self.world(succeedingAt: .max)
        try whole.run()
        for place in 0..<whole.actions {
            var world = Self.world(succeedingAt: .max)
            world.words[place] = .cancel(by: "ann", reason: "enough")
            try world.run()
            #expect(world.stored.status.isOver, "at \(place)")
            guard world.stored.status == .cancelled else { continue }
            // The time of the next poll is not waited for.
            let polls = world.audit.count { $0 == "run.step.intent" }
            #expect(world.now == Int64(max(0, polls - 1)) * Self.delay.milliseconds, "at \(place)")
        }
    }
}
