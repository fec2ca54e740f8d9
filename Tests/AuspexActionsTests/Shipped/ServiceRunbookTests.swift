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

    @Test("where each unit has an alert, that of another one does not count")
    func restartUnit() throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        let plan = try site.plan(unit.merging(["name": "shop.service"]) { $1 })
        let labels = ["instance": "shop1:8080", "name": "shop.service"]
        #expect(plan.verification.clearAlerts == [.init(rule: "shop-down", labels: labels)])
    }

    @Test(
        "a unit that systemd does not know, that is no service, or a job that would be done once more, is not restarted",
        arguments: [
            ("unknown", "", "is-loaded"), ("type", "\n", "is-service"), ("type", "ext4\n", "is-service"),
            ("type", "oneshot\n", "is-service"),
        ])
    func restartOther(file: String, text: String, check: String) async throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        try site.site.file(file, text)
        let run = try await site.run(unit)
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains(check) == true)
        #expect(site.calls("systemctl restart") == 0)
    }

    @Test("a service of this host is not restarted for another one, whose names are told by a file")
    func restartElsewhere() async throws {
        let site = try ShippedSite("restart-service", programs: ["systemctl": FakePrograms.systemctl])
        let run = try await site.run(unit.merging(["host": "there"]) { $1 })
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains("is-here") == true)
        #expect(site.calls("systemctl") == 0 && site.messages.count == 1)
        #expect(try await site.run(unit.merging(["host": "HERE.example"]) { $1 }).status == .verified)
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
        #expect(
            site.messages == [
                how == "broken"
                    ? "page: shop-web has 5 replicas now, 2 before, and keeps them; shop is no better for it, "
                        + "or not all of them came up."
                    : "page: shop-web has 2 replicas, as before; giving it 5 failed, or did not do."
            ])
        #expect(site.site.lines("wanted") == (how == "broken" ? ["5"] : []))
    }

    @Test(
        "more replicas are not taken away again because the service is still short of them, or somebody stops the run")
    func scaleUpStays() async throws {
        for isStopped in [false, true] {
            let site = try ShippedSite("scale-deployment", programs: ["kubectl": FakePrograms.kubectl])
            var plan = try site.plan(deployment)
            if !isStopped { plan.verification.within = TimeSpan(milliseconds: 300) }
            let run = try await site.run(
                plan, hearing: isStopped ? .cancelsVerification : nil, detectors: Detectors(isCalm: false))
            #expect(run.status == (isStopped ? .cancelled : .failed), "\(run.story)")
            #expect(site.site.lines("wanted") == ["5"] && site.calls("kubectl scale") == 1)
            #expect(site.messages.count == 1 && site.messages[0].contains("keeps them"))
        }
    }

    @Test("replicas that somebody has changed while they were waited for are nobody's to wait for any more")
    func scaleIsOverruled() async throws {
        let site = try ShippedSite("scale-deployment", programs: ["kubectl": FakePrograms.kubectl])
        // What it is asked for last is what it is given.
        _ = try site.site.program(
            """
            cd \(site.site.path) || exit 1
            case "$*" in scale*) echo 9 > wanted; exit ;; esac
            \(FakePrograms.kubectl)
            """, name: "kubectl")
        let run = try await site.run(deployment)
        #expect(run.state(of: "available") == .failed && run.reason(of: "available")?.contains("acceptor 1") == true)
        #expect(site.site.lines("wanted") == ["9"])
        #expect(site.messages.count == 1 && site.messages[0].contains("another number"), "\(run.story)")
    }

    @Test(
        "a deployment that is no better for fewer gets its old number back, unless somebody has given it another",
        arguments: [nil, ("undo/steps/scale/scale-back", true), ("undo/steps/scale/scale-back", false)]
            as [(String, Bool)?], [false, true])
    func scaleDoesNotHelp(loss: (String, Bool)?, isChanged: Bool) async throws {
        let site = try ShippedSite("scale-deployment", programs: ["kubectl": FakePrograms.kubectl])
        if isChanged { try site.site.file("meddle", "") }
        for name in ["wanted", "available"] { try site.site.file(name, "5\n") }
        var plan = try site.plan(deployment.merging(["replicas": "2", "replicas_before": "5"]) { $1 })
        plan.verification.within = TimeSpan(milliseconds: 300)
        let run = try await site.run(
            plan, losing: loss.map { .init(path: $0.0, happened: $0.1) }, detectors: Detectors(isCalm: false))
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.site.lines("wanted") == [isChanged ? "9" : "5"], "\(run.story)")
        #expect(
            site.messages == [
                isChanged
                    ? "page: Giving shop-web 2 replicas failed, or somebody has given it another number since; "
                        + "look how many it has."
                    : "page: shop-web has 5 replicas, as before; giving it 2 failed, or did not do."
            ])
    }

    @Test("a deployment with another number than was said is left alone")
    func scaleFromElsewhere() async throws {
        let site = try ShippedSite("scale-deployment", programs: ["kubectl": FakePrograms.kubectl])
        let run = try await site.run(deployment.merging(["replicas_before": "3"]) { $1 })
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(site.calls("kubectl scale") == 0)
    }
}
