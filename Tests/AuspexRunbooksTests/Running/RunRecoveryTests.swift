import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// An engine that dies, and the next one that goes on.
@Suite struct RunRecoveryTests {
    /// A probe that finds out what really happened.
    private static let probe = Plan.Probe(operation: .run(Command(argv: ["/probe"])), saysDone: "exit == 0")

    /// Acts succeed; probes tell the truth.
    private static func truthful(_ order: OperationOrder, _ world: Simulation) -> OperationResult {
        guard order.id.path.hasSuffix("/probe") else { return OperationResult(outcome: .succeeded, status: 0) }
        let happened = (world.effects["steps/act"] ?? 0) > 0
        return OperationResult(outcome: happened ? .succeeded : .failed, status: happened ? 0 : 1)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var effect: Effect
        var knowledge: Simulation.Knowledge
        var hasProbe: Bool

        var testDescription: String { "\(effect), \(knowledge) known, \(hasProbe ? "with" : "without") a probe" }
    }

    static let cases = Effect.allCases.flatMap { effect in
        Simulation.Knowledge.allCases.flatMap { knowledge in
            (effect == .once ? [false, true] : [false]).map { Case(effect: effect, knowledge: knowledge, hasProbe: $0) }
        }
    }

    private func world(_ setting: Case) -> Simulation {
        let step = RunSamples.step("act", effect: setting.effect, probe: setting.hasProbe ? Self.probe : nil)
        var world = Simulation(RunSamples.plan(steps: [step, RunSamples.step("next")]))
        world.knowledge = setting.knowledge
        world.result = Self.truthful
        return world
    }

    private func check(_ world: Simulation, _ setting: Case, _ place: String) {
        let ran = world.effects["steps/act"] ?? 0
        #expect(world.violations.isEmpty, "\(place): \(world.violations)")
        if setting.effect == .once { #expect(ran <= 1, "\(place): ran \(ran) times") }
        switch world.stored.status {
        case .verified: #expect(ran >= 1, "\(place): it never ran")
        case .needsDecision:
            #expect(setting.effect == .once || world.crashes > RunState.mostRecoveries, "\(place)")
            #expect(setting.knowledge != .all || world.crashes > RunState.mostRecoveries, "\(place)")
            #expect(world.notices.last?.kind == .decisionNeeded, "\(place)")
        default: Issue.record("\(place): the run is \(world.stored.status)")
        }
    }

    @Test("after a crash at any place, a run ends or asks, and what must not be repeated is not", arguments: cases)
    func crashAnywhere(setting: Case) throws {
        var whole = world(setting)
        try whole.run()
        #expect(whole.stored.status == .verified)
        for place in 0..<(2 * whole.actions) {
            var world = world(setting)
            try world.run { $0 == place }
            #expect(world.crashes == 1)
            check(world, setting, "crash at \(place)")
        }
    }

    @Test("after two crashes at any two places, the same holds", arguments: cases)
    func crashTwice(setting: Case) throws {
        var whole = world(setting)
        try whole.run()
        for first in 0..<(2 * whole.actions) {
            for gap in [1, 2, 5, 9] {
                var world = world(setting)
                try world.run { $0 == first || $0 == first + gap }
                check(world, setting, "crashes at \(first) and \(first + gap)")
            }
        }
    }

    @Test("an engine that dies again and again asks a person in the end")
    func dyingForEver() throws {
        var world = world(Case(effect: .idempotent, knowledge: .nothing, hasProbe: false))
        // Dies a step or two after every start.
        try world.run { $0 > 6 && $0.isMultiple(of: 3) }
        #expect(world.stored.status == .needsDecision)
        #expect(world.stored.recoveries == RunState.mostRecoveries + 1)
        #expect(world.notices.last?.kind == .decisionNeeded)
        try world.resume(with: .decide(.runAgain, by: "ann"))
        #expect(world.stored.status == .verified)
        #expect(world.stored.recoveries == 0)
    }

    /// A run whose act goes on, and whose engine died so often that the run waits for a person.
    private func parked() throws -> Simulation {
        var world = Simulation(
            RunSamples.plan(
                steps: [RunSamples.step("act"), RunSamples.step("next")], always: [RunSamples.step("tidy")]))
        world.endless = ["steps/act"]
        // Dies when the act has begun, and then after each start of the engine, up to the question.
        try world.run { $0 >= 9 && $0 < 19 && !$0.isMultiple(of: 2) }
        try #require(world.stored.status == .needsDecision && world.stored.question?.path == nil)
        try #require(world.stored.lastAttempt(at: "steps/act")?.state == .intent)
        return world
    }

    static let endings: [RunEvent] = [.cancel(by: "ann", reason: "enough"), .decide(.giveUp, by: "ann")]

    @Test(
        "an act from before a crash is ended before its run is, also when the run waited for people", arguments: endings
    )
    func endsOpenAct(word: RunEvent) throws {
        for isPaused in [false, true] {
            var world = try parked()
            try world.resume(isPaused: isPaused, with: word)
            #expect(world.stopped.map(\.path) == ["steps/act"])
            #expect(world.stored.lastAttempt(at: "steps/act")?.state == .cancelled)
            #expect(world.effects["steps/next"] == nil)
            #expect(world.violations.isEmpty, "\(world.violations)")
            guard !isPaused else { continue }
            #expect(world.stored.status.isOver)
            #expect(world.started.last?.path == "always/tidy")
        }
    }

    @Test("a run that is held after a restart is ended with its act")
    func endsHeldAct() throws {
        var world = Simulation(RunSamples.plan(always: [RunSamples.step("tidy")]))
        world.endless = ["steps/act"]
        world.hasEndlessTime = true
        try world.run()
        try world.resume(isPaused: true, with: .cancel(by: "ann", reason: "enough"), .unpause)
        #expect(world.stored.status == .cancelled)
        #expect(world.stopped.map(\.path) == ["steps/act"])
        #expect(world.stored.lastAttempt(at: "steps/act")?.state == .cancelled)
        #expect(world.effects["always/tidy"] == 1)
        #expect(world.violations.isEmpty, "\(world.violations)")
    }

    @Test("an act that is repeated carries the same key")
    func sameKey() throws {
        var world = world(Case(effect: .idempotent, knowledge: .nothing, hasProbe: false))
        try world.run { $0 == 9 }
        let attempts = world.stored.steps.filter { $0.path == "steps/act" }
        #expect(attempts.map(\.attempt) == [1, 2])
        #expect(Set(attempts.map(\.idempotencyKey)).count == 1)
        #expect(attempts.map(\.state) == [.unknown, .done])
        #expect(RunState.idempotencyKey(run: "r1", path: "steps/act") == attempts[0].idempotencyKey)
        #expect(RunState.idempotencyKey(run: "r2", path: "steps/act") != attempts[0].idempotencyKey)
    }

    @Test("a lock that was lost meanwhile makes the run ask before it goes on")
    func lostLock() throws {
        var world = world(Case(effect: .idempotent, knowledge: .all, hasProbe: false))
        var state = try RunState(world.stored)
        var queue = state.handle(.begin, now: world.moment)
        while let action = queue.first, case .commit(let commit) = action {
            world.stored = commit.record
            queue = state.handle(.committed(revision: commit.record.revision), now: world.moment)
        }
        world.locks = .held(lock: "service/api", run: "r9")
        try world.resume()
        #expect(world.stored.status == .needsDecision)
        #expect(world.stored.question?.text.contains("r9") ?? false)
        #expect(world.started.isEmpty)
    }

    @Test("random crashes, cancellations and unknown outcomes break no law", arguments: 0..<200)
    func randomCourses(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let effects = (0..<3).map { _ in Effect.allCases.randomElement(using: &generator) ?? .read }
        let steps = effects.enumerated().map { number, effect in
            RunSamples.step(
                "s\(number)", effect: effect,
                probe: effect == .once && Bool.random(using: &generator) ? Self.probe : nil)
        }
        var world = Simulation(RunSamples.plan(steps: steps, onFailure: [RunSamples.step("mend")]))
        world.knowledge = Simulation.Knowledge.allCases.randomElement(using: &generator) ?? .all
        let share = Double.random(in: 0...0.3, using: &generator)
        let luck = (0..<400).map { _ in Double.random(in: 0..<1, using: &generator) }
        world.result = { order, world in
            let outcome: OperationResult.Outcome
            if order.id.path.hasSuffix("/probe") {
                let path = String(order.id.path.dropLast("/probe".count))
                outcome = (world.effects[path] ?? 0) > 0 ? .succeeded : .failed
            } else {
                outcome = luck[(world.started.count * 7) % luck.count] < share ? .unknown : .succeeded
            }
            return OperationResult(outcome: outcome, status: outcome == .succeeded ? 0 : 1)
        }
        if Bool.random(using: &generator) {
            world.words[Int.random(in: 0..<20, using: &generator)] = .cancel(by: "ann", reason: "enough")
        }
        try world.run { luck[$0 % luck.count] < share / 4 }
        #expect(world.violations.isEmpty)
        for (step, effect) in zip(steps, effects) where effect == .once {
            #expect(world.effects["steps/\(step.id)"] ?? 0 <= 1, "\(step.id)")
        }
        #expect(world.stored.status.isOver || world.stored.status == .needsDecision)
    }
}
