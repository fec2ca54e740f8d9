import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// collect-diagnostics and page-oncall, which change nothing.
@Suite(.timeLimit(.minutes(3))) struct WatchingRunbookTests {
    private static let tools = ["df", "vmstat", "ps", "ss", "journalctl"]

    @Test("what the real programs say is put aside, without the arguments of processes")
    func collects() async throws {
        let installed = Self.tools.map { "/usr/bin/\($0)" }.filter(FileManager.default.isExecutableFile(atPath:))
        let site = try ShippedSite("collect-diagnostics", installed: installed)
        let run = try await site.run(["subject": "Here:9100"], detectors: Detectors(values: ["up": 1]))
        #expect(run.status == .verified, "\(run.story)")
        let processes = try site.evidence(of: run, from: "pid,ppid,user")
        #expect(processes.contains("COMMAND") && !processes.contains("--"))
        #expect(site.messages.isEmpty)
    }

    @Test(
        "what was collected is of this host, and so is called; that another one was asked about is said in it and to people"
    )
    func anotherSubject() async throws {
        for (subject, isOther) in [
            ("host", false), ("here", false), ("here.example:9100", false), ("db1:9100", true), ("hereby", true),
            ("https://here", true),
        ] {
            let site = try ShippedSite("collect-diagnostics", programs: ["echo": "echo \"$*\""])
            let run = try await site.run(["subject": subject], detectors: Detectors(values: ["up": 1]))
            #expect(run.status == .verified, "\(run.story)")
            #expect(site.bundleNames(of: run) == ["diagnostics-here"])
            let about = "Asked for: \(subject). Looked at: here, the host that the engine runs on, and no other."
            #expect(try site.evidence(of: run).contains(about))
            #expect(
                site.messages
                    == (isOther
                        ? [
                            "page: Diagnostics were asked for \(subject), and collected on here, the host that the engine runs "
                                + "on, which is not known by that name: they may say nothing of it."
                        ] : []))
        }
    }

    @Test("a host whose names nobody knows is looked at as this one, and as no other")
    func namesUnknown() async throws {
        let site = try ShippedSite("collect-diagnostics", programs: ["df": FakePrograms.echo])
        let unknown = ["subject": "here", "host": "this-host", "host_names": "/nowhere/names"]
        var run = try await site.run(unknown, detectors: Detectors(values: ["up": 1]))
        #expect(run.status == .verified && site.messages.count == 1, "\(run.story)")
        #expect(site.bundleNames(of: run) == ["diagnostics-this-host"])
        run = try await site.run(["host": "db1"], detectors: Detectors(values: ["up": 1]))
        #expect(run.status == .cancelled && run.ending?.reason?.contains("is-here") == true, "\(run.story)")
    }

    @Test("what is not there, or fails, is left out, and the rest is collected")
    func partly() async throws {
        let programs = ["df": FakePrograms.echo, "ps": FakePrograms.echo, "ss": "echo all I know; exit 1"]
        let site = try ShippedSite("collect-diagnostics", programs: programs)
        let run = try await site.run([:], detectors: Detectors(values: ["up": 1]))
        #expect(run.status == .verified, "\(run.story)")
        let evidence = try site.evidence(of: run)
        #expect(evidence.contains("df --portability --local") && evidence.contains("ps -eo"))
        #expect(evidence.contains("all I know") && !evidence.contains("journalctl"))
    }

    @Test("where nothing can be collected, people are told")
    func nothing() async throws {
        let site = try ShippedSite("collect-diagnostics")
        let run = try await site.run([:], detectors: Detectors(values: ["up": 1]))
        #expect(run.status == .failed && run.state(of: "diagnostics") == .failed, "\(run.story)")
        #expect(site.messages.count == 1)
    }

    @Test("where no readings arrive any more, people are told")
    func silence() async throws {
        let site = try ShippedSite("collect-diagnostics", programs: ["df": FakePrograms.echo])
        var plan = try site.plan(["subject": "db1:9100"])
        plan.verification.within = TimeSpan(milliseconds: 300)
        let run = try await site.run(plan)
        #expect(run.status == .failed, "\(run.story)")
        #expect(
            site.messages.last
                == "page: Diagnostics for db1:9100 could not be collected on here, the host that the engine runs on, or no "
                + "readings arrive any more.")
    }

    /// The plan of page-oncall for somebody who looks whether it gets better for a moment only.
    private func impatient(_ site: ShippedSite) throws -> Plan {
        var plan = try site.plan(["alert": "host-gone", "subject": "db1:9100"])
        let index = try #require(plan.steps.firstIndex { $0.id == "watch" })
        guard case .verify(var watch) = plan.steps[index].action else {
            throw ToolError(description: "watch verifies nothing")
        }
        (watch.soak, watch.within) = (.zero, TimeSpan(milliseconds: 300))
        plan.steps[index].action = .verify(watch)
        plan.verification.within = TimeSpan(milliseconds: 300)
        return plan
    }

    @Test(
        "a person is told once, and somebody else when it gets no better; either way people were told, and that is all",
        arguments: [true, false])
    func pages(getsBetter: Bool) async throws {
        let site = try ShippedSite("page-oncall")
        let run = try await site.run(
            impatient(site), detectors: Detectors(isCalm: getsBetter, values: ["up": 1]))
        #expect(run.status == .verified, "\(run.story)")
        let again = "escalation: host-gone: db1:9100 has needed a person for a quarter of an hour."
        #expect(site.messages == ["page: host-gone: db1:9100 needs a person."] + (getsBetter ? [] : [again]))
    }

    @Test("a page that does not get through is not the end: the next one is tried")
    func pageLost() async throws {
        let site = try ShippedSite("page-oncall")
        site.pages.next(LoopbackServer.ok("", status: "500 Internal Server Error"))
        let run = try await site.run(impatient(site), detectors: Detectors(isCalm: false, values: ["up": 1]))
        #expect(run.state(of: "page") == .failed)
        #expect(site.messages.last?.hasPrefix("escalation: ") == true)
    }

    @Test("people who were told are told, too, that nobody can see any more whether it gets better")
    func pagedBlind() async throws {
        let site = try ShippedSite("page-oncall")
        let run = try await site.run(impatient(site), detectors: Detectors(isCalm: false))
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.messages.last == "page: host-gone: db1:9100 needs a person, and no readings arrive any more.")
    }
}
