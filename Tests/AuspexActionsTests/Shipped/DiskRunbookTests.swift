import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// free-disk, with a logrotate and a journalctl of the test's own, and rotate-logs, with the real logrotate.
@Suite(.timeLimit(.minutes(3))) struct DiskRunbookTests {
    private static let programs = [
        "df": FakePrograms.echo, "du": FakePrograms.echo, "lsof": FakePrograms.echo, "journalctl": FakePrograms.echo,
        "logrotate": FakePrograms.logrotate,
    ]
    /// A file system that does not say how much room it has, so that nobody can tell whether it is enough.
    private static let mute = "/proc"
    /// A file system with plenty of room.
    private static let roomy = ["/dev/shm", "/run", "/tmp", "/"].first { path in
        var status = statvfs()
        return statvfs(path, &status) == 0 && status.f_bavail > status.f_blocks / 2 && status.f_blocks > 0
    }

    private func parameters(_ site: TestSite) -> [String: String] {
        [
            "instance": "db1:9100", "mount": Self.mute, "config": site.path + "/logrotate.conf",
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
        let evidence = try site.evidence(of: run)
        #expect(evidence.contains("df --portability /proc") && evidence.contains("lsof +L1"))
    }

    @Test(
        "the journal stays as it is where the rotation has made room enough",
        .enabled(if: roomy != nil, "needs a file system with room"))
    func enough() async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs, installed: ["/usr/bin/stat"])
        let mount = try #require(Self.roomy)
        let run = try await site.run(parameters(site.site).merging(["mount": mount]) { $1 })
        #expect(run.status == .verified, "\(run.story)")
        #expect(run.state(of: "has-room") == .done && run.state(of: "drop-old-journal") == .skipped)
        #expect(site.calls("logrotate --force") == 1)
        #expect(site.calls("journalctl --vacuum-size") == 0)
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
        #expect(site.messages == ["page: Logs were rotated, and /proc of db1:9100 is still nearly full."])
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
        "a configuration that logrotate refuses keeps the run from beginning",
        .enabled(if: Tools.logrotate != nil, "needs logrotate"))
    func refused() async throws {
        let site = try logs()
        try site.site.file("logrotate.conf", "\(site.site.path)/log/app.log {\n  rotate many\n}\n")
        let run = try await site.run(parameters(site.site).merging(["mount": "/"]) { $1 })
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains("check") == true)
        #expect(run.state(of: "rotate") == nil)
        #expect(site.site.text("log/app.log") == "a line\n")
    }
}
