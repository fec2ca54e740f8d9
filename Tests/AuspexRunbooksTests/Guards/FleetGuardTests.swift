import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// The safety default 4.
@Suite("Fleet guard") struct FleetGuardTests {
    private func site(_ healthy: Int, of total: Int, isTargetDown: Bool = false, _ limit: FleetLimit) -> GuardSite {
        var site = GuardSite()
        site.plan.limits = RunbookLimits(fleet: limit)
        site.world?.fleet = FleetCount(healthy: healthy, others: total - healthy, isTargetDown: isTargetDown)
        return site
    }

    private let usual = FleetLimit(service: "api")

    @Test("a run is not started when the fleet's size is not known")
    func unknown() {
        var site = site(9, of: 10, usual)
        #expect(site.answer(.auto) == .go)
        site.world?.fleet = nil
        #expect(site.blocked(.auto) == "fleet_unknown")
        site.world?.fleet = FleetCount(healthy: 0, others: 0)
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

    @Test("a proposal is looked at when it is approved")
    func approval() {
        let site = site(1, of: 10, usual)
        #expect(site.answer(.approve) == .go)
        #expect(site.blocked(.approve, .approval) == "fleet_unhealthy")
    }
}
