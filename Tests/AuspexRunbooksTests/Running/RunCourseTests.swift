import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

/// Runs without crashes: what happens, in which order, and how it ends.
@Suite struct RunCourseTests {
    private static let tell = Plan.Step(
        id: "tell", action: .operation(.notify(Notification(channel: "ops", message: "m"))), effect: .idempotent)

    private func failing(_ path: String, _ outcome: OperationResult.Outcome = .failed)
        -> (OperationOrder, Simulation) -> OperationResult
    {
        { order, _ in
            OperationResult(outcome: order.id.path == path ? outcome : .succeeded, reason: "exit 1", status: 0)
        }
    }

    @Test("steps run in order, then the verification, then the end")
    func order() throws {
        let steps = ["a", "b"].map { RunSamples.step($0) }
        var world = Simulation(RunSamples.plan(steps: steps, always: [Self.tell]))
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.started.map(\.path) == ["steps/a", "steps/b", "always/tell"])
        #expect(world.stored.steps.map(\.path) == ["steps/a", "steps/b", "verify", "always/tell"])
        #expect(world.stored.steps.allSatisfy { $0.state == .done })
        #expect(
            world.audit == [
                "run.started", "run.step.intent", "run.step.result", "run.step.intent", "run.step.result",
                "run.step.intent", "run.step.result", "run.step.intent", "run.step.result", "run.verified",
            ])
        #expect(world.violations.isEmpty)
    }

    @Test("what puts something aside is told what of the run must not stay in it, and nothing else is")
    func hidden() throws {
        let evidence = Plan.Step(
            id: "look", action: .operation(.collect(EvidenceCollection(files: ["/a"], bundle: "b"))), effect: .read)
        var plan = RunSamples.plan(steps: [evidence, RunSamples.step("act")])
        plan.parameters = ["token": .string("t0ken"), "user": .string("ann")]
        plan.sensitive = ["token"]
        plan.secretNames = ["DB"]
        var world = Simulation(plan)
        world.result = { order, _ in
            let expected = order.id.path == "steps/look" ? HiddenTexts(secretNames: ["DB"], values: ["t0ken"]) : nil
            return OperationResult(outcome: order.hidden == expected ? .succeeded : .failed, status: 0)
        }
        try world.run()
        #expect(world.stored.status == .verified)
    }

    @Test(
        "a failed step ends the run, by way of on_failure and always",
        arguments: [OperationResult.Outcome.failed, .timedOut])
    func failure(outcome: OperationResult.Outcome) throws {
        let plan = RunSamples.plan(
            steps: ["a", "b", "c"].map { RunSamples.step($0) }, onFailure: [RunSamples.step("mend")],
            always: [Self.tell])
        var world = Simulation(plan)
        world.result = failing("steps/b", outcome)
        try world.run()
        #expect(world.stored.status == .failed)
        #expect(world.started.map(\.path) == ["steps/a", "steps/b", "on_failure/mend", "always/tell"])
        #expect(world.stored.ending == .failed(reason: "steps/b: exit 1"))
    }

    @Test("a step that may fail does not end the run")
    func tolerated() throws {
        let steps = [RunSamples.step("a", continuesOnError: true), RunSamples.step("b")]
        var world = Simulation(RunSamples.plan(steps: steps))
        world.result = failing("steps/a")
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.stored.lastAttempt(at: "steps/a")?.state == .failed)
    }

    @Test("a message that does not get through does not end the run")
    func messageFails() throws {
        var world = Simulation(RunSamples.plan(steps: [Self.tell, RunSamples.step("a")]))
        world.result = failing("steps/tell")
        try world.run()
        #expect(world.stored.status == .verified)
    }

    @Test("a failure in on_failure does not hold up what follows it")
    func failureInFailure() throws {
        let plan = RunSamples.plan(onFailure: [RunSamples.step("x"), RunSamples.step("y")], always: [Self.tell])
        var world = Simulation(plan)
        world.result = { _, _ in OperationResult(outcome: .failed, reason: "no") }
        try world.run()
        #expect(world.started.map(\.path) == ["steps/act", "on_failure/x", "on_failure/y", "always/tell"])
        #expect(world.stored.status == .failed)
    }

    /// A plan that changes something at its end, and tells people of it.
    private static var endings: Plan {
        var plan = RunSamples.plan(
            onFailure: [RunSamples.step("mend"), tell], always: [RunSamples.step("tidy"), tell])
        plan.onCancel = [tell, RunSamples.step("clear")]
        return plan
    }

    @Test("a lock that another run holds ends the run before it did anything, and people are told")
    func locked() throws {
        var world = Simulation(Self.endings)
        world.locks = .held(lock: "service/api", run: "r0")
        try world.run()
        #expect(world.stored.status == .cancelled)
        #expect(world.started.map(\.path) == ["on_cancel/tell", "always/tell"])
        #expect(world.stored.ending?.reason?.contains("r0") ?? false)
        #expect(world.violations.isEmpty, "\(world.violations)")
    }

    @Test("a run that dies while it tells people that it got no lock tells them on, and does nothing else")
    func lockedAndKilled() throws {
        var world = Simulation(Self.endings)
        world.locks = .held(lock: "service/api", run: "r0")
        try world.run()
        let places = 2 * (world.actions + 1)
        var told = 0
        for place in 0..<places {
            var world = Simulation(Self.endings)
            world.locks = .held(lock: "service/api", run: "r0")
            try world.run { $0 == place }
            // One that was begun before it is known that another has the lock asks.
            guard world.stored.ending != nil else {
                #expect(world.stored.status == .needsDecision && world.started.isEmpty, "killed at \(place)")
                continue
            }
            told += 1
            #expect(world.stored.status == .cancelled, "killed at \(place)")
            #expect(Set(world.started.map(\.path)) == ["on_cancel/tell", "always/tell"], "killed at \(place)")
            #expect(world.violations.isEmpty, "killed at \(place): \(world.violations)")
        }
        #expect(told > places / 2)
    }

    @Test("a run that fails and never gets its locks back tells people when its time for the end is over")
    func neverUnlocked() throws {
        var world = Simulation(Self.endings)
        world.result = { order, _ in
            OperationResult(outcome: order.id.path == "steps/act" ? .unknown : .succeeded, status: 0)
        }
        world.stored = RunSamples.record(
            id: "r1",
            plan: {
                var plan = Self.endings
                plan.steps = [RunSamples.step("act", effect: .once)]
                return plan
            }())
        try world.run()
        #expect(world.stored.status == .needsDecision)
        world.locks = .held(lock: "service/api", run: "r9")
        try world.resume(with: .decide(.giveUp, by: "ann"))
        #expect(world.stored.status == .failed)
        #expect(world.started.map(\.path) == ["steps/act", "on_failure/tell", "always/tell"])
        #expect(world.violations.isEmpty, "\(world.violations)")
    }

    @Test("a shadow run does nothing")
    func shadow() throws {
        var world = Simulation(RunSamples.plan(), mode: .shadow)
        try world.run()
        #expect(world.started.isEmpty && world.audit.isEmpty)
        #expect(world.stored.status == .planned && !world.stored.isOpen)
    }

    @Test("a stored plan that was altered is not run")
    func alteredPlan() throws {
        let record = RunSamples.record(id: "r1").masked
        _ = try RunState(record)
        let secret = Plan(
            runbook: "sample", version: 1, title: "t", owner: "o", parameters: ["token": .string("hunter2")],
            sensitive: ["token"], locks: [], deadline: .minutes(1), steps: [],
            verification: Verification(within: .zero),
            onFailure: [], always: [])
        // Masking alters the plan, which is why a masked record can be shown and never run.
        let masked = RunSamples.record(id: "r2", plan: secret).masked
        #expect(throws: RunStateError.planChanged(run: "r2")) { try RunState(masked) }
    }

    // MARK: - Approval

    @Test("a run that needs approval waits for it, and then runs")
    func approval() throws {
        let plan = RunSamples.plan()
        var world = Simulation(plan, mode: .approve)
        world.words = [1: .approve(by: "ann", planHash: plan.hash)]
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.stored.approvedBy == "ann")
        #expect(world.notices.map(\.kind) == [.approvalNeeded])
    }

    @Test("no approval within half an hour is a no")
    func approvalExpires() throws {
        var world = Simulation(RunSamples.plan(), mode: .approve)
        try world.run()
        #expect(world.stored.status == .cancelled)
        #expect(world.started.isEmpty)
        #expect(world.now == RunState.approvalTime.milliseconds)
    }

    @Test("a run that nobody approved does nothing, also none of what is always done", arguments: [false, true])
    func neverApproved(isCancelled: Bool) throws {
        let plan = RunSamples.plan(onFailure: [RunSamples.step("mend")], always: [RunSamples.step("tidy"), Self.tell])
        let words: [Int: RunEvent] = isCancelled ? [1: .cancel(by: "ann", reason: "enough")] : [:]
        var whole = Simulation(plan, mode: .approve)
        whole.words = words
        try whole.run()
        #expect(whole.audit == ["run.approval.requested", "run.cancelled"])
        for place in 0...(2 * whole.actions) {
            var world = Simulation(plan, mode: .approve)
            world.words = words
            try world.run { $0 == place }
            #expect(world.stored.status == .cancelled, "crash at \(place)")
            #expect(world.started.isEmpty, "crash at \(place)")
            #expect(!world.isStuck, "crash at \(place)")
        }
    }

    @Test("a run whose ending is settled while it waits for approval ends, and is not asked for again")
    func settledBeforeApproval() throws {
        var world = Simulation(RunSamples.plan(always: [Self.tell]), mode: .approve)
        try world.run()
        // As an engine left it that began with the end before the record said so.
        var object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(world.stored)) as? [String: Any])
        object["status"] = "awaiting_approval"
        world.stored = try JSONDecoder().decode(RunRecord.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(world.stored.status == .awaitingApproval && world.stored.ending != nil)
        try world.resume()
        #expect(world.stored.status == .cancelled)
        #expect(world.started.isEmpty)
    }

    @Test("an approval of another plan, and of whoever asked, count for nothing")
    func refusedApprovals() throws {
        let plan = RunSamples.plan()
        for event: RunEvent in [.approve(by: "ann", planHash: "x"), .approve(by: "rule/down", planHash: plan.hash)] {
            var world = Simulation(plan, mode: .approve)
            world.words = [1: event]
            try world.run()
            #expect(world.stored.status == .cancelled)
            #expect(world.started.isEmpty)
        }
    }

    @Test("what is left of the time for an approval survives a restart")
    func approvalTimeSurvives() throws {
        var world = Simulation(RunSamples.plan(), mode: .approve)
        // Dies when the timer has been set and twenty minutes have passed.
        var state = try RunState(world.stored)
        for action in state.handle(.begin, now: world.moment) {
            if case .commit(let commit) = action { world.stored = commit.record }
        }
        world.now = TimeSpan.minutes(20).milliseconds
        try world.resume()
        #expect(world.now == RunState.approvalTime.milliseconds)
        #expect(world.stored.status == .cancelled)
    }

    // MARK: - Stopping

    @Test("a run can be cancelled at any moment, and still does what is always done")
    func cancelAnywhere() throws {
        let wait = Plan.Step(
            id: "wait", action: .wait(Plan.Wait(operation: .run(Command(argv: ["/x"])), waiter: RunWaitTests.waiter)),
            effect: .read)
        let plan = RunSamples.plan(steps: [RunSamples.step("a"), wait, RunSamples.step("b")], always: [Self.tell])
        var whole = Simulation(plan)
        whole.result = RunWaitTests.succeeding(at: 3)
        try whole.run()
        #expect(whole.stored.status == .verified)
        for place in 0..<whole.actions {
            var world = Simulation(plan)
            world.result = RunWaitTests.succeeding(at: 3)
            world.words = [place: .cancel(by: "ann", reason: "enough")]
            try world.run()
            // From the verification's result on the run's ending is settled.
            let isLate = place >= whole.actions - 9
            #expect(world.stored.status == .cancelled || (isLate && world.stored.status == .verified), "at \(place)")
            #expect(world.violations.isEmpty, "at \(place)")
            #expect(world.started.last?.path == "always/tell", "at \(place)")
        }
    }

    @Test("a wish to stop outlives the engine that heard it")
    func wishSurvives() throws {
        let plan = RunSamples.plan(steps: [RunSamples.step("act"), RunSamples.step("next")], always: [Self.tell])
        // Actions: commit, locks, timer, commit, start: the wish comes while the act is under way.
        func world() -> Simulation {
            var world = Simulation(plan)
            world.endless = ["steps/act"]
            world.words = [4: .cancel(by: "ann", reason: "enough")]
            return world
        }
        var whole = world()
        try whole.run()
        #expect(whole.audit.contains("run.stopping"))
        // From the place at which the wish is on disk.
        for place in 11..<(2 * whole.actions) {
            var world = world()
            try world.run { $0 == place }
            #expect(world.stored.ending == .cancelled(reason: "ann: enough"), "crash at \(place)")
            #expect(world.stored.lastAttempt(at: "steps/act")?.state == .cancelled, "crash at \(place)")
            #expect(world.started.map(\.path).contains("always/tell"), "crash at \(place)")
            #expect(world.effects["steps/next"] == nil, "crash at \(place)")
            #expect(world.violations.isEmpty, "crash at \(place): \(world.violations)")
        }
    }

    @Test("a run that is ending takes no further wish to stop")
    func endingAlready() throws {
        var state = try RunState(RunSamples.record(id: "r1"))
        _ = state.handle(.begin, now: RunSamples.moment(0))
        #expect(!state.handle(.cancel(by: "ann", reason: "enough"), now: RunSamples.moment(1)).isEmpty)
        #expect(state.handle(.cancel(by: "bob", reason: "also"), now: RunSamples.moment(2)).isEmpty)
        #expect(state.record.stopping == .cancelled(reason: "ann: enough"))
    }

    @Test("what follows an ending has its own deadline, after which only messages go out")
    func closingDeadline() throws {
        let wait = Plan.Step(
            id: "wait",
            action: .wait(
                Plan.Wait(
                    operation: .run(Command(argv: ["/x"])),
                    waiter: Waiter(acceptors: RunWaitTests.waiter.acceptors, delay: .seconds(30), maxAttempts: 1_000))),
            effect: .read)
        let plan = RunSamples.plan(
            onFailure: [RunSamples.step("long"), RunSamples.step("never")], always: [wait, Self.tell])
        for isWaiting in [false, true] {
            var world = Simulation(plan)
            world.endless = isWaiting ? [] : ["on_failure/long"]
            world.result = { order, _ in
                OperationResult(
                    outcome: order.id.path == "steps/act" ? .failed : .succeeded, reason: "exit 1", status: 0,
                    output: CapturedText(head: "starting"))
            }
            try world.run()
            #expect(world.stored.ending == .failed(reason: "steps/act: exit 1"))
            #expect(world.now == RunState.closingTime.milliseconds)
            #expect(world.effects["on_failure/never"] == (isWaiting ? 1 : nil))
            #expect(world.started.last?.path == "always/tell")
            #expect(world.violations.isEmpty)
        }
    }

    @Test("a run that is not done by its deadline fails")
    func deadline() throws {
        let wait = Plan.Step(
            id: "wait",
            action: .wait(
                Plan.Wait(
                    operation: .run(Command(argv: ["/x"])),
                    waiter: Waiter(acceptors: RunWaitTests.waiter.acceptors, delay: .seconds(30), maxAttempts: 1_000))),
            effect: .read)
        var world = Simulation(
            RunSamples.plan(steps: [wait], onFailure: [RunSamples.step("mend")], deadline: .minutes(5)))
        world.result = RunWaitTests.succeeding(at: .max)
        try world.run()
        #expect(world.stored.status == .failed)
        #expect(world.now == TimeSpan.minutes(5).milliseconds)
        #expect(world.stored.ending?.reason?.contains("deadline of 5m") ?? false)
        #expect(world.started.last?.path == "on_failure/mend")
    }

    @Test("a deadline's timer that comes too early is set again")
    func earlyTimer() throws {
        var state = try RunState(RunSamples.record(id: "r1"))
        _ = state.handle(.begin, now: RunSamples.moment(0))
        let length = Plan.defaultDeadline
        let early = RunSamples.moment(length.milliseconds - 3)
        #expect(state.handle(.timerFired(.deadline), now: early) == [.setTimer(.deadline, TimeSpan(milliseconds: 3))])
    }

    // MARK: - Pausing

    @Test("while runs are paused nothing begins, wherever the pause comes")
    func pauseAnywhere() throws {
        let plan = RunSamples.plan(steps: ["a", "b", "c"].map { RunSamples.step($0) })
        var whole = Simulation(plan)
        try whole.run()
        for place in 0..<whole.actions {
            var world = Simulation(plan)
            world.words = [place: .pause]
            world.hasEndlessTime = true
            try world.run()
            let soFar = world.started.count
            #expect(world.violations.isEmpty, "at \(place)")
            if !world.stored.status.isOver {
                try world.resume(with: .unpause)
                #expect(world.started.count >= soFar, "at \(place)")
            }
            #expect(world.stored.status == .verified, "at \(place)")
            for path in ["steps/a", "steps/b", "steps/c"] { #expect(world.effects[path] == 1, "at \(place)") }
        }
    }

    @Test("a pause that comes while it is written down that a step begins still comes before the step")
    func pauseAtIntent() throws {
        var world = Simulation(RunSamples.plan())
        // Actions: commit, locks, timer, commit.
        world.words = [3: .pause]
        world.hasEndlessTime = true
        try world.run()
        #expect(world.isStuck && world.started.isEmpty)
        #expect(world.stored.lastAttempt(at: "steps/act")?.state == .intent)
        var state = try RunState(RunSamples.record(id: "r1"))
        var queue = state.handle(.begin, now: RunSamples.moment(0))
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .commit(let commit):
                if commit.kind == .intent { _ = state.handle(.pause, now: RunSamples.moment(0)) }
                queue += state.handle(.committed(revision: commit.record.revision), now: RunSamples.moment(0))
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: RunSamples.moment(0))
            case .start: Issue.record("the step was started during the pause")
            default: break
            }
        }
        #expect(state.record.lastAttempt(at: "steps/act")?.isHeldUp == true)
        var isStarted = false
        queue = state.handle(.unpause, now: RunSamples.moment(0))
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .commit(let commit):
                queue += state.handle(.committed(revision: commit.record.revision), now: RunSamples.moment(0))
            case .start: isStarted = true
            default: break
            }
        }
        #expect(isStarted && state.record.lastAttempt(at: "steps/act")?.isHeldUp == nil)
    }

    @Test("a paused run gets messages out, and nothing else")
    func pausedMessages() throws {
        var world = Simulation(RunSamples.plan(steps: [RunSamples.step("a"), Self.tell, RunSamples.step("b")]))
        // Actions: commit, locks, timer, commit, start: the pause comes while step a runs.
        world.words = [4: .pause]
        world.hasEndlessTime = true
        try world.run()
        #expect(world.started.map(\.path) == ["steps/a", "steps/tell"])
    }
}
