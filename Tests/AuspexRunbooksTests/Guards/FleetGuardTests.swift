import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// The safety default 4.
@Suite("Fleet guard") struct FleetGuardTests {
    private func site(_ healthy: Int, of total: Int, isTargetDown: Bool = false, _ limit: FleetLimit) -> GuardSite {
        var site = GuardSite()
        site.plan.limits = RunbookLimits(fleet: limit)
        site.world?.fleets[limit.name] = FleetCount(
            healthy: healthy, others: total - healthy, isTargetDown: isTargetDown)
        return site
    }

    private let usual = FleetLimit(service: "api")

    @Test("a run is not started when the fleet's size is not known")
    func unknown() {
        var site = site(9, of: 10, usual)
        #expect(site.answer(.auto) == .go)
        site.world?.fleets = [:]
        #expect(site.blocked(.auto) == "fleet_unknown")
        site.world?.fleets["api"] = FleetCount(healthy: 0, others: 0)
        #expect(site.blocked(.auto) == "fleet_unknown")
        #expect(site.answer(.manual) == .go)
    }

    @Test("a run is not started when too few instances are healthy, or would be", arguments: 1...40)
    func healthy(total: Int) {
        for healthy in 0...total {
            for isTargetDown in [true, false] {
                let site = site(healthy, of: total, isTargetDown: isTargetDown, usual)
                let left = healthy - (isTargetDown ? 0 : 1)
                let isEnough = Double(left) / Double(total) >= 0.51
                #expect(site.blocked(.auto) == (isEnough ? nil : "fleet_unhealthy"), "\(healthy) of \(total)")
            }
        }
    }

    @Test("a runbook can ask for more healthy instances, never for fewer than more than half")
    func least() {
        let strict = FleetLimit(service: "api", minHealthy: 0.7)
        #expect(site(7, of: 10, isTargetDown: true, strict).answer(.auto) == .go)
        #expect(site(6, of: 10, isTargetDown: true, strict).blocked(.auto) == "fleet_unhealthy")
        let loose = FleetLimit(service: "api", minHealthy: 0.1)
        #expect(site(5, of: 10, isTargetDown: true, loose).blocked(.auto) == "fleet_unhealthy")
    }

    @Test("a tenth of the fleet is worked on at once, and at least one instance")
    func atOnce() throws {
        #expect([1, 9, 10, 19, 20, 30, 100].map { FleetLimit.usualShare.count(of: $0) } == [1, 1, 1, 1, 2, 3, 10])
        var site = site(20, of: 20, usual)
        var other = RunSamples.plan(locks: ["service/api@1"])
        other.limits = RunbookLimits(fleet: usual)
        site.facts.open = [try site.active("r1", plan: other)]
        #expect(site.answer(.auto) == .go)
        other.locks = ["service/api@2"]
        site.facts.open.append(try site.active("r2", plan: other))
        #expect(site.blocked(.auto) == "fleet_busy")
        site.plan.limits?.fleet?.service = "other"
        site.world?.fleets["other"] = FleetCount(healthy: 20, others: 0)
        #expect(site.answer(.auto) == .go)
    }

    @Test("what is worked on already counts as down")
    func workedOn() throws {
        let two = FleetLimit(service: "api", minHealthy: 0.7, mostAtOnce: .instances(5))
        var site = site(8, of: 10, two)
        #expect(site.answer(.auto) == .go)
        var other = RunSamples.plan(locks: ["service/api@1"])
        other.limits = RunbookLimits(fleet: two)
        site.facts.open = [try site.active("r1", plan: other)]
        #expect(site.blocked(.auto) == "fleet_unhealthy")
    }

    @Test("the fleet may settle before the next run")
    func settling() throws {
        var site = site(10, of: 10, usual)
        var other = RunSamples.plan(locks: ["service/api@1"])
        other.limits = RunbookLimits(fleet: usual)
        site.facts.recent = [try site.ended("r1", ago: .minutes(2), failed: false, plan: other)]
        #expect(site.blocked(.auto) == "fleet_settling")
        site.facts.recent = [try site.ended("r1", ago: .minutes(3), failed: false, plan: other)]
        #expect(site.answer(.auto) == .go)
    }

    @Test("all targets of a run count, in its lanes and of the runbooks inside it")
    func lanes() throws {
        let five = FleetLimit(service: "api", mostAtOnce: .instances(3), settle: .zero)
        var site = site(20, of: 20, five)
        var plan = RunSamples.plan(steps: [RunLaneTests.lanes((0..<4).map { _ in [RunSamples.step("a")] })])
        plan.locks = ["other"]
        plan.limits = RunbookLimits(fleet: five)
        let other = try site.active("r1", plan: plan)
        site.facts.open = [other]
        #expect(site.answer(.auto) == .go, "one at least, and the new one")
        let targets = (1...4).flatMap { FleetTargets(plan).at("steps/roll/\($0)/a") }
        #expect(targets.map(\.path) == (1...4).map { "steps/roll/\($0)" })
        site.facts.passedTargets = ["r1": Set(targets.prefix(3))]
        #expect(site.blocked(.auto) == "fleet_busy")

        // The same run before its next lane.
        (site.plan, site.run, site.facts.open) = (plan, other, [other])
        let next = GuardQuestion(
            plan: plan, mode: .auto, stage: .nextTarget, run: other, facts: site.facts,
            view: .known(GuardWorld(fleets: ["api": FleetCount(healthy: 20, others: 0)])), now: site.now)
        var question = next
        question.targets = [targets[3]]
        #expect(site.guards.answer(question) == .block(.fleetBusy("api", most: 3)))
        question.targets = [targets[2]]
        #expect(site.guards.answer(question) == .go)
        question.view = .known(GuardWorld(fleets: ["api": FleetCount(healthy: 13, others: 7)]))
        #expect(site.guards.answer(question) == .block(.fleetUnhealthy("api", healthy: 13, total: 20, least: 0.51)))
        question.view = .known(GuardWorld())
        #expect(site.guards.answer(question) == .block(.fleetUnknown("api")))
    }

    @Test("a target that holds another is counted once, and not against what is inside it")
    func nested() throws {
        let one = FleetLimit(service: "api", mostAtOnce: .instances(2), settle: .minutes(3))
        var inner = Plan.Group(runbook: "inner", steps: [RunSamples.step("a")])
        inner.limits = RunbookLimits(fleet: one)
        let call = Plan.Step(id: "call", action: .group(inner), effect: .read)
        var plan = RunSamples.plan(
            steps: [RunSamples.step("first"), RunLaneTests.lanes((0..<3).map { _ in [RunSamples.step("b"), call] })])
        plan.locks = ["other"]
        plan.limits = RunbookLimits(fleet: one)
        let targets = FleetTargets(plan)
        var site = site(20, of: 20, one)
        let other = try site.active("r1", plan: plan)
        site.facts.open = [other]
        site.facts.passedTargets = ["r1": Set(targets.at("steps/first") + targets.at("steps/roll/1/call/a"))]
        #expect(site.answer(.auto) == .go, "the lane is one target, whichever limits name its fleet")
        site.facts.passedTargets["r1"]?.formUnion(targets.at("steps/roll/2/b"))
        #expect(site.blocked(.auto) == "fleet_busy")

        // The same run before another lane, and before a runbook that a lane calls.
        (site.plan, site.run) = (plan, other)
        var question = GuardQuestion(
            plan: plan, mode: .auto, stage: .nextTarget, run: other, facts: site.facts,
            view: .known(GuardWorld(fleets: ["api": FleetCount(healthy: 20, others: 0)])), now: site.now)
        question.targets = targets.at("steps/roll/3/b")
        #expect(site.guards.answer(question) == .block(.fleetBusy("api", most: 2)))
        question.targets = targets.at("steps/roll/2/call/a").filter { $0.path == "steps/roll/2/call" }
        #expect(question.targets.count == 1 && site.guards.answer(question) == .go)
    }

    @Test("what a run did to a target before a restart is known from its record")
    func touched() throws {
        var plan = RunSamples.plan(
            steps: [RunLaneTests.lanes((0..<2).map { _ in [RunSamples.step("a"), RunSamples.step("b")] }, most: 1)])
        plan.limits = RunbookLimits(fleet: usual)
        var world = Simulation(plan)
        world.endless = ["steps/roll/2/b"]
        world.hasEndlessTime = true
        try world.run()
        #expect(world.stored.touchedTargets.map(\.path).sorted() == ["steps/roll/1", "steps/roll/2"])
        var first = Simulation(plan)
        first.endless = ["steps/roll/1/a"]
        first.hasEndlessTime = true
        try first.run()
        #expect(first.stored.touchedTargets.isEmpty, "it may still stand before the gate")
    }

    /// Which instances are not well, each by a reading from so many seconds after the end of its lane.
    private static let readings: [(unwell: [String: Int64], isWaitedFor: Bool)] = [
        (["h1": -5], true), (["h1": 0], true), (["h1:9100": -5], true), (["H1.example.org:9100": -5], true),
        (["h1": 1], false), (["h3": -5], false), (["h1": -5, "h3": -5], false), (["10.0.0.1:9100": -5], false),
    ]

    @Test(
        "a reading from before the end of an instance's lane is not held against the next lane",
        arguments: readings)
    func changedSince(unwell: [String: Int64], isWaitedFor: Bool) throws {
        // Of six, one of which is worked on, one may be ill if it is not for sure.
        let limit = FleetLimit(service: "api", minHealthy: 0.8, settle: .zero)
        var plan = RunSamples.plan(steps: [RunLaneTests.lanes((0..<3).map { _ in [RunSamples.step("a")] }, most: 1)])
        plan.limits = RunbookLimits(fleet: limit)
        var world = Simulation(plan)
        world.endless = ["steps/roll/2/a"]
        world.hasEndlessTime = true
        try world.run()
        let end = try #require(world.stored.lastAttempt(at: "steps/roll/1")?.endedAt)
        let fleet = FleetCount(
            healthy: 6 - unwell.count, others: unwell.count,
            unwell: unwell.map { .init($0.key, saidAt: Timestamp(milliseconds: end.milliseconds + $0.value * 1_000)) })

        let site = GuardSite()
        var question = GuardQuestion(
            plan: plan, mode: .auto, stage: .nextTarget, run: world.stored, facts: site.facts,
            view: .known(GuardWorld(fleets: ["api": fleet])), now: site.now)
        question.targets = FleetTargets(plan).at("steps/roll/2/a")
        let refusal = RunGuards.Answer.block(
            .fleetUnhealthy("api", healthy: fleet.healthy, total: 6, least: 0.8))
        let wait = RunGuards.Answer.block(.fleetSettling("api", until: site.now + .seconds(10)))
        #expect(site.guards.answer(question) == (isWaitedFor ? wait : refusal))
        question.stage = .firstChange
        #expect(site.guards.answer(question) == refusal, "before its first lane a run has changed nothing")
    }

    @Test("a proposal is looked at when it is approved")
    func approval() {
        let site = site(1, of: 10, usual)
        #expect(site.answer(.approve) == .go)
        #expect(site.blocked(.approve, .approval) == "fleet_unhealthy")
    }
}
