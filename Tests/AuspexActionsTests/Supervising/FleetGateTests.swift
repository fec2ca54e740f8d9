import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Synchronization
import Testing

/// A run's targets in a fleet are begun with one after the other, as the fleet allows.
@Suite("The gate before further targets", .timeLimit(.minutes(2))) struct FleetGateTests {
    private static let limit = FleetLimit(service: "api", mostAtOnce: .instances(1), settle: .minutes(3))

    /// Four lanes that may all begin at once, for all that the runbook says.
    private static let plan: Plan = {
        let lanes = (1...4).map { number in
            var act = RunSamples.step("act")
            act.undo = [RunSamples.step("take-back")]
            return Plan.Parallel.Lane(name: "h\(number)", group: Plan.Group(steps: [act]))
        }
        let roll = Plan.Step(
            id: "roll", action: .parallel(Plan.Parallel(lanes: lanes, maxConcurrency: 4)), effect: .read)
        var plan = RunSamples.plan(steps: [roll])
        plan.limits = RunbookLimits(fleet: limit)
        return plan
    }()

    private static func submit(_ plan: Plan = plan, of total: Int = 10, to site: GateSite) async throws -> RunRecord {
        site.world.world?.fleets = ["api": FleetCount(healthy: total, others: 0)]
        let submission = try await site.supervisor.submit(
            RunRequest(
                plan: plan, mode: .auto, triggerKey: "t1", alertID: "a", requestedBy: "rule down",
                firedAt: site.time.now().wall))
        guard case .accepted(let run) = submission else {
            Issue.record("\(submission)")
            throw CancellationError()
        }
        return run
    }

    @Test("lanes wait for a place, and for the fleet to settle in between")
    func oneAtATime() async throws {
        let holder = Mutex<ManualTime?>(nil)
        let begun = Mutex<[Timestamp]>([])
        let site = GateSite(
            ScriptedPerformer { order, _ in
                if let now = holder.withLock({ $0 })?.now().wall { begun.withLock { $0.append(now) } }
                return OperationResult(outcome: .succeeded, status: 0)
            })
        holder.withLock { $0 = site.time }
        try await site.atWork {
            let run = try await Self.submit(to: site)
            try await site.wait(for: run, .verified)
            let times = begun.withLock { $0 }
            #expect(times.count == 4)
            for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier >= Self.limit.settle) }
        }
    }

    @Test("a fleet that is not well after one target has no other touched, and what was done is taken back")
    func unhealthy() async throws {
        let holder = Mutex<SetWorld?>(nil)
        let site = GateSite(
            ScriptedPerformer { order, _ in
                holder.withLock { $0 }?.world?.fleets = ["api": FleetCount(healthy: 5, others: 5)]
                return OperationResult(outcome: .succeeded, status: 0)
            })
        holder.withLock { $0 = site.world }
        try await site.atWork {
            let run = try await Self.submit(to: site)
            let ended = try await site.wait(for: run, .cancelled)
            #expect(ended.blockedBy == "fleet_unhealthy")
            let acts = site.performer.acts.map(\.id.path)
            #expect(acts.count == 2 && acts[1] == "undo/\(acts[0])/take-back", "\(acts)")
        }
    }

    @Test("a fleet settles after a run that was made long ago, too")
    func settlesAfterLongRun() async throws {
        let journal = InMemoryRunJournal()
        let site = GateSite(journal: journal)
        var other = Self.plan
        other.locks = ["other"]
        let now = site.time.now().wall
        let made = RunSamples.record(id: "r1", plan: other, createdAt: now - .hours(50))
        let ended = try RunSamples.ended(made, at: now - .minutes(1), failed: false)
        _ = try await journal.insert(ended, audit: RunAudit(kind: "run.created", detail: .null))
        site.world.world?.fleets = ["api": FleetCount(healthy: 10, others: 0)]
        let submission = try await site.supervisor.submit(
            RunRequest(
                plan: Self.plan, mode: .auto, triggerKey: "t1", alertID: "a", requestedBy: "rule down", firedAt: now))
        guard case .blocked(let block) = submission else {
            Issue.record("\(submission)")
            return
        }
        #expect(block == .fleetSettling("api", until: ended.updatedAt + Self.limit.settle))
    }

    /// Lanes as above, with other limits.
    private static func plan(
        lanes: Int = 3, most: Int = 1, settle: TimeSpan = .zero, maxErrors: Int = 1, before: [Plan.Step] = [],
        concurrency: Int? = nil
    ) -> Plan {
        let roll = RunSamples.step("act")
        let lanes = (1...lanes).map { number in
            let group = Plan.Group(parameters: ["host": .string("h\(number)")], steps: [roll])
            return Plan.Parallel.Lane(name: "h\(number)", group: group)
        }
        let parallel = Plan.Parallel(
            lanes: lanes, maxConcurrency: concurrency ?? lanes.count, maxErrors: maxErrors)
        var plan = RunSamples.plan(
            steps: before + [Plan.Step(id: "roll", action: .parallel(parallel), effect: .read)])
        plan.limits = RunbookLimits(
            fleet: FleetLimit(service: "api", mostAtOnce: .instances(most), settle: settle))
        return plan
    }

    /// A site whose acts can reach it.
    private static func site(
        _ body: @escaping @Sendable (OperationOrder, GateSite) async throws -> OperationResult
    ) -> GateSite {
        let holder = Mutex<GateSite?>(nil)
        let site = GateSite(
            ScriptedPerformer { order, _ in
                guard let site = holder.withLock({ $0 }) else { return OperationResult(outcome: .failed) }
                return (try? await body(order, site)) ?? OperationResult(outcome: .cancelled, reason: "stopped")
            })
        holder.withLock { $0 = site }
        return site
    }

    private static let done = OperationResult(outcome: .succeeded, status: 0)

    @Test("what a run changed outside of its lanes keeps no lane from its place", arguments: [false, true])
    func changedBefore(isCalled: Bool) async throws {
        var plan = Self.plan(before: [RunSamples.step("drain")])
        if isCalled {
            // The runbook inside names the same fleet.
            var group = Plan.Group(runbook: "inner", steps: plan.steps)
            group.limits = plan.limits
            plan.steps = [RunSamples.step("note"), Plan.Step(id: "call", action: .group(group), effect: .read)]
        }
        let site = Self.site { _, _ in Self.done }
        try await site.atWork { [plan] in
            let run = try await Self.submit(plan, to: site)
            try await site.wait(for: run, .verified)
            #expect(site.performer.acts.count == (isCalled ? 5 : 4))
        }
    }

    @Test("a fleet that cannot be looked at for a moment is waited for, and nothing is taken back")
    func unknownForAMoment() async throws {
        let site = Self.site { order, site in
            if site.performer.acts.count == 1 {
                site.watched.silences = 2
                site.world.next = [nil, GuardWorld()]
            }
            return Self.done
        }
        try await site.atWork {
            let run = try await Self.submit(to: site)
            try await site.wait(for: run, .verified)
            #expect(site.world.next.isEmpty && site.watched.silences == 0)
            #expect(site.performer.acts.count == 4)
        }
    }

    @Test("a fleet that is not well while a target is worked on is looked at again when that is done")
    func unwellMeanwhile() async throws {
        let site = Self.site { order, site in
            guard site.performer.acts.count == 1 else { return Self.done }
            site.world.world?.fleets = ["api": FleetCount(healthy: 4, others: 2)]
            try await site.world.waitUntilAsked(3)
            site.world.world?.fleets = ["api": FleetCount(healthy: 6, others: 0)]
            return Self.done
        }
        try await site.atWork {
            let run = try await Self.submit(Self.plan(most: 2), of: 6, to: site)
            try await site.wait(for: run, .verified)
            #expect(site.performer.acts.count == 3)
        }
    }

    /// A fleet of four of which the first, restarted, was last seen when it was down.
    private static func lagging(_ now: Timestamp) -> GuardWorld {
        GuardWorld(
            fleets: ["api": FleetCount(healthy: 3, others: 1, unwell: [.init("h1:9100", saidAt: now - .seconds(5))])])
    }

    @Test("an instance that was last seen down in the middle of its lane is waited for until there is a newer reading")
    func notSeenSince() async throws {
        let site = Self.site { order, site in
            guard site.performer.acts.count == 1 else { return Self.done }
            site.world.next = [Self.lagging(site.time.now().wall), Self.lagging(site.time.now().wall)]
            return Self.done
        }
        try await site.atWork {
            let run = try await Self.submit(Self.plan(concurrency: 1), of: 4, to: site)
            try await site.wait(for: run, .verified)
            #expect(site.world.next.isEmpty && site.performer.acts.count == 3)
        }
    }

    @Test("an instance that is seen down after its lane stops the run")
    func seenDownSince() async throws {
        let site = Self.site { order, site in
            guard site.performer.acts.count == 1 else { return Self.done }
            let now = site.time.now().wall
            site.world.next = [Self.lagging(now)]
            site.world.world = Self.lagging(now + .minutes(1))
            return Self.done
        }
        try await site.atWork {
            let run = try await Self.submit(Self.plan(concurrency: 1), of: 4, to: site)
            let ended = try await site.wait(for: run, .cancelled)
            #expect(ended.blockedBy == "fleet_unhealthy" && site.performer.acts.count == 1)
        }
    }

    @Test("lanes that wait for their place do not begin when as many others have failed as may")
    func maxErrors() async throws {
        let site = Self.site { order, site in
            try await site.world.waitUntilAsked(3)
            return OperationResult(outcome: .failed, reason: "broken", status: 1)
        }
        try await site.atWork {
            let run = try await Self.submit(Self.plan(), to: site)
            let ended = try await site.wait(for: run, .failed)
            let begun = try #require(site.performer.acts.first?.id.path)
            #expect(site.performer.acts.count == 1)
            let others = ended.steps.filter { $0.path.hasSuffix("/act") && $0.path != begun }
            #expect(others.map { $0.result?.reason } == ["not begun: 1 lanes failed", "not begun: 1 lanes failed"])
            #expect(ended.blockedBy == nil)
        }
    }

    /// How people make a run wait whose lanes are at the gate.
    enum Wait: CaseIterable {
        case hold, question
    }

    @Test(
        "a lane at the gate does not begin while people make its run wait, nor without locks", arguments: Wait.allCases)
    func heldAtGate(wait: Wait) async throws {
        let early = Mutex<[String]>([])
        let site = Self.site { order, site in
            let isFirst = site.performer.acts.first?.id == order.id
            if !isFirst, wait == .question, site.performer.acts.count == 2 {
                try await TestSite.wait { await site.journal.run(order.id.run)?.question != nil }
                return Self.done
            }
            if !isFirst, let run = await site.journal.run(order.id.run) {
                let hasLocks = await !site.journal.heldLocks(now: site.time.now().wall).isEmpty
                if run.hold != nil || !run.questions.isEmpty || !hasLocks {
                    early.withLock { $0.append(order.id.path) }
                }
                return Self.done
            }
            // The others have asked for their places.
            try await site.world.waitUntilAsked(3)
            guard wait == .hold else { return OperationResult(outcome: .unknown, reason: "lost") }
            try await site.supervisor.hold(order.id.run, by: "ann", reason: "look")
            return Self.done
        }
        // Whoever asks keeps its place, so there is another.
        let places = wait == .hold ? 1 : 2
        var plan = Self.plan(most: places, maxErrors: 3)
        if wait == .question { plan.steps = [Self.once(plan.steps[0])] }
        try await site.atWork { [plan] in
            let run = try await Self.submit(plan, to: site)
            try await TestSite.wait {
                let now = await site.journal.run(run.id)
                let isDone = now?.steps.contains { $0.path.hasSuffix("/act") && $0.state == .done } ?? false
                return isDone && (wait == .hold || now?.question != nil)
            }
            // Each time all that wait look at their run.
            for _ in 0..<2 {
                let reads = site.watched.reads
                try await site.supervisor.pause(by: "bob", why: "look")
                try await site.supervisor.unpause(by: "bob")
                try await TestSite.wait { site.watched.reads >= reads + 3 - places }
            }
            #expect(site.performer.acts.count == places)
            // So long that the locks have run out.
            site.time.advance(.hours(2))
            if wait == .hold {
                try await site.supervisor.resume(run.id, by: "ann")
            } else {
                try await site.supervisor.decide(run.id, .done, by: "ann")
            }
            try await site.wait(for: run, .verified)
            #expect(site.performer.acts.count == 3)
            #expect(early.withLock { $0 } == [])
        }
    }

    /// The lanes with acts that happen at most once.
    private static func once(_ roll: Plan.Step) -> Plan.Step {
        guard case .parallel(var parallel) = roll.action else { return roll }
        for index in parallel.lanes.indices {
            parallel.lanes[index].group.steps = [RunSamples.step("act", effect: .once)]
        }
        var roll = roll
        roll.action = .parallel(parallel)
        return roll
    }

    @Test("an act that waited does not begin when the time of its runbook is over")
    func ownTime() async throws {
        var plan = Self.plan(most: 1, settle: .minutes(20), maxErrors: 3)
        guard case .parallel(var parallel) = plan.steps[0].action else { return }
        for index in parallel.lanes.indices {
            var group = Plan.Group(runbook: "inner", steps: [RunSamples.step("act")])
            group.deadline = .minutes(15)
            parallel.lanes[index].group.steps = [Plan.Step(id: "call", action: .group(group), effect: .read)]
        }
        plan.steps[0].action = .parallel(parallel)
        let site = Self.site { _, _ in Self.done }
        try await site.atWork { [plan] in
            let run = try await Self.submit(plan, to: site)
            let ended = try await site.wait(for: run, .verified)
            let acts = ended.steps.filter { $0.path.hasSuffix("/act") }
            #expect(site.performer.acts.count == 1)
            let reasons = acts.filter { $0.state != .done }.compactMap { $0.result?.reason }
            #expect(
                reasons
                    == Array(repeating: "not begun: runbook inner is not done within its deadline of 15m", count: 2))
        }
    }

    // MARK: - After a restart

    /// A performer that finds one act of an earlier engine still running.
    ///
    /// A class because the supervisor and the test share it.
    private final class Survivor: RecordingPerformer {
        private let path: String
        private let end: @Sendable () async throws -> Void
        private let log = Mutex<(acts: [OperationOrder], course: [String])>(([], []))

        init(at path: String, until end: @escaping @Sendable () async throws -> Void) {
            self.path = path
            self.end = end
        }

        var acts: [OperationOrder] { log.withLock { $0.acts } }
        /// What began and ended, in order.
        var course: [String] { log.withLock { $0.course } }

        func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
            log.withLock { log in
                log.acts.append(order)
                log.course.append("begin \(order.id.path)")
            }
            return FleetGateTests.done
        }
        func locate(_ order: OperationOrder) async -> Located { order.id.path == path ? .running : .notStarted }
        func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
            try? await end()
            log.withLock { $0.course.append("end \(order.id.path)") }
            return FleetGateTests.done
        }
    }

    /// A run in a journal whose engine died when the lanes' acts were written down, and this one, if any, was done.
    private static func left(in journal: InMemoryRunJournal, done path: String? = nil) async throws -> RunRecord {
        let record = RunSamples.record(id: "r1", plan: plan())
        _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
        var state = try RunState(record)
        let now = ManualTime().now()
        var queue = state.handle(.begin, now: now)
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .commit(let commit):
                try await journal.commit(commit)
                queue += state.handle(.committed(revision: commit.record.revision), now: now)
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: now)
            case .start(let order) where order.id.path == path:
                queue += state.handle(.operationEnded(order.id, done), now: now)
            default: break
            }
        }
        #expect(state.record.hasChanged == (path != nil), "of the others the journal has only the intent")
        return record
    }

    @Test("a run that an engine takes up goes on when the fleet is known again")
    func takenUp() async throws {
        let journal = InMemoryRunJournal()
        let record = try await Self.left(in: journal, done: "steps/roll/1/act")
        let site = GateSite(journal: journal)
        site.world.world?.fleets = ["api": FleetCount(healthy: 10, others: 0)]
        site.world.next = [nil, GuardWorld()]
        site.watched.silences = 1
        try await site.atWork {
            try await site.wait(for: record, .verified)
            #expect(site.world.next.isEmpty && site.watched.silences == 0)
            #expect(site.performer.acts.count == 2)
        }
    }

    /// A performer of requests: of those that an earlier engine may have sent nothing is known.
    private final class Requests: RecordingPerformer {
        private let log = Mutex<[OperationOrder]>([])
        private let body: @Sendable (OperationOrder) async -> OperationResult

        init(_ body: @escaping @Sendable (OperationOrder) async -> OperationResult) { self.body = body }

        var acts: [OperationOrder] { log.withLock { $0 } }

        func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
            log.withLock { $0.append(order) }
            return await body(order)
        }
        func locate(_ order: OperationOrder) async -> Located { .unknown }
        func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
            OperationResult(outcome: .unknown)
        }
    }

    /// Two lanes, one after the other, that each send a request.
    private static func requests(_ effect: Effect) -> Plan {
        var plan = plan()
        guard case .parallel(var parallel) = plan.steps[0].action else { return plan }
        let request = Operation.http(Request(method: "POST", url: "http://127.0.0.1/act"))
        var act = Plan.Step(id: "act", action: .operation(request), effect: effect)
        act.undo = [RunSamples.step("take-back")]
        parallel.lanes = (1...2).map { Plan.Parallel.Lane(name: "h\($0)", group: Plan.Group(steps: [act])) }
        parallel.maxConcurrency = 1
        plan.steps[0].action = .parallel(parallel)
        return plan
    }

    @Test(
        "a request that waited at the gate when its engine died was not sent, and is sent once",
        arguments: [Effect.once, .idempotent])
    func diedAtGate(effect: Effect) async throws {
        let journal = InMemoryRunJournal()
        let world = Mutex<SetWorld?>(nil)
        // After the first act nobody knows how the fleet is.
        let performer = Requests { _ in
            world.withLock { $0 }?.world = nil
            return Self.done
        }
        let site = GateSite(performer, journal: journal)
        world.withLock { $0 = site.world }
        let run = Mutex<RunRecord?>(nil)
        try await site.atWork {
            let record = try await Self.submit(Self.requests(effect), to: site)
            run.withLock { $0 = record }
            try await TestSite.wait {
                await journal.run(record.id)?.lastAttempt(at: "steps/roll/2/act")?.isHeldUp == true
            }
        }
        let record = try #require(run.withLock { $0 })
        #expect(performer.acts.map(\.id.path) == ["steps/roll/1/act"])
        let later = Requests { _ in Self.done }
        let next = GateSite(later, journal: journal)
        next.world.world?.fleets = ["api": FleetCount(healthy: 10, others: 0)]
        try await next.atWork {
            let ended = try await next.wait(for: record, .verified)
            #expect(later.acts.map(\.id.path) == ["steps/roll/2/act"])
            let attempts = ended.steps.filter { $0.path == "steps/roll/2/act" }
            #expect(attempts.map(\.state) == [.planned, .done] && attempts[0].neverBegan == true)
            #expect(await !journal.audit.contains { $0.audit.kind == "run.needs_decision" })
        }
    }

    @Test("a request that had passed the gate when its engine died may have been sent, so a person is asked")
    func diedAfterGate() async throws {
        let journal = InMemoryRunJournal()
        let world = Mutex<SetWorld?>(nil)
        let run = Mutex<RunRecord?>(nil)
        let performer = Requests { order in
            guard order.id.path == "steps/roll/2/act" else {
                // For one look.
                world.withLock { $0 }?.next = [nil]
                return Self.done
            }
            while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
            return OperationResult(outcome: .unknown)
        }
        let site = GateSite(performer, journal: journal)
        world.withLock { $0 = site.world }
        try await site.atWork {
            let record = try await Self.submit(Self.requests(.once), to: site)
            run.withLock { $0 = record }
            try await TestSite.wait { performer.acts.count == 2 }
            let kinds = await journal.audit.map(\.audit.kind).filter {
                $0 == "run.step.waiting" || $0 == "run.step.passed"
            }
            #expect(kinds == ["run.step.waiting", "run.step.passed"])
        }
        let record = try #require(run.withLock { $0 })
        let later = Requests { _ in Self.done }
        let next = GateSite(later, journal: journal)
        try await next.atWork {
            let parked = try await next.wait(for: record, .needsDecision)
            #expect(parked.question?.path == "steps/roll/2/act" && later.acts.isEmpty)
        }
    }

    @Test("an act that need not wait costs no commit more")
    func notHeldUp() async throws {
        let site = Self.site { _, _ in Self.done }
        try await site.atWork {
            let run = try await Self.submit(RunSamples.plan(), to: site)
            try await site.wait(for: run, .verified)
            #expect(await !site.journal.audit.contains { $0.audit.kind == "run.step.waiting" })
        }
    }

    @Test("an act that outlived its engine counts before any other asks for a place")
    func survivor() async throws {
        let journal = InMemoryRunJournal()
        let record = try await Self.left(in: journal)
        let world = Mutex<SetWorld?>(nil)
        let survivor = Survivor(at: "steps/roll/2/act") { try await world.withLock { $0 }?.waitUntilAsked(3) }
        let site = GateSite(survivor, journal: journal)
        world.withLock { $0 = site.world }
        site.world.world?.fleets = ["api": FleetCount(healthy: 10, others: 0)]
        try await site.atWork {
            try await site.wait(for: record, .verified)
            #expect(survivor.course.first == "end steps/roll/2/act", "\(survivor.course)")
            #expect(survivor.acts.count == 2)
        }
    }
}
