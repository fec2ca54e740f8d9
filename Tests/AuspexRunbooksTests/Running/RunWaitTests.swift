import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

@Suite struct RunWaitTests {
    static let waiter = Waiter(
        acceptors: [
            Waiter.Acceptor(state: .success, matcher: .path, argument: "@", expected: .string("up")),
            Waiter.Acceptor(state: .failure, matcher: .path, argument: "@", expected: .string("broken")),
        ], delay: .seconds(10), maxAttempts: 5)

    /// Polls say `up` from this one on; other acts succeed.
    static func succeeding(at poll: Int) -> (OperationOrder, Simulation) -> OperationResult {
        { order, _ in
            let text = order.id.poll == 0 || order.id.poll >= poll ? "up" : "starting"
            return OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: text))
        }
    }

    private static func plan(deadline: TimeSpan? = nil, timeout: TimeSpan = .seconds(60)) -> Plan {
        let wait = Plan.Wait(operation: .run(Command(argv: ["/x"])), waiter: waiter, deadline: deadline)
        return RunSamples.plan(
            steps: [Plan.Step(id: "wait", action: .wait(wait), effect: .read, timeout: timeout)])
    }

    @Test("a wait polls until an acceptor decides, and sleeps in between")
    func polls() throws {
        var world = Simulation(Self.plan())
        world.result = Self.succeeding(at: 3)
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.started.map(\.poll) == [1, 2, 3])
        #expect(world.stored.lastAttempt(at: "steps/wait")?.wait?.attempts == 3)
        #expect(world.now >= 20_000 && world.now < 30_000)
    }

    @Test("a wait that is exhausted fails without a last sleep")
    func exhausted() throws {
        var world = Simulation(Self.plan())
        world.result = Self.succeeding(at: .max)
        try world.run()
        #expect(world.stored.status == .failed)
        #expect(world.started.count == 5)
        #expect(world.now == 40_000)
        #expect(world.stored.ending?.reason?.contains("after 5 attempts") ?? false)
    }

    @Test("an error that no acceptor foresees ends the wait")
    func error() throws {
        var world = Simulation(Self.plan())
        world.result = { _, _ in
            OperationResult(outcome: .failed, reason: "exit 4", errorCode: "NonZeroExit", status: 4)
        }
        try world.run()
        #expect(world.started.count == 1)
        #expect(world.stored.ending?.reason?.contains("NonZeroExit") ?? false)
    }

    @Test("a wait ends by its deadline, and does not sleep when the next poll would be too late")
    func deadline() throws {
        var world = Simulation(Self.plan(deadline: .seconds(25)))
        world.result = Self.succeeding(at: .max)
        try world.run()
        #expect(world.started.count == 3)
        #expect(world.now == 20_000)
        #expect(world.stored.lastAttempt(at: "steps/wait")?.state == .timedOut)
    }

    @Test("a poll gets no more time than is left of the wait")
    func pollTime() throws {
        var world = Simulation(Self.plan(deadline: .seconds(25)))
        var timeouts: [TimeSpan] = []
        var state = try RunState(world.stored)
        var queue = state.handle(.begin, now: world.moment)
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .commit(let commit):
                queue += state.handle(.committed(revision: commit.record.revision), now: world.moment)
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: world.moment)
            case .start(let order):
                timeouts.append(order.timeout)
                world.now += 9_000
                let starting = OperationResult(outcome: .succeeded, output: CapturedText(head: "starting"))
                queue += state.handle(.operationEnded(order.id, starting), now: world.moment)
            case .setTimer(.poll(let lane), let span):
                world.now += span.milliseconds
                queue += state.handle(.timerFired(.poll(lane: lane)), now: world.moment)
            default: break
            }
            if timeouts.count > 2 { break }
        }
        #expect(timeouts == [.seconds(25), .seconds(6)])
    }

    @Test("the attempts that are left survive a crash, wherever it comes")
    func attemptsSurvive() throws {
        var whole = Simulation(Self.plan())
        whole.result = Self.succeeding(at: .max)
        try whole.run()
        for place in 0..<(2 * whole.actions) {
            var world = Simulation(Self.plan())
            world.result = Self.succeeding(at: .max)
            try world.run { $0 == place }
            #expect(world.crashes == 1, "at \(place)")
            #expect(world.stored.status == .failed, "at \(place)")
            // The poll that was under way is repeated; none beyond the number allowed is begun.
            #expect((5...6).contains(world.started.count), "at \(place)")
            #expect(world.started.map(\.poll).max() == 5, "at \(place)")
            #expect(world.violations.isEmpty, "at \(place)")
        }
    }

    @Test("time runs on while the engine is down, and the clock cannot make a wait longer")
    func clockJumps() {
        let start = RunSamples.moment(100_000)
        let deadline = Deadline(start: start, length: .seconds(60))
        #expect(deadline.remaining(at: RunSamples.moment(130_000)) == .seconds(30))
        #expect(deadline.remaining(at: RunSamples.moment(500_000)) == .zero)
        // The time of day is set back by an hour: the time since boot tells what is left.
        let back = Moment(
            wall: start.wall - .hours(1), sinceBoot: start.sinceBoot + 10_000_000, monotonic: start.monotonic,
            bootID: start.bootID)
        #expect(deadline.remaining(at: back) == .seconds(50))
        // The host was suspended meanwhile, which is time as well.
        let suspended = Moment(
            wall: start.wall, sinceBoot: start.sinceBoot + 20_000_000, monotonic: start.monotonic, bootID: start.bootID)
        #expect(deadline.remaining(at: suspended) == .seconds(40))
        // After a reboot only the time of day is left, and what it says is kept within the length.
        let reboot = Moment(wall: start.wall - .hours(1), sinceBoot: 5, monotonic: 5, bootID: "boot-2")
        #expect(deadline.remaining(at: reboot) == .seconds(60))
        let late = Moment(wall: start.wall + .hours(1), sinceBoot: 5, monotonic: 5, bootID: "boot-2")
        #expect(deadline.remaining(at: late) == .zero)
    }

    @Test("a moment from an older journal has one count of the time since boot")
    func olderMoment() throws {
        let moment = RunSamples.moment(7_000)
        #expect(try restored(moment) == moment)
        var object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(moment)) as? [String: Any])
        object["sinceBoot"] = nil
        let older = try JSONDecoder().decode(Moment.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(older == moment)
    }
}
