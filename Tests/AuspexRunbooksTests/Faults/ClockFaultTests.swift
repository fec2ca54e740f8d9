import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// Clocks that jump: by an hour, a day, the end of summer time, a leap second, a boot. No length of time is negative,
/// nothing that has a length ends early while the host is up, and nothing waits longer than its length.
@Suite(.timeLimit(.minutes(5))) struct ClockFaultTests {
    /// What happens to the time of day in the middle of something, in milliseconds.
    static let jumps: [Int64] = [3_600_000, -3_600_000, 86_400_000, -86_400_000, 1_000, -1_000, 1, -1, .max, .min]

    private static func moment(_ sinceBoot: Int64, jumpedBy jump: Int64, boot: String = "boot-1") -> Moment {
        let start = Timestamp(milliseconds: 1_772_366_400_000)
        return Moment(
            wall: start + TimeSpan(milliseconds: sinceBoot) + TimeSpan(milliseconds: jump),
            sinceBoot: sinceBoot * 1_000, monotonic: sinceBoot * 1_000, bootID: boot)
    }

    @Test("while the host is up a deadline is as long as it was, whatever the time of day does", arguments: jumps)
    func sameBoot(jump: Int64) {
        let deadline = Deadline(start: Self.moment(0, jumpedBy: 0), length: .minutes(10))
        for passed in stride(from: Int64(0), through: 1_200_000, by: 1_000) {
            let left = deadline.remaining(at: Self.moment(passed, jumpedBy: jump))
            #expect(left == TimeSpan(milliseconds: max(0, 600_000 - passed)))
        }
    }

    @Test("after a boot what is left is never negative and never more than the whole length", arguments: jumps)
    func otherBoot(jump: Int64) {
        let deadline = Deadline(start: Self.moment(500_000, jumpedBy: 0), length: .minutes(10))
        for passed in [Int64(0), 1, 100_000, 500_001, 1_100_000, 90_000_000] {
            let left = deadline.remaining(at: Self.moment(passed, jumpedBy: jump, boot: "boot-2"))
            #expect(left >= .zero)
            #expect(left <= .minutes(10))
        }
    }

    @Test("random clocks never make a length negative or a rest longer than the whole")
    func randomClocks() {
        for seed in FaultScale.seeds(500, full: 100_000) {
            var random = SplitMix64(seed: seed)
            func any() -> Moment {
                Moment(
                    wall: Timestamp(milliseconds: Int64(bitPattern: random.next())),
                    sinceBoot: Int64(random.next() >> 1), monotonic: 0,
                    bootID: Bool.random(using: &random) ? "a" : "b")
            }
            let (earlier, later) = (any(), any())
            let length = TimeSpan(milliseconds: Int64(random.next() >> 1))
            #expect(later.elapsed(since: earlier) >= .zero, "seed \(seed)")
            let left = Deadline(start: earlier, length: length).remaining(at: later)
            #expect(left >= .zero && left <= length, "seed \(seed)")
        }
    }

    /// A run that waits for an approval, with a machine at the moment at which it began to.
    private func awaiting() throws -> RunState {
        var state = try RunState(RunSamples.record(id: "r1", mode: .approve))
        for action in state.handle(.begin, now: Self.moment(0, jumpedBy: 0)) {
            guard case .commit(let commit) = action else { continue }
            _ = state.handle(.committed(revision: commit.record.revision), now: Self.moment(0, jumpedBy: 0))
        }
        try #require(state.record.status == .awaitingApproval)
        return state
    }

    @Test("an approval has its half hour, whatever the time of day does", arguments: jumps)
    func approval(jump: Int64) throws {
        let limit = RunState.approvalTime.milliseconds
        for (passed, counts) in [(limit - 1, true), (limit, false), (limit + 1, false)] {
            var state = try awaiting()
            let word = RunEvent.approve(by: "bob", planHash: state.record.planHash)
            _ = state.handle(word, now: Self.moment(passed, jumpedBy: jump))
            #expect((state.record.approvedBy == "bob") == counts, "after \(passed) ms")
        }
        // An engine that is started again goes by the same half hour.
        var again = try RunState(try awaiting().record)
        let actions = again.recover(now: Self.moment(600_000, jumpedBy: jump))
        #expect(actions.first == .setTimer(.approval, TimeSpan(milliseconds: limit - 600_000)))
    }

    @Test("a wait's deadline and its polls keep their lengths when the time of day jumps", arguments: jumps)
    func wait(jump: Int64) throws {
        let waiter = Waiter(
            acceptors: [Waiter.Acceptor(state: .success, matcher: .status, expected: .int(9))], delay: .seconds(10),
            maxAttempts: 100)
        let wait = Plan.Wait(
            operation: .run(Command(argv: ["/poll"])), waiter: waiter, deadline: .seconds(60))
        let plan = RunSamples.plan(steps: [Plan.Step(id: "wait", action: .wait(wait), effect: .read)])
        var state = try RunState(RunSamples.record(id: "r1", plan: plan))
        var (passed, polls): (Int64, Int) = (0, 0)
        func now() -> Moment { Self.moment(passed, jumpedBy: passed > 25_000 ? jump : 0) }
        var queue = state.handle(.begin, now: now())
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .commit(let commit): queue += state.handle(.committed(revision: commit.record.revision), now: now())
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: now())
            case .start(let order):
                polls += 1
                queue += state.handle(
                    .operationEnded(order.id, OperationResult(outcome: .succeeded, status: 0)), now: now())
            case .setTimer(.poll(let lane), let span):
                #expect(span == .seconds(10))
                passed += span.milliseconds
                queue += state.handle(.timerFired(.poll(lane: lane)), now: now())
            case .setTimer(.deadline, let span): #expect(span > .zero && span <= Plan.defaultDeadline)
            default: break
            }
        }
        #expect(polls == 6)
        #expect(passed == 50_000)
        #expect(state.record.status == .failed)
    }

    @Test("a lock that is taken lasts as long as it should, and what its holder wants again it gets", arguments: jumps)
    func locks(jump: Int64) async throws {
        let journal = InMemoryRunJournal()
        for id in ["r1", "r2"] {
            _ = try await journal.insert(
                RunSamples.record(id: id), audit: RunAudit(kind: "run.created", detail: .null))
        }
        let start = Self.moment(0, jumpedBy: 0).wall
        #expect(await journal.acquireLocks(["a"], run: "r1", now: start, until: start + .minutes(35)) == .acquired)
        let now = Self.moment(60_000, jumpedBy: jump).wall
        let other = await journal.acquireLocks(["a"], run: "r2", now: now, until: now + .minutes(35))
        // By the time of day it is over, so that no lock lasts for ever; the guards look at the run itself.
        #expect(other == (now >= start + .minutes(35) ? .acquired : .held(lock: "a", run: "r1")))
    }
}
