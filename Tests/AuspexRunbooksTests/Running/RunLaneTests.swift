import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// Lists of steps that go on at the same time.
@Suite struct RunLaneTests {
    static func lanes(
        _ lists: [[Plan.Step]], most: Int = 32, maxErrors: Int = 1, isCanary: Bool = false
    ) -> Plan.Step {
        let lanes = lists.enumerated().map {
            Plan.Parallel.Lane(
                name: "h\($0 + 1)", group: Plan.Group(parameters: ["host": .string("h\($0 + 1)")], steps: $1))
        }
        return Plan.Step(
            id: "roll",
            action: .parallel(
                Plan.Parallel(lanes: lanes, maxConcurrency: most, maxErrors: maxErrors, isCanary: isCanary)),
            effect: .read)
    }

    static func world(_ steps: [Plan.Step], onFailure: [Plan.Step] = []) -> Simulation {
        var world = Simulation(
            RunSamples.plan(steps: steps, onFailure: onFailure, always: [RunSamples.step("tidy")]))
        world.mostAtOnce = 100
        // Lanes take different times, so that their steps interleave.
        world.duration = { order in Int64(1_000 + 700 * (order.id.path.utf8.reduce(0) { $0 + Int($1) } % 7)) }
        return world
    }

    private static func path(_ lane: Int, _ step: String) -> String { "steps/roll/\(lane)/\(step)" }

    @Test("lanes go on at the same time, and what follows waits for all of them")
    func atTheSameTime() throws {
        let lists = (0..<3).map { _ in [RunSamples.step("a"), RunSamples.step("b")] }
        var world = Self.world([Self.lanes(lists), RunSamples.step("end")])
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.mostRunning == 3)
        #expect(world.started.prefix(3).map(\.path) == (1...3).map { Self.path($0, "a") })
        #expect(world.started.suffix(2).map(\.path) == ["steps/end", "always/tidy"])
        #expect(world.stored.steps.allSatisfy { $0.state == .done })
        #expect(world.violations.isEmpty, "\(world.violations)")
    }

    @Test("no more lanes are under way at once than may be", arguments: [1, 2, 4])
    func concurrency(most: Int) throws {
        var world = Self.world([Self.lanes((0..<5).map { _ in [RunSamples.step("a")] }, most: most)])
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.mostRunning == most)
        for lane in 1...5 { #expect(world.effects[Self.path(lane, "a")] == 1) }
    }

    @Test("one lane goes first, then two, then four, each batch when the one before is over")
    func canary() throws {
        var world = Self.world([Self.lanes((0..<8).map { _ in [RunSamples.step("a")] }, isCanary: true)])
        var batches: [[String]] = []
        try world.run()
        #expect(world.stored.status == .verified)
        // Attempts of one batch begin before any of it ends.
        let attempts = world.stored.steps.filter { $0.path.hasSuffix("/a") }
        var rest = attempts.sorted { $0.intentAt.wall < $1.intentAt.wall }
        while let first = rest.first {
            let batch = rest.filter { $0.intentAt.wall == first.intentAt.wall }
            batches.append(batch.map(\.path))
            rest.removeAll { $0.intentAt.wall == first.intentAt.wall }
        }
        #expect(batches.map(\.count) == [1, 2, 4, 1])
    }

    @Test("a lane that fails first lets no other begin, and the run fails")
    func canaryFails() throws {
        var world = Self.world(
            [Self.lanes((0..<4).map { _ in [RunSamples.step("a"), RunSamples.step("b")] }, isCanary: true)],
            onFailure: [RunSamples.step("mend")])
        world.result = RunTreeTests.failing([Self.path(1, "a")])
        try world.run()
        #expect(world.started.map(\.path) == [Self.path(1, "a"), "on_failure/mend", "always/tidy"])
        #expect(world.stored.lastAttempt(at: "steps/roll/2")?.state == .skipped)
        #expect(world.stored.ending?.reason == "steps/roll: of 4 lanes 1 failed, 3 did not begin")
    }

    @Test("fewer failed lanes than may fail are no failure")
    func someMayFail() throws {
        var world = Self.world([Self.lanes((0..<4).map { _ in [RunSamples.step("a")] }, maxErrors: 2)])
        world.result = RunTreeTests.failing([Self.path(2, "a")])
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.stored.lastAttempt(at: "steps/roll")?.result?.reason == "of 4 lanes 1 failed")
    }

    @Test("lanes under way go on to their end when another has failed")
    func othersGoOn() throws {
        var world = Self.world([Self.lanes((0..<3).map { _ in [RunSamples.step("a"), RunSamples.step("b")] })])
        world.result = RunTreeTests.failing([Self.path(1, "a")])
        world.duration = { $0.id.path == Self.path(1, "a") ? 10 : 5_000 }
        try world.run()
        #expect(world.stored.status == .failed)
        #expect(world.effects[Self.path(2, "b")] == 1 && world.effects[Self.path(3, "b")] == 1)
    }

    @Test("conditions in a lane see the element that the lane is for, and the lane's own steps")
    func scope() throws {
        let list = [
            RunTreeTests.step("a", when: "params.host == 'h2'"),
            RunTreeTests.step("b", when: "steps.a.state == 'done'"),
        ]
        var world = Self.world([Self.lanes([list, list])])
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.effects[Self.path(1, "b")] == nil && world.effects[Self.path(2, "b")] == 1)
    }

    @Test("a step with no lanes is done")
    func empty() throws {
        var world = Self.world([Self.lanes([]), RunSamples.step("end")])
        try world.run()
        #expect(world.stored.status == .verified && world.effects["steps/end"] == 1)
    }

    // MARK: - Stopping

    @Test("stopped at any moment, all lanes come to rest before anything follows")
    func cancelAnywhere() throws {
        let steps = [
            Self.lanes((0..<3).map { _ in [RunSamples.step("a"), RunTreeTests.step("b", undo: [])] }, most: 2),
            RunSamples.step("end"),
        ]
        var whole = Self.world(steps)
        try whole.run()
        for place in 0..<whole.actions {
            var world = Self.world(steps)
            world.words = [place: .cancel(by: "ann", reason: "enough")]
            try world.run()
            #expect(world.stored.status.isOver, "at \(place): \(world.stored.status)")
            #expect(world.violations.isEmpty, "at \(place): \(world.violations)")
            #expect(!world.isStuck, "at \(place)")
            #expect(world.started.last?.path == "always/tidy", "at \(place)")
            #expect(world.stored.steps.allSatisfy { $0.state.isSettled }, "at \(place)")
        }
    }

    // MARK: - Crashes

    @Test(
        "after a crash at any place all lanes go on, and nothing that must not be repeated is",
        arguments: Simulation.Knowledge.allCases)
    func crashAnywhere(knowledge: Simulation.Knowledge) throws {
        let list = [
            RunSamples.step("a", effect: .once, probe: Self.probe), RunSamples.step("b"),
        ]
        func world() -> Simulation {
            var world = Self.world([Self.lanes([list, list, list], most: 2), RunSamples.step("end")])
            world.knowledge = knowledge
            world.result = Self.truthful
            return world
        }
        var whole = world()
        try whole.run()
        #expect(whole.stored.status == .verified)
        for place in 0..<(2 * whole.actions) {
            var world = world()
            try world.run { $0 == place }
            #expect(world.stored.status == .verified, "crash at \(place): \(world.stored.status)")
            for lane in 1...3 {
                #expect(world.effects[Self.path(lane, "a")] == 1, "crash at \(place)")
                #expect(world.effects[Self.path(lane, "b")] ?? 0 >= 1, "crash at \(place)")
            }
            #expect(world.effects["steps/end"] ?? 0 >= 1, "crash at \(place)")
            #expect(world.violations.isEmpty, "crash at \(place): \(world.violations)")
        }
    }

    private static let probe = Plan.Probe(operation: .run(Command(argv: ["/probe"])), saysDone: "exit == 0")

    private static func truthful(_ order: OperationOrder, _ world: Simulation) -> OperationResult {
        guard order.id.path.hasSuffix("/probe") else { return OperationResult(outcome: .succeeded, status: 0) }
        let happened = (world.effects[String(order.id.path.dropLast("/probe".count))] ?? 0) > 0
        return OperationResult(outcome: happened ? .succeeded : .failed, status: happened ? 0 : 1)
    }

    // MARK: - Questions

    private static func uncertain() -> Simulation {
        var world = Self.world([
            Self.lanes((0..<3).map { _ in [RunSamples.step("a", effect: .once), RunSamples.step("b")] })
        ])
        world.result = { order, world in
            let isUnknown = ["steps/roll/1/a", "steps/roll/3/a"].contains(order.id.path) && order.id.attempt == 1
            return OperationResult(outcome: isUnknown ? .unknown : .succeeded, status: 0)
        }
        return world
    }

    @Test("several lanes may each have a question, and nothing begins before all are answered")
    func questions() throws {
        var world = Self.uncertain()
        try world.run()
        #expect(world.stored.status == .needsDecision && world.isStuck)
        #expect(Set(world.stored.questions.compactMap(\.path)) == ["steps/roll/1/a", "steps/roll/3/a"])
        #expect(world.notices.count == 2)
        #expect(!world.started.contains { $0.path.hasSuffix("/b") && $0.path != "steps/roll/2/b" })
        // Which question is meant has to be said.
        try world.resume(with: .decide(.done, by: "ann"))
        #expect(world.stored.questions.count == 2)
        try world.resume(with: .decide(.done, by: "ann", path: "steps/roll/3/a"))
        #expect(world.stored.status == .needsDecision)
        #expect(world.effects["steps/roll/3/b"] == nil)
        try world.resume(with: .decide(.runAgain, by: "ann", path: "steps/roll/1/a"))
        #expect(world.stored.status == .verified, "\(world.stored.status) \(world.stored.questions)")
        #expect(world.effects["steps/roll/1/a"] == 2 && world.effects["steps/roll/3/a"] == 1)
        for lane in 1...3 { #expect(world.effects["steps/roll/\(lane)/b"] == 1) }
        #expect(world.violations.isEmpty, "\(world.violations)")
    }

    @Test("when the last answer ends its own lane, the others go on all the same")
    func answerEndsLane() throws {
        let once = RunSamples.step("a", effect: .once)
        var world = Self.world([
            Self.lanes([[once], [RunSamples.step("a"), RunSamples.step("b")], [once]]), RunSamples.step("end"),
        ])
        world.result = Self.uncertain().result
        world.answer = { record in
            record.questions.last?.path.map { .decide(.done, by: "ann", path: $0) }
        }
        try world.run()
        #expect(world.stored.status == .verified && !world.isStuck, "\(world.stored.status)")
        #expect(world.effects["steps/roll/2/b"] == 1 && world.effects["steps/end"] == 1)
    }

    @Test(
        "after a restart a run may be given up or cancelled with a question in one lane and an act under way in another",
        arguments: Simulation.Knowledge.allCases, [true, false])
    func stoppedBesideQuestion(knowledge: Simulation.Knowledge, isAlive: Bool) throws {
        let question = "steps/roll/1/a"
        let words: [RunEvent?] = [
            .decide(.giveUp, by: "ann", path: question), .cancel(by: "ann", reason: "enough"), nil,
        ]
        for word in words {
            var world = Self.world([Self.lanes([[RunSamples.step("a", effect: .once)], [RunSamples.step("a")]])])
            world.result = { order, _ in
                OperationResult(outcome: order.id.path == question ? .unknown : .succeeded, status: 0)
            }
            world.knowledge = knowledge
            world.endless = ["steps/roll/2/a"]
            try world.run()
            #expect(world.stored.status == .needsDecision && world.isStuck)
            if !isAlive { world.loseActs() }
            if let word {
                try world.resume(with: word)
            } else {
                // The wish was stored, and then the engine died.
                var state = try RunState(world.stored)
                let actions =
                    state.recover(now: world.moment)
                    + state.handle(.cancel(by: "ann", reason: "enough"), now: world.moment)
                for case .commit(let commit) in actions { world.stored = commit.record }
                try world.resume()
            }
            #expect(world.stored.status.isOver, "\(word.map { "\($0)" } ?? "a stored wish")")
            #expect(world.started.last?.path == "always/tidy")
            #expect(world.violations.isEmpty, "\(world.violations)")
        }
    }

    @Test("both answers may come to the same engine, and a run may be given up or cancelled with questions open")
    func answersAtOnce() throws {
        var world = Self.uncertain()
        try world.run()
        try world.resume(
            with: .decide(.done, by: "ann", path: "steps/roll/3/a"), .decide(.done, by: "ann", path: "steps/roll/1/a"))
        #expect(world.stored.status == .verified)
        for word: RunEvent in [
            .decide(.giveUp, by: "ann", path: "steps/roll/3/a"), .cancel(by: "ann", reason: "enough"),
        ] {
            var world = Self.uncertain()
            try world.run()
            try world.resume(with: word)
            #expect(world.stored.status.isOver, "\(word)")
            #expect(world.started.last?.path == "always/tidy", "\(word)")
            #expect(world.stored.questions.isEmpty)
            #expect(world.violations.isEmpty, "\(world.violations)")
        }
    }
}
