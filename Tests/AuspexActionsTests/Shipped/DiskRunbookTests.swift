import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// free-disk, with a logrotate and a journalctl of the test's own, and rotate-logs, with the real logrotate.
@Suite(.timeLimit(.minutes(3))) struct DiskRunbookTests {
    private static let programs = [
        "df": FakePrograms.echo, "journalctl": FakePrograms.echo, "logrotate": FakePrograms.logrotate,
    ]

    private func parameters(_ site: TestSite) -> [String: String] {
        [
            "instance": "db1:9100", "mount": "/var", "config": site.path + "/logrotate.conf",
            "state": site.path + "/state",
        ]
    }

    @Test("space is freed once, whenever the engine dies", arguments: [nil, true, false])
    func freed(happened: Bool?) async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs, installed: ["/usr/bin/stat"])
        let run = try await site.run(
            parameters(site.site), losing: happened.map { .init(step: "rotate", happened: $0) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("logrotate --force") == 1)
        #expect(site.calls("journalctl --vacuum-size=500M") == 1)
        #expect((run.reason(of: "rotate") == "by its probe") == (happened ?? false))
    }

    @Test("logs that cannot be rotated are no reason to leave the journal as it is; a journal that stays is told")
    func partly() async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs, installed: ["/usr/bin/stat"])
        try site.site.file("fail---force", "")
        let run = try await site.run(parameters(site.site))
        #expect(run.status == .verified, "\(run.story)")
        #expect(run.state(of: "rotate") == .failed)

        try site.site.file("fail---vacuum-size=500M", "")
        let worse = try await site.run(parameters(site.site))
        #expect(worse.state(of: "drop-old-journal") == .failed, "\(worse.story)")
        #expect(worse.status == .failed)
        #expect(site.messages == ["page: Logs were rotated, and /var of db1:9100 is still nearly full."])
    }

    /// A log, a configuration for it alone, and the real programs.
    private func logs() throws -> ShippedSite {
        let logrotate = try #require(Tools.logrotate)
        let site = try ShippedSite("rotate-logs", installed: [logrotate, "/usr/bin/stat", "/usr/bin/df"])
        try site.site.file("log/app.log", "a line\n")
        try site.site.file("logrotate.conf", "\(site.site.path)/log/app.log {\n  rotate 3\n  create\n}\n")
        return site
    }

    @Test(
        "logs are rotated once, whenever the engine dies", .enabled(if: Tools.logrotate != nil, "needs logrotate"),
        arguments: [nil, true, false])
    func rotated(happened: Bool?) async throws {
        let site = try logs()
        let run = try await site.run(
            parameters(site.site).merging(["mount": "/"]) { $1 },
            losing: happened.map { .init(step: "rotate", happened: $0) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.site.text("log/app.log").isEmpty)
        #expect(site.site.text("log/app.log.1") == "a line\n")
        #expect(site.site.text("log/app.log.2").isEmpty)
        #expect((run.reason(of: "rotate") == "by its probe") == (happened ?? false))
    }

    @Test(
        "a configuration that logrotate refuses rotates nothing and is told to people",
        .enabled(if: Tools.logrotate != nil, "needs logrotate"))
    func refused() async throws {
        let site = try logs()
        try site.site.file("logrotate.conf", "\(site.site.path)/log/app.log {\n  rotate many\n}\n")
        let run = try await site.run(parameters(site.site).merging(["mount": "/"]) { $1 })
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.state(of: "rotate") == nil)
        #expect(site.site.text("log/app.log") == "a line\n")
        #expect(site.messages.count == 1)
    }
}
