import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// restart-service, restart-container and scale-deployment, with programs that keep their state in files.
@Suite(.timeLimit(.minutes(3))) struct ServiceRunbookTests {
    private let unit: [String: String] = ["service": "shop", "instance": "shop1:8080", "alert": "shop-down"]

    @Test("a service is restarted once, and the alert of the rule that asked is what must be clear")
    func restart() async throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        let plan = try site.plan(unit)
        #expect(plan.verification.clearAlerts == [.init(rule: "shop-down", labels: ["instance": "shop1:8080"])])
        let run = try await site.run(plan)
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("systemctl restart shop") == 1)
        #expect(site.messages.isEmpty)
    }

    @Test("how a service was is put aside before it is restarted, and one that cannot say it is restarted all the same")
    func restartEvidence() async throws {
        let programs = ["systemctl": FakePrograms.systemctl, "journalctl": FakePrograms.echo]
        var site = try ShippedSite("restart-service", programs: programs)
        let run = try await site.run(unit)
        #expect(try site.evidence(of: run).contains("shop is ill"), "\(run.story)")
        #expect(try site.evidence(of: run).contains("journalctl --unit=shop"))

        // No bundle can be written where there is a file instead of the folder.
        site = try ShippedSite("restart-service", programs: programs)
        try site.site.file("bundles", "")
        let blind = try await site.run(unit)
        #expect(blind.status == .verified && blind.state(of: "evidence") == .failed, "\(blind.story)")
        #expect(site.calls("systemctl restart shop") == 1)
    }

    @Test("a unit that systemd does not know is not restarted")
    func restartUnknown() async throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        try site.site.file("unknown", "")
        let run = try await site.run(unit)
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains("is-loaded") == true)
        #expect(site.calls("systemctl restart") == 0)
    }

    @Test("a service that came up only just now is not restarted, and people are told")
    func restartLoop() async throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        try site.site.file("entered", "\(SystemMomentSource().now().monotonic)\n")
        let run = try await site.run(unit)
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.state(of: "restart/uptime") == .failed)
        #expect(site.calls("systemctl restart") == 0)
        #expect(site.messages.count == 1)
    }

    @Test("whether a restart happened is seen by systemd's own times", arguments: [true, false])
    func restartLost(happened: Bool) async throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        let run = try await site.run(unit, losing: .init(step: "restart/run", happened: happened))
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("systemctl restart shop") == 1)
        #expect((run.reason(of: "restart/run") == "by its probe") == happened)
    }

    @Test(
        "a restart that fails, or that brings nothing back, is told to people", arguments: ["fail-restart", "broken"])
    func restartFails(how: String) async throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        _ = try site.site.file(how, "")
        let run = try await site.run(unit)
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.messages == ["page: The restart of shop for shop-down of shop1:8080 did not bring it back."])
    }

    @Test("a restart after which the alert goes on firing has not helped")
    func restartDoesNotHelp() async throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        var plan = try site.plan(unit)
        plan.verification.within = TimeSpan(milliseconds: 300)
        let run = try await site.run(plan, detectors: Detectors(isCalm: false))
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.messages.count == 1)
    }

    private let container: [String: String] = ["container": "shop-web-1", "instance": "https://shop.example"]

    @Test("whether a container was restarted is seen by when it started", arguments: [nil, true, false])
    func container(happened: Bool?) async throws {
        let site = try ShippedSite("restart-container", programs: ["docker": FakePrograms.docker])
        let run = try await site.run(container, losing: happened.map { .init(step: "restart/run", happened: $0) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("docker restart --time=30 shop-web-1") == 1)
        #expect((run.reason(of: "restart/run") == "by its probe") == (happened ?? false))
    }

    @Test("a container without a health check is well when it runs")
    func containerWithoutCheck() async throws {
        let site = try ShippedSite("restart-container", programs: ["docker": FakePrograms.docker])
        _ = try site.site.file("health", "")
        #expect(try await site.run(container).status == .verified)
    }

    @Test(
        "a container that does not restart, or gets unhealthy, is told to people",
        arguments: ["fail-restart", "broken"])
    func containerFails(how: String) async throws {
        let site = try ShippedSite("restart-container", programs: ["docker": FakePrograms.docker])
        _ = try site.site.file(how, "")
        let run = try await site.run(container)
        #expect(run.status == .failed, "\(run.story)")
        #expect(
            site.messages
                == [
                    "page: The restart of container shop-web-1 for endpoint-unreachable of https://shop.example "
                        + "did not bring it back."
                ])
    }

    @Test("a container that is being removed, or started only just now, is not restarted", arguments: [true, false])
    func containerIsNotRestarted(isRemoved: Bool) async throws {
        let site = try ShippedSite("restart-container", programs: ["docker": FakePrograms.docker])
        let now = Double(SystemWallClock().now().milliseconds) / 1_000
        try site.site.file("started", Date(timeIntervalSince1970: now).formatted(.iso8601) + "\n")
        if isRemoved { try site.site.file("status", "removing\n") }
        let run = try await site.run(container)
        #expect(run.status == (isRemoved ? .cancelled : .failed), "\(run.story)")
        #expect(run.state(of: "restart/uptime") == (isRemoved ? nil : .failed))
        #expect(site.calls("docker restart") == 0)
    }

    private let deployment: [String: String] = [
        "service": "shop", "deployment": "shop-web", "namespace": "production", "replicas": "5", "replicas_before": "2",
    ]

    @Test("a deployment is scaled and waited for, also when the engine dies in between", arguments: [nil, true, false])
    func scale(happened: Bool?) async throws {
        let site = try ShippedSite("scale-deployment", programs: ["kubectl": FakePrograms.kubectl])
        let run = try await site.run(deployment, losing: happened.map { .init(step: "scale", happened: $0) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.site.lines("wanted") == ["5"])
        #expect(site.site.lines("available") == ["5"])
    }

    @Test("replicas that never come are told to people", arguments: ["fail-scale", "broken"])
    func scaleFails(how: String) async throws {
        let site = try ShippedSite("scale-deployment", programs: ["kubectl": FakePrograms.kubectl])
        _ = try site.site.file(how, "")
        let run = try await site.run(deployment)
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.messages == ["page: shop-web did not come to 5 replicas, or shop is no better for it."])
        // The number that was never set is not taken back; that one which was is.
        #expect(site.site.lines("wanted") == (how == "broken" ? ["2"] : []))
    }

    @Test(
        "a deployment that is no better for it gets its old number back, unless somebody has given it another",
        arguments: [nil, ("undo/steps/scale/scale-back", true), ("undo/steps/scale/scale-back", false)]
            as [(String, Bool)?], [false, true])
    func scaleDoesNotHelp(loss: (String, Bool)?, isChanged: Bool) async throws {
        let site = try ShippedSite("scale-deployment", programs: ["kubectl": FakePrograms.kubectl])
        if isChanged { try site.site.file("meddle", "") }
        var plan = try site.plan(deployment)
        plan.verification.within = TimeSpan(milliseconds: 300)
        let run = try await site.run(
            plan, losing: loss.map { .init(path: $0.0, happened: $0.1) }, detectors: Detectors(isCalm: false))
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.site.lines("wanted") == [isChanged ? "9" : "2"], "\(run.story)")
        #expect(site.messages.count == 1)
    }

    @Test("a deployment with another number than was said is left alone")
    func scaleFromElsewhere() async throws {
        let site = try ShippedSite("scale-deployment", programs: ["kubectl": FakePrograms.kubectl])
        let run = try await site.run(deployment.merging(["replicas_before": "3"]) { $1 })
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(site.calls("kubectl scale") == 0)
    }
}
