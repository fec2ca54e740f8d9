import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
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

    @Test("whether a restart happened is seen by systemd's own times", arguments: [true, false])
    func restartLost(happened: Bool) async throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        let run = try await site.run(unit, losing: .init(step: "restart", happened: happened))
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("systemctl restart shop") == 1)
        #expect((run.reason(of: "restart") == "by its probe") == happened)
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
        let run = try await site.run(container, losing: happened.map { .init(step: "restart", happened: $0) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("docker restart --time=30 shop-web-1") == 1)
        #expect((run.reason(of: "restart") == "by its probe") == (happened ?? false))
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

    private let deployment: [String: String] = [
        "service": "shop", "deployment": "shop-web", "namespace": "production", "replicas": "5",
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
    }
}
