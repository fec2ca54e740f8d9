import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// A run's time stands still while people make it wait, and so does that of the steps which put things right.
@Suite struct RunStandingTests {
    private static let plan = RunSamples.plan(
        steps: [RunTreeTests.step("a", undo: [RunSamples.step("un-a")]), RunSamples.step("b"), RunSamples.step("c")],
        onFailure: [RunSamples.step("mend")])

    private static func world(_ plan: Plan = plan) -> Simulation {
        var world = Simulation(plan)
        world.duration = { _ in 1_000 }
        return world
    }

    /// How people make a run wait, and let it go on.
    enum Wait: CaseIterable {
        case hold, pause

        var begin: RunEvent { self == .hold ? .hold(by: "ann", reason: "look") : .pause }
        var end: RunEvent { self == .hold ? .resume(by: "ann") : .unpause }
    }

    @Test("a run that has to wait for longer than its deadline is done when it may go on", arguments: Wait.allCases)
    func longerThanDeadline(wait: Wait) throws {
        var whole = Self.world()
        try whole.run()
        for place in 0..<(whole.actions - 3) {
            var world = Self.world()
            world.words = [place: wait.begin]
            world.answer = { $0.standingSince == nil ? nil : wait.end }
            try world.run()
            #expect(world.stored.status == .verified, "at \(place): \(world.stored.ending?.reason ?? "")")
            #expect(world.stored.standingSince == nil, "at \(place)")
            for step in ["a", "b", "c"] { #expect(world.effects["steps/\(step)"] == 1, "at \(place)") }
            #expect(world.violations.isEmpty, "at \(place): \(world.violations)")
        }
    }

    @Test(
        "what takes back and mends is done however long people made the run wait before or meanwhile",
        arguments: Wait.allCases)
    func compensation(wait: Wait) throws {
        var whole = Self.world()
        whole.result = RunTreeTests.failing(["steps/b"])
        try whole.run()
        for place in 0..<(whole.actions - 3) {
            var world = Self.world()
            world.result = RunTreeTests.failing(["steps/b"])
            world.words = [place: wait.begin]
            world.answer = { $0.standingSince == nil ? nil : wait.end }
            try world.run()
            #expect(world.stored.status == .failed, "at \(place)")
            #expect(world.effects["undo/steps/a/un-a"] == 1, "at \(place): \(world.audit)")
            #expect(world.effects["on_failure/mend"] == 1, "at \(place): \(world.audit)")
        }
    }

    @Test("a hold outlives the engine, and the time without one is none of the run's")
    func overRestart() throws {
        var world = Self.world()
        world.words = [6: .hold(by: "ann", reason: "look")]
        try world.run()
        #expect(world.isStuck && world.stored.hold != nil)
        world.now += TimeSpan.hours(2).milliseconds
        try world.resume(with: .resume(by: "ann"))
        #expect(world.stored.status == .verified, "\(world.stored.ending?.reason ?? "")")
        // What was left of its time is left still, and no more.
        var late = Self.world()
        late.words = [6: .hold(by: "ann", reason: "look")]
        try late.run()
        late.now += TimeSpan.hours(2).milliseconds
        late.duration = { _ in Plan.defaultDeadline.milliseconds * 2 }
        try late.resume(with: .resume(by: "ann"))
        #expect(late.stored.ending?.reason?.contains("the run's deadline") ?? false)
    }

    @Test("a pause of all runs counts over a restart, also when it ends only then")
    func pauseOverRestart() throws {
        for place in 4..<12 {
            var world = Self.world()
            world.words = [place: .pause]
            try world.run()
            #expect(world.isStuck && world.stored.standingSince != nil, "at \(place)")
            // The engine is started anew, and the pause ends, when the run's time would be over.
            world.now += 2 * Plan.defaultDeadline.milliseconds
            try world.resume(isPaused: true)
            #expect(world.isStuck, "at \(place)")
            world.now += TimeSpan.minutes(5).milliseconds
            try world.resume(isPaused: true, with: .unpause)
            #expect(world.stored.status == .verified, "at \(place): \(world.stored.ending?.reason ?? "")")
            #expect(world.audit.contains("run.paused") && world.audit.contains("run.unpaused"))
            #expect(world.violations.isEmpty, "at \(place): \(world.violations)")
        }
    }

    @Test("a guard that stops a held run leaves what takes it back to whoever holds it")
    func stoppedByGuard() throws {
        var world = Self.world()
        world.words = [9: .hold(by: "ann", reason: "look")]
        var said: [RunEvent] = [
            .cancel(by: RunRecord.guardName, reason: "fleet_unhealthy: blocked"), .resume(by: "ann"),
        ]
        var taken = 0
        try world.run()
        while world.isStuck, !said.isEmpty {
            #expect(world.effects["undo/steps/a/un-a"] == nil)
            try world.resume(with: said.removeFirst())
            taken += 1
        }
        #expect(taken == 2 && world.stored.status == .cancelled)
        #expect(world.effects["undo/steps/a/un-a"] == 1)
    }

    @Test("a wait in one lane does not run out while a person thinks about another", arguments: [false, true])
    func waitBesideQuestion(isHeld: Bool) throws {
        let waiter = Waiter(
            acceptors: [Waiter.Acceptor(state: .success, matcher: .status, expected: .int(7))], delay: .seconds(10),
            maxAttempts: 99)
        let poll = Plan.Wait(operation: .run(Command(argv: ["/poll"])), waiter: waiter, deadline: .minutes(5))
        let wait = Plan.Step(id: "w", action: .wait(poll), effect: .read)
        var world = Simulation(
            RunSamples.plan(
                steps: [RunLaneTests.lanes([[wait, RunSamples.step("b")], [RunSamples.step("c", effect: .once)]])]))
        world.mostAtOnce = 2
        world.result = { order, world in
            if order.effect == .once { return OperationResult(outcome: .unknown) }
            return OperationResult(outcome: .succeeded, status: world.now > TimeSpan.hours(1).milliseconds ? 7 : 0)
        }
        try world.run()
        #expect(world.stored.question?.path == "steps/roll/2/c")
        let asked = world.now
        if isHeld {
            world.now += TimeSpan.minutes(20).milliseconds
            try world.resume(with: .hold(by: "bob", reason: "look"))
            world.now += TimeSpan.minutes(20).milliseconds
            try world.resume(with: .resume(by: "bob"))
        }
        world.now = asked + TimeSpan.minutes(61).milliseconds
        try world.resume(with: .decide(.done, by: "ann"))
        #expect(world.stored.status == .verified, "\(world.stored.ending?.reason ?? "")")
        let stood = world.stored.lastAttempt(at: "steps/roll/1/w")?.stoodStill
        #expect(try #require(stood) >= .minutes(61) && #require(stood) < .minutes(62), "each moment counts once")
    }

    @Test("who stops a held run lets what takes it back be done")
    func cancelled() throws {
        var world = Self.world()
        world.words = [9: .hold(by: "ann", reason: "look")]
        world.answer = { $0.hold == nil ? nil : .cancel(by: "bob", reason: "enough") }
        try world.run()
        #expect(world.stored.status == .cancelled && world.stored.hold == nil)
        #expect(world.effects["steps/a"] == 1 && world.effects["undo/steps/a/un-a"] == 1)
    }

    @Test("a wait's and a verification's own time stands still, too")
    func ownTimes() throws {
        let waiter = Waiter(
            acceptors: [Waiter.Acceptor(state: .success, matcher: .status, expected: .int(7))], delay: .seconds(10),
            maxAttempts: 9)
        let poll = Plan.Wait(operation: .run(Command(argv: ["/poll"])), waiter: waiter, deadline: .minutes(1))
        let steps = [Plan.Step(id: "w", action: .wait(poll), effect: .read)]
        var whole = Simulation(RunSamples.plan(steps: steps))
        whole.result = { order, _ in OperationResult(outcome: .succeeded, status: order.id.poll == 4 ? 7 : 0) }
        try whole.run()
        #expect(whole.stored.status == .verified)
        for place in 0..<(whole.actions - 3) {
            var world = whole
            world = Simulation(RunSamples.plan(steps: steps))
            world.result = whole.result
            world.words = [place: .hold(by: "ann", reason: "look")]
            world.answer = { $0.hold == nil ? nil : .resume(by: "ann") }
            try world.run()
            #expect(world.stored.status == .verified, "at \(place): \(world.stored.ending?.reason ?? "")")
        }
    }

    @Test("an act that had to wait begins when the locks, which may have run out, are taken anew")
    func locksAnew() throws {
        let again = RunTreeTests.step("a", retry: Plan.Retry(count: 1))
        var state = try RunState(RunSamples.record(id: "r1", plan: RunSamples.plan(steps: [again])))
        var started: [OperationID] = []
        /// Does what the run asks for, but takes no locks; says whether it asks for them.
        func follow(_ actions: [RunAction], at now: Int64, holdingBefore kind: RunCommit.Kind? = nil) -> Bool {
            var (queue, asks) = (actions, false)
            while !queue.isEmpty {
                switch queue.removeFirst() {
                case .commit(let commit):
                    if commit.kind == kind {
                        queue += state.handle(.hold(by: "ann", reason: "look"), now: RunSamples.moment(now))
                    }
                    queue += state.handle(
                        .committed(revision: commit.record.revision), now: RunSamples.moment(now))
                case .acquireLocks: asks = true
                case .start(let order): started.append(order.id)
                default: break
                }
            }
            return asks
        }
        #expect(follow(state.handle(.begin, now: RunSamples.moment(0)), at: 0))
        #expect(!follow(state.handle(.locks(.acquired), now: RunSamples.moment(0)), at: 0, holdingBefore: .intent))
        #expect(state.record.lastAttempt(at: "steps/a")?.state == .intent && started.isEmpty)
        let later = TimeSpan.hours(1).milliseconds
        #expect(follow(state.handle(.resume(by: "ann"), now: RunSamples.moment(later)), at: later))
        #expect(started.isEmpty)
        #expect(!follow(state.handle(.locks(.acquired), now: RunSamples.moment(later)), at: later))
        #expect(started.map(\.path) == ["steps/a"])
        // It fails, and its next attempt is held while it waits for its time.
        let failure = OperationResult(outcome: .failed, reason: "no", status: 1)
        let end = RunSamples.moment(later)
        #expect(!follow(state.handle(.operationEnded(started[0], failure), now: end), at: later))
        #expect(!follow(state.handle(.hold(by: "ann", reason: "look"), now: end), at: later))
        let last = 2 * later
        #expect(!follow(state.handle(.resume(by: "ann"), now: RunSamples.moment(last)), at: last))
        let due = RunEvent.timerFired(.poll(lane: ""))
        #expect(follow(state.handle(due, now: RunSamples.moment(last)), at: last))
        #expect(started.count == 1)
        #expect(!follow(state.handle(.locks(.acquired), now: RunSamples.moment(last)), at: last))
        #expect(started.count == 2)
    }
}
