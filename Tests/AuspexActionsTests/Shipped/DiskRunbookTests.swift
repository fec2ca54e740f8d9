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
        "logrotate": FakePrograms.logrotate, "find": FakePrograms.find,
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

    /// The same, for free-disk.
    private func diskParameters(_ site: TestSite, mount: String) -> [String: String] {
        parameters(site, mount: mount).merging(["logs": site.path + "/log"]) { $1 }
    }

    /// The plan for a file system that has no room at first, and has some once the journal was looked at.
    private func cramped(_ site: ShippedSite, mount: String) throws -> Plan {
        var plan = try site.plan(diskParameters(site.site, mount: mount))
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
        let run = try await site.run(diskParameters(site.site, mount: mount))
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
        let plan = try site.plan(
            diskParameters(site.site, mount: Self.mute).merging(["alert": "disk-fills-soon"]) { $1 })
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

    /// What logrotate would rotate, and where folders lie, by the line of either.
    private static let elsewhere: [(would: [String], folders: [String])] = [
        ([], ["42 LOG"]), (["LOG/app.log"], ["43 LOG"]), (["LOG/app.log"], []), (["LOG/app.log"], ["142 LOG"]),
        (["LOG/app.log", "LOG/a b/c.log"], ["42 LOG", "43 LOG/a b"]), (["/srv/x.log", "LOG/app.log"], ["42 LOG"]),
    ]

    @Test(
        "no logs are rotated unless all of them lie on the disk that is full, and people are told",
        arguments: elsewhere)
    func logsElsewhere(would: [String], folders: [String]) async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs)
        let log = site.site.path + "/log"
        func text(_ lines: [String]) -> String {
            lines.map { $0.replacing("LOG", with: log) + "\n" }.joined()
        }
        try site.site.file("would", text(would.map { "rotating log \($0), log->rotateCount is 3" }))
        try site.site.file("folders", text(folders))
        let run = try await site.run(diskParameters(site.site, mount: Self.mute))
        #expect(run.status == .failed && run.state(of: "rotate") == .skipped, "\(run.story)")
        #expect(site.calls("logrotate --force") == 0 && site.calls("logrotate --debug") == 1)
        #expect(
            site.messages == [
                """
                page: No logs were rotated to free /proc of db1:9100: not all that \(site.site.path)/logrotate.conf would \
                rotate lie on it, or none do. Less than a fifth is free, or disk-almost-full goes on firing.
                """
            ])
    }

    @Test("logs in several folders of the disk that is full are rotated, as are those of which the name has blanks")
    func severalFolders() async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs)
        let log = site.site.path + "/log"
        let names = ["app.log", "a b/c d.log"]
        try site.site.file("would", names.map { "rotating log \(log)/\($0), log->rotateCount is 3\n" }.joined())
        try site.site.file("folders", "42 \(log)\n42 \(log)/a b\n43 \(log)/other\n")
        let run = try await site.run(diskParameters(site.site, mount: Self.mute))
        #expect(run.state(of: "rotate") == .done, "\(run.story)")
    }

    @Test("what logrotate says that is too long to be kept does not name all that it would rotate")
    func cutOff() async throws {
        let site = try ShippedSite("free-disk", programs: Self.programs)
        let line = "rotating log \(site.site.path)/log/app.log, log->rotateCount is 3\n"
        try site.site.file("would", String(repeating: line, count: 1_100_000 / line.utf8.count))
        let run = try await site.run(diskParameters(site.site, mount: Self.mute))
        #expect(run.state(of: "would-rotate") == .done && run.state(of: "rotate") == .skipped, "\(run.story)")
    }

    @Test(
        "the real programs tell on which disk logs lie, also those in folders that are links",
        .enabled(if: Tools.logrotate != nil && Tools.find != nil, "needs logrotate and find"))
    func realDisks() async throws {
        let programs = Self.programs.filter { !["find", "logrotate"].contains($0.key) }
        let installed = [try #require(Tools.logrotate), try #require(Tools.find)]
        let site = try ShippedSite("free-disk", programs: programs, installed: installed)
        let folder = site.site.path
        try site.site.file("elsewhere/deep/b.log", "a line\n")
        try site.site.file("log/a.log", "a line\n")
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/log/link", withDestinationPath: folder + "/elsewhere/deep")
        let logs = ["a.log", "link/*.log", "none/*.log"].map { "\(folder)/log/\($0)" }.joined(separator: " ")
        try site.site.file("logrotate.conf", "\(logs) {\n  missingok\n  rotate 3\n}\n")
        var run = try await site.run(diskParameters(site.site, mount: Self.mute))
        #expect(run.state(of: "rotate") == .skipped, "\(run.story)")
        #expect(site.site.text("log/a.log") == "a line\n")
        run = try await site.run(diskParameters(site.site, mount: folder))
        #expect(run.state(of: "rotate") == .done, "\(run.story)")
        let old = ["log/a.log.1", "elsewhere/deep/b.log.1"].map(site.site.text)
        #expect(old == ["a line\n", "a line\n"])
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
