import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// Random trees of steps with random results, words and crashes.
@Suite struct RunTreeRandomTests {
    /// Makes trees. Ids are numbered, so that no two steps have the same.
    private struct Gardener {
        var generator: SplitMix64
        var count = 0

        mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }

        mutating func steps(depth: Int, inLane: Bool = false) -> [Plan.Step] {
            (0..<Int.random(in: 1...3, using: &generator)).map { _ in step(depth: depth, inLane: inLane) }
        }

        private mutating func step(depth: Int, inLane: Bool) -> Plan.Step {
            count += 1
            let id = "s\(count)"
            var step: Plan.Step
            switch depth > 0 ? Int.random(in: 0..<8, using: &generator) : 7 {
            case 0:
                let arms = [
                    Plan.Branch.Arm(condition: "\(chance(0.5))", steps: steps(depth: depth - 1, inLane: inLane))
                ]
                let otherwise = chance(0.5) ? steps(depth: depth - 1, inLane: inLane) : []
                step = composite(id, .branch(Plan.Branch(arms: arms, otherwise: otherwise)))
            case 1: step = composite(id, .group(Plan.Group(steps: steps(depth: depth - 1, inLane: inLane))))
            case 2 where !inLane, 3 where !inLane:
                let lanes = (0..<Int.random(in: 1...4, using: &generator)).map { number in
                    Plan.Parallel.Lane(
                        name: "\(number)", group: Plan.Group(steps: steps(depth: depth - 1, inLane: true)))
                }
                step = composite(
                    id,
                    .parallel(
                        Plan.Parallel(
                            lanes: lanes, maxConcurrency: Int.random(in: 1...3, using: &generator),
                            maxErrors: Int.random(in: 1...2, using: &generator), isCanary: chance(0.5))))
            case 4: step = composite(id, .pause(.length(.seconds(20))))
            default: step = act(id)
            }
            step.continuesOnError = chance(0.2)
            if chance(0.1) { step.when = "\(chance(0.5))" }
            return step
        }

        private func composite(_ id: String, _ action: Plan.Action) -> Plan.Step {
            Plan.Step(id: id, action: action, effect: .read)
        }

        private mutating func act(_ id: String) -> Plan.Step {
            let effect = Effect.allCases.randomElement(using: &generator) ?? .read
            let probe = Plan.Probe(operation: .run(Command(argv: ["/probe"])), saysDone: "exit == 0")
            var step = RunSamples.step(id, effect: effect, probe: effect == .once && chance(0.5) ? probe : nil)
            if effect != .once, chance(0.3) { step.retry = Plan.Retry(count: 1) }
            if chance(0.3) {
                count += 1
                step.undo = [RunSamples.step("s\(count)")]
            }
            return step
        }
    }

    private func world(_ seed: UInt64) -> (world: Simulation, luck: [Double], share: Double) {
        var gardener = Gardener(generator: SplitMix64(seed: seed))
        var plan = RunSamples.plan(
            steps: gardener.steps(depth: 3), onFailure: [RunSamples.step("mend")], always: [RunSamples.step("tidy")])
        if gardener.chance(0.3) { plan.preconditions = [RunSamples.step("ready", effect: .read)] }
        var world = Simulation(plan)
        world.mostAtOnce = 3
        world.knowledge = Simulation.Knowledge.allCases.randomElement(using: &gardener.generator) ?? .all
        let share = Double.random(in: 0...0.25, using: &gardener.generator)
        let luck = (0..<997).map { _ in Double.random(in: 0..<1, using: &gardener.generator) }
        world.duration = { order in Int64(order.id.path.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xfff) }
        world.result = { order, world in
            if order.id.path.hasSuffix("/probe") {
                let happened = (world.effects[String(order.id.path.dropLast("/probe".count))] ?? 0) > 0
                return OperationResult(outcome: happened ? .succeeded : .failed, status: happened ? 0 : 1)
            }
            let draw = luck[(world.started.count * 7) % luck.count]
            let outcome: OperationResult.Outcome = draw < share / 3 ? .unknown : draw < share ? .failed : .succeeded
            return OperationResult(outcome: outcome, status: outcome == .succeeded ? 0 : 1)
        }
        if gardener.chance(0.5) {
            world.answer = { record in
                record.questions.last.map {
                    .decide(.done, by: "ann", path: record.questions.count > 1 ? $0.path : nil)
                }
            }
        }
        if gardener.chance(0.3) {
            world.words[Int.random(in: 0..<60, using: &gardener.generator)] = .cancel(by: "ann", reason: "enough")
        }
        return (world, luck, share)
    }

    private func check(_ world: Simulation, _ name: String) {
        #expect(world.violations.isEmpty, "\(name): \(world.violations)")
        #expect(world.stored.status.isOver || world.stored.status == .needsDecision, "\(name): \(world.stored.status)")
        for step in world.stored.plan.allSteps.flatMap(\.flattened) where step.effect == .once {
            for (path, count) in world.effects where path.hasSuffix("/\(step.id)") {
                #expect(count <= 1, "\(name): \(path) ran \(count) times")
            }
        }
        let attempts = world.stored.steps.map { "\($0.path) \($0.attempt)" }
        #expect(Set(attempts).count == attempts.count, "\(name): an attempt is there twice")
        for entry in world.stored.steps where entry.state == .done {
            let later = world.stored.steps.filter { $0.path == entry.path && $0.attempt > entry.attempt }
            #expect(later.isEmpty, "\(name): \(entry.path) was done and went on")
        }
        guard world.stored.status.isOver else { return }
        let open = world.stored.steps.last { entry in
            entry.attempt == world.stored.lastAttempt(at: entry.path)?.attempt && !entry.state.isSettled
                && entry.state != .planned
        }
        #expect(open == nil, "\(name): \(open?.path ?? "") is open")
    }

    @Test("what happens once happens at most once, the run ends, and no step is settled twice", arguments: 0..<200)
    func randomTrees(seed: UInt64) throws {
        var (world, luck, share) = world(seed)
        try world.run { luck[$0 % luck.count] < share / 8 }
        check(world, "seed \(seed)")
    }

    @Test("the same holds for a crash at every place", arguments: 1_000..<1_008)
    func crashEverywhere(seed: UInt64) throws {
        var (whole, _, _) = world(seed)
        let words = whole.words
        try whole.run()
        check(whole, "seed \(seed)")
        for place in 0..<(2 * whole.actions) {
            var (world, _, _) = world(seed)
            world.words = words
            try world.run { $0 == place }
            check(world, "seed \(seed), crash at \(place)")
        }
    }
}
