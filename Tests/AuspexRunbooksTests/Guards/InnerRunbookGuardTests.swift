import AuspexDocuments
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// What limits the runs of a runbook holds also where it is part of another.
@Suite("Guards of runbooks inside others") struct InnerRunbookGuardTests {
    private static func call(_ limits: RunbookLimits, id: String = "call") -> Plan.Step {
        var group = Plan.Group(runbook: "inner", steps: [RunSamples.step("a")])
        group.limits = limits
        return Plan.Step(id: id, action: .group(group), effect: .read)
    }

    private static func plan(_ limits: RunbookLimits, calls: Int = 1, lock: String = "other") -> Plan {
        RunSamples.plan(steps: (0..<calls).map { call(limits, id: "call-\($0)") }, locks: [lock])
    }

    @Test("as many are at work at once as the runbook itself allows, by itself and inside others")
    func atOnce() throws {
        let one = RunbookLimits(mostAtOnce: 1)
        var site = GuardSite()
        site.plan.steps = [Self.call(one)]
        #expect(site.answer(.auto) == .go)
        site.facts.open = [try site.active("r1", plan: Self.plan(one))]
        for mode in [RunMode.auto, .manual] { #expect(site.blocked(mode) == "runbook_at_once") }
        var itself = RunSamples.plan(locks: ["other"])
        itself.runbook = "inner"
        site.facts.open = [try site.active("r1", plan: itself)]
        #expect(site.blocked(.auto) == "runbook_at_once")
        site.facts.open = [try site.active("r1", plan: RunSamples.plan(locks: ["other"]))]
        #expect(site.answer(.auto) == .go)
    }

    @Test("as many begin within an hour as it allows, each call counted")
    func perHour() throws {
        let three = RunbookLimits(mostPerHour: 3)
        var site = GuardSite()
        site.plan.steps = [Self.call(three)]
        site.facts.recent = [site.record("r1", ago: .minutes(50), plan: Self.plan(three, calls: 2))]
        #expect(site.answer(.auto) == .go)
        site.facts.recent = [site.record("r1", ago: .minutes(50), plan: Self.plan(three, calls: 3))]
        #expect(site.blocked(.auto) == "runbook_per_hour")
        #expect(site.answer(.manual) == .go)
    }

    @Test("its targets are left alone as long as it wants, and its fleet is looked at")
    func coolDownAndFleet() {
        var site = GuardSite()
        site.plan.steps = [Self.call(RunbookLimits(coolDown: .hours(2)))]
        site.facts.recent = [site.record("r1", ago: .minutes(90))]
        #expect(site.blocked(.auto) == "cooling_down")
        #expect(site.guards.horizon(site.plan) == .hours(2))

        var other = GuardSite()
        other.plan.steps = [Self.call(RunbookLimits(fleet: FleetLimit(service: "api")))]
        #expect(other.blocked(.auto) == "fleet_unknown")
        other.world?.fleets = ["api": FleetCount(healthy: 10, others: 0)]
        #expect(other.answer(.auto) == .go)
    }

    @Test("a plan has the limits and the deadline of the runbooks inside it, and no more lanes at once than they allow")
    func planned() throws {
        let runbooks = try RunbookLoader.load(
            text: """
                kind: runbook
                id: inner
                version: 1
                title: Restart one
                owner: ops
                params: {host: {type: host, required: true}}
                locks: ['host/${host}']
                limits: {deadline: 3m, at_once: 2, per_hour: 9, fleet: {selector: {host: '${host}'}}}
                rolls_back: true
                steps: [{id: act, run: {argv: [/x, '${host}']}, effect: once}]
                verify: {alerts_clear: [down], within: 5m}
                ---
                kind: runbook
                id: outer
                version: 1
                title: Restart all
                owner: ops
                params: {hosts: {type: list, pattern: '[a-z0-9]+', required: true}}
                steps:
                  - id: all
                    parallel:
                      for_each: hosts
                      as: host
                      steps: [{id: one, runbook: {id: inner, with: {host: '${host}'}}}]
                verify: {alerts_clear: [down], within: 5m}
                """, file: "a.yaml")
        let known = Dictionary(uniqueKeysWithValues: runbooks.map { ($0.id, $0) })
        let outer = try #require(known["outer"])
        let hosts: JSONValue = .array([.string("h1"), .string("h2"), .string("h3")])
        let plan = try Planner.plan(outer, parameters: ["hosts": hosts], among: known)
        guard case .parallel(let parallel)? = plan.steps.first?.action,
            case .group(let group)? = parallel.lanes.first?.group.steps.first?.action
        else { throw CancellationError() }
        #expect(parallel.maxConcurrency == 2)
        #expect(group.deadline == .minutes(3) && group.rollsBack == true)
        #expect(group.limits?.mostPerHour == 9 && group.limits?.fleet?.selector == ["host": "h1"])
        #expect(plan.limits == nil && plan.rollsBack == nil)
        #expect(plan.count(of: "inner") == 3 && plan.count(of: "inner", atOnce: true) == 2)
        #expect(plan.parts.map(\.runbook) == ["outer", "inner", "inner", "inner"])
        #expect(plan.fleets.count == 3)
    }
}
