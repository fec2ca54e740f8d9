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
        #expect(
            site.messages == ["page: Rolling shop back to revision 41 failed, or shop is no better for it."])
    }

    /// A service with two releases, the second of which runs.
    private func service() throws -> (site: ShippedSite, parameters: [String: String]) {
        let tools = ["test", "readlink", "ln", "mv"].map { "/usr/bin/\($0)" }
        let site = try ShippedSite(
            "rollback-symlink", programs: ["systemctl": FakePrograms.systemctl], installed: tools)
        try site.site.file("srv/shop/releases/v1/app", "one")
        try site.site.file("srv/shop/releases/v2/app", "two")
        try FileManager.default.createSymbolicLink(
            atPath: site.site.path + "/srv/shop/current", withDestinationPath: "releases/v2")
        return (site, ["service": "shop", "version": "v1", "base": site.site.path + "/srv"])
    }

    @Test(
        "a service is switched to its earlier release once, whenever the engine dies",
        arguments: [nil, ("switch", true), ("switch", false), ("restart", true), ("restart", false)]
            as [(String, Bool)?])
    func symlink(loss: (String, Bool)?) async throws {
        let (site, parameters) = try service()
        let run = try await site.run(parameters, losing: loss.map { .init(step: $0.0, happened: $0.1) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.site.lines("srv/shop/current/app") == ["one"])
        #expect(site.calls("systemctl restart shop") == 1)
        if let loss { #expect((run.reason(of: loss.0) == "by its probe") == loss.1) }
        let left = try FileManager.default.contentsOfDirectory(atPath: site.site.path + "/srv/shop")
        #expect(left.sorted() == ["current", "releases"])
    }

    @Test("a release that is not there is not switched to, and people are told")
    func missing() async throws {
        var (site, parameters) = try service()
        parameters["version"] = "v0"
        let run = try await site.run(parameters)
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.site.lines("srv/shop/current/app") == ["two"])
        #expect(site.calls("systemctl restart") == 0)
        #expect(site.messages == ["page: Switching shop back to v0 failed, or it is no better for it."])
    }
}
