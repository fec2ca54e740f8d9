import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

@Suite struct RunGuardsTests {
    private let guards = RunGuards()
    private let now = Timestamp(milliseconds: 10_000_000)
    private let plan = RunSamples.plan(locks: ["service/api"])

    private func run(_ id: String, ago: TimeSpan, locks: [String], mode: RunMode = .auto) -> RunRecord {
        RunSamples.record(id: id, plan: RunSamples.plan(locks: locks), mode: mode, createdAt: now - ago)
    }

    /// The run after its first step has begun.
    private func active(_ record: RunRecord) throws -> RunRecord {
        var state = try RunState(record)
        _ = state.handle(.begin, now: RunSamples.moment(0))
        return state.record
    }

    /// What is in the way of a run of the plan; nil for nothing.
    private func block(
        _ plan: Plan, mode: RunMode, facts: RunGuards.Facts?, now: Timestamp, own: RunGuards.OwnLimits? = nil,
        excluding run: RunRecord? = nil
    ) -> RunGuards.Block? {
        let question = GuardQuestion(
            plan: plan, mode: mode, requestedBy: own?.requestedBy ?? "", own: own, run: run, facts: facts, now: now)
        guard case .block(let block) = guards.answer(question) else { return nil }
        return block
    }

    @Test("with nothing going on, a run may start", arguments: RunMode.allCases)
    func quiet(mode: RunMode) {
        #expect(block(plan, mode: mode, facts: RunGuards.Facts(open: [], recent: []), now: now) == nil)
    }

    @Test("who cannot tell says no", arguments: [RunMode.auto, .approve, .manual])
    func cannotTell(mode: RunMode) {
        #expect(block(plan, mode: mode, facts: nil, now: now) != nil)
    }

    @Test("a pause stops people's runs, too", arguments: [RunMode.auto, .approve, .manual])
    func paused(mode: RunMode) {
        let facts = RunGuards.Facts(pausedBecause: "incident", open: [], recent: [])
        #expect(block(plan, mode: mode, facts: facts, now: now) == .paused("incident"))
    }

    @Test("one run works on a target at a time", arguments: [RunMode.auto, .approve, .manual])
    func busy(mode: RunMode) {
        let other = run("r1", ago: .hours(3), locks: ["x", "service/api"])
        let facts = RunGuards.Facts(open: [other], recent: [])
        #expect(block(plan, mode: mode, facts: facts, now: now) == .targetBusy(lock: "service/api", run: "r1"))
        #expect(block(plan, mode: mode, facts: facts, now: now, excluding: other) == nil)
    }

    @Test("three runs are at work at once, and no fourth")
    func atOnce() throws {
        let open = try (1...3).map { try active(run("r\($0)", ago: .hours(2), locks: ["other/\($0)"])) }
        let two = RunGuards.Facts(open: Array(open.prefix(2)), recent: [])
        #expect(block(plan, mode: .auto, facts: two, now: now) == nil)
        let three = RunGuards.Facts(open: open, recent: [])
        #expect(block(plan, mode: .manual, facts: three, now: now) == .tooManyAtOnce(3))
    }

    @Test("a target is left alone for half an hour, but not by people")
    func coolDown() {
        let recent = [run("r1", ago: .minutes(29), locks: ["service/api"])]
        let facts = RunGuards.Facts(open: [], recent: recent)
        let end = recent[0].createdAt + .minutes(30)
        #expect(
            block(plan, mode: .auto, facts: facts, now: now)
                == .coolingDown(lock: "service/api", run: "r1", until: end))
        #expect(block(plan, mode: .manual, facts: facts, now: now) == nil)
        #expect(block(plan, mode: .auto, facts: facts, now: end) == nil)
        let other = RunGuards.Facts(open: [], recent: [run("r1", ago: .minutes(1), locks: ["other"])])
        #expect(block(plan, mode: .auto, facts: other, now: now) == nil)
    }

    @Test("a shadow run is no run")
    func shadow() {
        let shadows = (1...20).map { run("r\($0)", ago: .minutes(1), locks: ["service/api"], mode: .shadow) }
        let facts = RunGuards.Facts(open: shadows, recent: shadows)
        #expect(block(plan, mode: .auto, facts: facts, now: now) == nil)
    }

    @Test("ten runs an hour, and no eleventh")
    func anHour() {
        let recent = (1...10).map { run("r\($0)", ago: .minutes(59), locks: ["other/\($0)"]) }
        let nine = RunGuards.Facts(open: [], recent: Array(recent.dropLast()))
        #expect(block(plan, mode: .auto, facts: nine, now: now) == nil)
        let ten = RunGuards.Facts(open: [], recent: recent)
        #expect(block(plan, mode: .auto, facts: ten, now: now) == .tooManyPerHour(10))
        #expect(block(plan, mode: .auto, facts: ten, now: now + .minutes(1)) == nil)
    }

    @Test("limits of a rule's own count its own runs, and never let more through than all may")
    func ownLimits() throws {
        func block(_ own: RunGuards.OwnLimits, _ facts: RunGuards.Facts, _ mode: RunMode = .auto) -> RunGuards.Block? {
            self.block(plan, mode: mode, facts: facts, now: now, own: own)
        }
        let asker = run("r0", ago: .minutes(1), locks: ["other"]).requestedBy
        let recent = (1...2).map { run("r\($0)", ago: .minutes(40), locks: ["other/\($0)"]) }
        let facts = RunGuards.Facts(open: [], recent: recent)
        let two = RunGuards.OwnLimits(requestedBy: asker, mostPerHour: 2)
        #expect(block(two, facts) == .tooManyOwnPerHour(2, requestedBy: asker))
        #expect(block(RunGuards.OwnLimits(requestedBy: "rule other", mostPerHour: 2), facts) == nil)
        #expect(block(two, facts, .manual) == nil)
        let many = RunGuards.Facts(
            open: [], recent: (1...10).map { run("r\($0)", ago: .minutes(40), locks: ["o\($0)"]) })
        #expect(block(RunGuards.OwnLimits(requestedBy: asker, mostPerHour: 1_000), many) == .tooManyPerHour(10))

        let atWork = RunGuards.Facts(open: [try active(run("r1", ago: .hours(2), locks: ["other"]))], recent: [])
        #expect(
            block(RunGuards.OwnLimits(requestedBy: asker, mostAtOnce: 1), atWork)
                == .tooManyOwnAtOnce(1, requestedBy: asker))

        let worked = RunGuards.Facts(open: [], recent: [run("r1", ago: .minutes(90), locks: ["service/api"])])
        #expect(block(RunGuards.OwnLimits(requestedBy: asker, coolDown: .hours(2)), worked) != nil)
        #expect(block(RunGuards.OwnLimits(requestedBy: asker, coolDown: .zero), worked) == nil)
        #expect(guards.horizon(plan, own: RunGuards.OwnLimits(requestedBy: asker, coolDown: .hours(2))) == .hours(2))
        let soon = RunGuards.Facts(open: [], recent: [run("r1", ago: .minutes(10), locks: ["service/api"])])
        #expect(block(RunGuards.OwnLimits(requestedBy: asker, coolDown: .zero), soon) != nil)
    }
}

/// What people have approved passes the guards that ask for a person.
@Suite struct ApprovedRunTests {
    @Test("a run that people approved goes on in a storm and in a freeze, whatever started it")
    func approved() throws {
        var site = GuardSite()
        site.plan.approvals = Plan.ApprovalRule()
        site.world = GuardWorld(isStorm: true, windows: ["w1"], alert: .firing)
        site.run = site.record("r1", ago: .minutes(1))
        #expect(site.blocked(.auto, .firstChange) == "storm")
        site.run = try site.ended("r1", ago: .minutes(1), failed: false)
        #expect(site.run?.approvedBy == "ann")
        #expect(site.answer(.auto, .firstChange) == .go)
    }

    @Test("an approval is what the engine's own host asks for, also of a run that was begun by itself")
    func ownHost() {
        var site = GuardSite()
        site.guards.protected.own = ["db1"]
        #expect(site.answer(.auto, .approval) == .go)
        #expect(site.blocked(.auto, .firstChange) == "own_host")
    }
}
