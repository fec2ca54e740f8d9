import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// free-disk, with a logrotate and a journalctl of the test's own, and rotate-logs, with the real logrotate.
@Suite(.timeLimit(.minutes(3))) struct DiskRunbookTests {
    private static let programs = [
        "df": FakePrograms.df, "du": FakePrograms.echo, "lsof": FakePrograms.echo, "journalctl": FakePrograms.echo,
        "logrotate": FakePrograms.logrotate,
    ]
    /// A file system that does not say how much room it has, so that nobody can tell whether it is enough.
    private static let mute = "/proc"
    /// A file system with plenty of room.
    private static let roomy = ["/dev/shm", "/run", "/tmp", "/"].first { path in
        var status = statvfs()
        return statvfs(path, &status) == 0 && status.f_bavail > status.f_blocks / 2 && status.f_blocks > 0
    }

    private func parameters(_ site: TestSite, mount: String) -> [String: String] {
        [
            "instance": "db1:9100", "mount": mount, "config": site.path + "/logrotate.conf",
            "state": site.path + "/state",
        ]
    }

    /// The plan for a file system that has no room at first, and has some once the journal was looked at.
    private func cramped(_ site: ShippedSite, mount: String) throws -> Plan {
        var plan = try site.plan(parameters(site.site, mount: mount))
        let index = try #require(plan.steps.firstIndex { $0.id == "has-room" })
        guard case .operation(.health(var check)) = plan.steps[index].action, case .disk(var disk) = check.probe else {
            throw ToolError(description: "has-room looks at no disk")
        }
        disk.limits.minFreeRatio = 2
        check.probe = .disk(disk)
        plan.steps[index].action = .operation(.health(check))
        return plan
    }

    @Test(
        "space is freed once, and of a rotation that was cut off a person says whether it happened",
        .enabled(if: roomy != nil, "needs a file system with room"), arguments: [nil, true, false])
    func freed(happened: Bool?) async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs)
        let mount = try #require(Self.roomy)
        try site.site.file("journal-on", mount + "\n")
        let run = try await site.run(
            cramped(site, mount: mount), losing: happened.map { .init(step: "rotate", happened: $0) },
            hearing: happened.map { .decides($0 ? .done : .runAgain) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("logrotate --force") == 1)
        #expect(site.calls("journalctl --vacuum-size=500M") == 1)
        let evidence = try site.evidence(of: run)
        #expect(evidence.contains("df --portability \(mount)") && evidence.contains("lsof +L1"))
    }

    @Test(
        "the journal stays as it is where the rotation has made room enough",
        .enabled(if: roomy != nil, "needs a file system with room"))
    func enough() async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs)
        let mount = try #require(Self.roomy)
        try site.site.file("journal-on", mount + "\n")
        let run = try await site.run(parameters(site.site, mount: mount))
        #expect(run.status == .verified, "\(run.story)")
        #expect(run.state(of: "has-room") == .done && run.state(of: "drop-old-journal") == .skipped)
        #expect(site.calls("logrotate --force") == 1)
        #expect(site.calls("journalctl --vacuum-size") == 0)
    }

    @Test(
        "the journal stays as it is where it lies on another disk, or on none",
        .enabled(if: roomy != nil, "needs a file system with room"), arguments: ["/elsewhere", nil])
    func journalElsewhere(disk: String?) async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs)
        if let disk { try site.site.file("journal-on", disk + (Self.roomy ?? "") + "\n") }
        let run = try await site.run(cramped(site, mount: try #require(Self.roomy)))
        #expect(run.state(of: "has-room") == .failed && run.state(of: "drop-old-journal") == .skipped, "\(run.story)")
        #expect(site.calls("journalctl --vacuum-size") == 0)
    }

    @Test("where there is no room afterwards the run has failed, whatever the alert says")
    func notEnough() async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs)
        try site.site.file("journal-on", Self.mute + "\n")
        let plan = try site.plan(parameters(site.site, mount: Self.mute).merging(["alert": "disk-fills-soon"]) { $1 })
        let labels = ["instance": "db1:9100", "mountpoint": Self.mute]
        #expect(plan.verification.clearAlerts == [.init(rule: "disk-fills-soon", labels: labels)])
        let run = try await site.run(plan)
        #expect(run.status == .failed && run.state(of: "has-room-now") == .failed, "\(run.story)")
        #expect(site.calls("journalctl --vacuum-size=500M") == 1)
        #expect(
            site.messages == [
                "page: Rotating logs did not free a fifth of /proc of db1:9100, or disk-fills-soon goes on firing."
            ])
    }

    @Test(
        "logs that cannot be rotated are no reason to leave the journal as it is; a journal that stays is told",
        .enabled(if: roomy != nil, "needs a file system with room"))
    func partly() async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs)
        let mount = try #require(Self.roomy)
        try site.site.file("journal-on", mount + "\n")
        try site.site.file("fail---force", "")
        let run = try await site.run(cramped(site, mount: mount))
        #expect(run.status == .verified, "\(run.story)")
        #expect(run.state(of: "rotate") == .failed && run.state(of: "drop-old-journal") == .done)

        try site.site.file("fail---vacuum-size=500M", "")
        let worse = try await site.run(cramped(site, mount: mount))
        #expect(worse.state(of: "drop-old-journal") == .failed, "\(worse.story)")
        #expect(worse.status == .failed && site.messages.count == 1)
    }

    @Test("logs of this host are not rotated for another one", arguments: ["free-disk", "rotate-logs"])
    func anotherHost(id: String) async throws {
        let site = try ShippedSite(id, programs: Self.programs)
        for host in ["db2", "here.example.org", "her", "re"] {
            let run = try await site.run(parameters(site.site, mount: "/").merging(["host": host]) { $1 })
            #expect(run.status == .cancelled, "\(run.story)")
            #expect(run.ending?.reason?.contains("is-here") == true)
        }
        #expect(site.site.lines("calls").isEmpty && site.messages.count == 4)
    }

    /// A log, a configuration for it alone, and the real programs.
    private func logs() throws -> ShippedSite {
        let logrotate = try #require(Tools.logrotate)
        let site = try ShippedSite("rotate-logs", installed: [logrotate, "/usr/bin/df"])
        try site.site.file("log/app.log", "a line\n")
        try site.site.file("logrotate.conf", "\(site.site.path)/log/app.log {\n  rotate 3\n  create\n}\n")
        return site
    }

    @Test(
        "logs are rotated once, and of a rotation that was cut off a person says whether it happened",
        .enabled(if: Tools.logrotate != nil, "needs logrotate"), arguments: [nil, true, false])
    func rotated(happened: Bool?) async throws {
        let site = try logs()
        let run = try await site.run(
            parameters(site.site, mount: "/"), losing: happened.map { .init(step: "rotate", happened: $0) },
            hearing: happened.map { .decides($0 ? .done : .runAgain) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.site.text("log/app.log").isEmpty)
        #expect(site.site.text("log/app.log.1") == "a line\n")
        #expect(site.site.text("log/app.log.2").isEmpty)
    }

    @Test(
        "a configuration that logrotate refuses keeps the run from beginning",
        .enabled(if: Tools.logrotate != nil, "needs logrotate"))
    func refused() async throws {
        let site = try logs()
        try site.site.file("logrotate.conf", "\(site.site.path)/log/app.log {\n  rotate many\n}\n")
        let run = try await site.run(parameters(site.site, mount: "/"))
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains("check") == true)
        #expect(run.state(of: "rotate") == nil)
        #expect(site.site.text("log/app.log") == "a line\n")
    }
}
