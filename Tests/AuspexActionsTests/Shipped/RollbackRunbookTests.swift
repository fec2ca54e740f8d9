import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// rollback-release with a Helm of files, rollback-symlink with real links.
@Suite(.timeLimit(.minutes(3))) struct RollbackRunbookTests {
    private let release: [String: String] = [
        "service": "shop", "release": "shop", "namespace": "production", "revision": "41",
    ]

    @Test("whether a release was rolled back is seen in its history", arguments: [nil, true, false])
    func helm(happened: Bool?) async throws {
        let site = try ShippedSite("rollback-release", programs: ["helm": FakePrograms.helm])
        let run = try await site.run(release, losing: happened.map { .init(step: "rollback", happened: $0) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("helm rollback shop 41") == 1)
        #expect((run.reason(of: "rollback") == "by its probe") == (happened ?? false))
        #expect(site.site.lines("revisions.json").joined().contains("Rollback to 41"))
    }

    @Test(
        "a rollback that fails, or ends in a failed release, is told to people",
        arguments: ["fail-rollback", "broken"])
    func helmFails(how: String) async throws {
        let site = try ShippedSite("rollback-release", programs: ["helm": FakePrograms.helm])
        try site.site.file(how, "")
        let run = try await site.run(release)
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.messages == [failure])
        // What is half done is left to people.
        #expect(site.calls("helm rollback") == 1)
    }

    private let failure =
        "page: Rolling shop back to revision 41 failed, or another one was deployed since; look which revision runs now."

    /// Detectors that go on seeing the alert, for a moment.
    private func futile(_ site: ShippedSite, _ parameters: [String: String]) throws -> Plan {
        var plan = try site.plan(parameters)
        plan.verification.within = TimeSpan(milliseconds: 300)
        return plan
    }

    @Test(
        "a revision that is no better, or during whose verification somebody stops the run, stays",
        arguments: [true, false])
    func helmDoesNotHelp(isStopped: Bool) async throws {
        let site = try ShippedSite("rollback-release", programs: ["helm": FakePrograms.helm])
        let plan = try isStopped ? site.plan(release) : futile(site, release)
        let run = try await site.run(
            plan, hearing: isStopped ? .cancelsVerification : nil, detectors: Detectors(isCalm: false))
        #expect(run.status == (isStopped ? .cancelled : .failed), "\(run.story)")
        #expect(site.calls("helm rollback") == 1)
        #expect(site.site.lines("revisions.json").joined().hasSuffix(#""description":"Rollback to 41"}]"#))
        #expect(
            site.messages == [
                isStopped
                    ? "page: Rolling shop back to revision 41 was stopped when it had happened: that revision runs now."
                    : "page: shop was rolled back to revision 41, which runs now, and shop is no better for it."
            ])
    }

    @Test("what somebody has deployed since the rollback stays, and is not taken for it")
    func helmWasChanged() async throws {
        let site = try ShippedSite("rollback-release", programs: ["helm": FakePrograms.helm])
        try site.site.file("meddle", "")
        let run = try await site.run(futile(site, release), detectors: Detectors(isCalm: false))
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.calls("helm rollback") == 1 && site.messages == [failure])
    }

    @Test("a revision that is not there keeps the run from beginning")
    func helmRevisionIsMissing() async throws {
        let site = try ShippedSite("rollback-release", programs: ["helm": FakePrograms.helm])
        let run = try await site.run(release.merging(["revision": "40"]) { $1 })
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains("revision-is-there") == true)
        #expect(site.calls("helm rollback") == 0)
    }

    /// A service with two releases, the second of which runs.
    private func service() throws -> (site: ShippedSite, parameters: [String: String]) {
        let tools = ["test", "readlink", "ls", "cp", "ln", "mv"].map { "/usr/bin/\($0)" }
        let site = try ShippedSite(
            "rollback-symlink",
            programs: ["systemctl": FakePrograms.systemctl, "journalctl": FakePrograms.echo], installed: tools)
        try site.site.file("srv/shop/releases/v1/app", "one")
        try site.site.file("srv/shop/releases/v2/app", "two")
        try FileManager.default.createSymbolicLink(
            atPath: site.site.path + "/srv/shop/current", withDestinationPath: "releases/v2")
        return (site, ["service": "shop", "version": "v1", "base": site.site.path + "/srv"])
    }

    @Test(
        "a service is switched to its earlier release once, whenever the engine dies",
        arguments: [
            nil, ("keep", true), ("keep", false), ("switch", true), ("switch", false), ("restart/run", true),
            ("restart/run", false),
        ] as [(String, Bool)?])
    func symlink(loss: (String, Bool)?) async throws {
        let (site, parameters) = try service()
        let run = try await site.run(parameters, losing: loss.map { .init(step: $0.0, happened: $0.1) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.site.lines("srv/shop/current/app") == ["one"])
        #expect(site.calls("systemctl restart shop") == 1)
        if let loss, loss.0 != "keep" { #expect((run.reason(of: loss.0) == "by its probe") == loss.1) }
        #expect(try links(site) == ["current": "releases/v1", "current.previous": "releases/v2"])
        #expect(try site.evidence(of: run).contains("releases/v2\n"))
    }

    /// The links that there are, and where they lead.
    private func links(_ site: ShippedSite) throws -> [String: String] {
        let folder = site.site.path + "/srv/shop"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "releases" }
        return Dictionary(
            uniqueKeysWithValues: try names.map {
                ($0, try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)"))
            })
    }

    @Test(
        "a release that is no better, or during whose verification somebody stops the run, stays",
        arguments: [true, false])
    func symlinkDoesNotHelp(isStopped: Bool) async throws {
        let (site, parameters) = try service()
        let plan = try isStopped ? site.plan(parameters) : futile(site, parameters)
        let run = try await site.run(
            plan, hearing: isStopped ? .cancelsVerification : nil, detectors: Detectors(isCalm: false))
        #expect(run.status == (isStopped ? .cancelled : .failed), "\(run.story)")
        #expect(try links(site) == ["current": "releases/v1", "current.previous": "releases/v2"], "\(run.story)")
        #expect(site.calls("systemctl restart shop") == 1)
        #expect(
            site.messages == [
                isStopped
                    ? "page: Switching shop back to v1 was stopped when that was current already; it stays."
                    : "page: shop was switched back to v1, which was started and is current, and it is no better for it."
            ])
    }

    @Test(
        "an earlier release that does not start makes room for the one that ran before, whenever the engine dies",
        arguments: [
            nil, ("switch-back", true), ("switch-back", false), ("restart-again", true), ("restart-again", false),
        ]
            as [(String, Bool)?], ["broken", "broken-once"])
    func symlinkIsBroken(loss: (String, Bool)?, how: String) async throws {
        let (site, parameters) = try service()
        try site.site.file(how, "")
        let run = try await site.run(
            parameters, losing: loss.map { .init(path: "undo/steps/restart/\($0.0)", happened: $0.1) })
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.state(of: "restart/check") == .failed)
        #expect(try links(site) == ["current": "releases/v2"])
        #expect(site.calls("systemctl restart shop") == 2)
        #expect(
            site.messages == [
                "page: Switching shop back to v1 failed; "
                    + (how == "broken"
                        ? "look where \(site.site.path)/srv/shop/current leads, and whether it runs."
                        : "it runs, and the release that ran before is current.")
            ])
    }

    @Test("a link that cannot be put back is not told to be")
    func symlinkIsStuck() async throws {
        let (site, parameters) = try service()
        try site.site.file("broken", "")
        var plan = try site.plan(parameters)
        // As if somebody had taken the earlier link away.
        plan.steps.removeAll { $0.id == "keep" }
        let run = try await site.run(plan)
        #expect(run.status == .failed && run.state(at: "undo/steps/restart/switch-back") == .failed, "\(run.story)")
        #expect(try links(site) == ["current": "releases/v1"])
        #expect(site.messages.count == 1 && site.messages[0].contains("failed; look where"))
    }

    @Test(
        "a release that is not there, or runs already, keeps the run from beginning",
        arguments: [("v0", "release-is-there"), ("v2", "is-another")])
    func nothingToSwitchTo(version: String, check: String) async throws {
        var (site, parameters) = try service()
        parameters["version"] = version
        let run = try await site.run(parameters)
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains(check) == true)
        #expect(try links(site) == ["current": "releases/v2"])
        #expect(site.calls("systemctl restart") == 0)
        #expect(
            site.messages == [
                "page: Switching shop back to \(version) was stopped, or did not begin; "
                    + "look where \(site.site.path)/srv/shop/current leads."
            ])
    }
}
