import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// What the program says of runbooks, with and without a server.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RunbookTests {
    private static let disk = """
        kind: runbook
        id: free-disk
        version: 1
        title: Free space
        owner: platform
        params:
          instance: {type: string, required: true, pattern: '[a-z0-9.:]+'}
          mount: {type: path, required: true, pattern: '/[a-z/]*'}
        locks: ['disk/${instance}${mount}']
        steps:
          - {id: usage, run: {argv: [/usr/bin/df, '${mount}']}, effect: read}
          - {id: rotate, run: {argv: [/usr/sbin/logrotate, /etc/x]}, effect: idempotent, continue_on_error: true}
        verify: {alerts_clear: [{rule: disk-full}], for: 3m, within: 10m}
        tests: [{name: one, params: {instance: a, mount: /var}, expect: {locks: [disk/a/var]}}]
        """

    /// What is asked about the runbook in `file`.
    private func calls(_ file: String) -> [Call] {
        let alert = #"{"labels":{"instance":"db1:9100","mount":"/var","job":"node"}}"#
        let event = ["runbook", "plan", file, "--event", "-"]
        return [
            Call(
                "runbook", "inspect", file,
                output: [
                    "runbook  free-disk 1: Free space\n", "place    \(file):1:1\n",
                    "locks    disk/${instance}${mount}\n", "mount      path    required  matches /[a-z/]*",
                    "2. rotate: run [\"/usr/sbin/logrotate\",", "may change something, may fail]",
                    "executable  /usr/bin/df /usr/sbin/logrotate\n", "rule        disk-full\n",
                    "may change something: rotate\n",
                ]),
            Call("runbook", "validate", file, output: ["1 passed, 0 failed"], error: ["well-formed"]),
            Call("runbook", "validate", file, "--syntax-only", error: ["1 runbooks are well-formed"]),
            Call("runbook", "validate", file, "--syntax-only", "--config", "x", code: 2, error: ["exclude each other"]),
            Call(
                event + ["--param", "mount=/data"], input: alert,
                output: ["params  instance=db1:9100 mount=/data\n", "locks   disk/db1:9100/data\n"]),
            Call(event, input: "[]", code: 3, error: ["-: is no alert"]),
            Call(event, input: "{", code: 3, error: ["-: not valid JSON"]),
            Call(event, input: #"{"labels":{"instance":"$(x)","mount":"/var"}}"#, code: 3, error: ["instance"]),
            Call("runbook", "inspect", file, "--id", "free-dsk", code: 3, error: ["did you mean 'free-disk'?"]),
            Call("runbook", "inspect", "free-disk", "--id", "x", code: 2, error: ["--id chooses in a file"]),
            Call("runbook", "list", "--status", "runing", code: 2, error: ["runing"]),
            Call("runbook", "list", "--since", "noon", code: 2, error: ["--since noon is not a moment"]),
            Call("runbook", "list", "--awaiting", "--open", code: 2, error: ["--awaiting gives all that wait"]),
            Call("runbook", "show", "r1", "--machine-readable", code: 2, error: ["add --follow"]),
            Call("runbook", "resume", "r1", "--machine-readable", code: 2, error: ["give its journal's --data"]),
            Call("runbook", "resume", "--format", "json", code: 2, error: ["--format is for one run"]),
        ]
    }

    @Test("runbooks are inspected, validated and planned without a server")
    func offline() async throws {
        let folder = try TemporaryDirectory()
        for call in calls(try folder.file("free-disk.yaml", Self.disk)) { try await call.check() }
        try await Call("runbook", "validate", "Rules/runbooks", output: ["0 failed"], error: ["well-formed"]).check()
    }

    @Test("a plan as JSON has its hash beside it, and is the same as for people")
    func planJSON() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.file("free-disk.yaml", Self.disk)
        let plan = ["runbook", "plan", file, "--param", "instance=db1:9100", "--param", "mount=/data"]
        let json = try JSONValue(parsing: try await Program.run(plan + ["--format", "json"]).output)
        let hash = try #require(json["hash"]?.string)
        #expect(json["plan"]?["runbook"]?.string == "free-disk")
        #expect(try await Program.run(plan).output.contains("hash    \(hash)\n"))
    }

    @Test("what a configuration does not give a runbook is named with its place")
    func config() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.file("free-disk.yaml", Self.disk)
        let config = try folder.file("auspex.yaml", "actions: {executables: [/usr/sbin/logrotat]}\n")
        try await Call(
            "runbook", "validate", file, "--config", config, code: 3,
            error: [
                "\(file):11:5: /usr/bin/df is not in actions.executables\n",
                "\(file):12:5: /usr/sbin/logrotate is not in actions.executables; did you mean '/usr/sbin/logrotat'?",
            ]
        ).check()
        let whole = try folder.file("whole.yaml", "actions: {executables: [/usr/bin/df, /usr/sbin/logrotate]}\n")
        try await Call(
            "runbook", "validate", file, "--config", whole, output: ["0 failed"],
            error: ["the configuration has what they need"]
        ).check()
    }

    // MARK: At a server

    private let plan = RunSamples.plan()

    /// A server with the runbook `make`, which would carry out `plan`.
    private func server(
        blocked: String? = nil, runs: LoopbackServer.Manner = .hangUp
    ) throws -> (server: LoopbackServer, address: String) {
        let runbook = try #require(try RunbookLoader.load(text: Self.text, file: "make.yaml").first)
        func body(_ value: some Encodable) throws -> String {
            String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        }
        let inspection = LoopbackServer.ok(try body(RunbookInspection(runbook)))
        let foresight = LoopbackServer.ok(try body(PlanForesight(plan, isBlockedBecause: blocked)))
        let server = try LoopbackServer(
            .by { request in
                if request.hasPrefix("POST /api/v1/runbooks/make/plan ") { return foresight }
                return request.hasPrefix("GET /api/v1/runbooks/make ") ? inspection : runs
            })
        return (server, "http://127.0.0.1:\(server.port)")
    }

    private static let text = """
        kind: runbook
        id: make
        version: 1
        title: Make files
        owner: test
        params: {count: {type: int, default: 1}}
        steps: [{id: one, run: {argv: [/usr/bin/touch, '/${count}']}, effect: idempotent}]
        verify: {alerts_clear: [{rule: down}], for: 3m, within: 10m}
        """

    @Test("a server's runbook is known by its id: inspected, and planned with the guard that is in the way")
    func byID() async throws {
        let site = try server(blocked: "blocked, because all runs are paused: freeze")
        try await Call("runbook", "inspect", "make", "--server", site.address, output: ["runbook  make 1: "]).check()
        try await Call(
            "runbook", "plan", "make", "--param", "count=3", "--server", site.address,
            output: ["hash    \(plan.hash)\n", "not now: blocked, because all runs are paused: freeze\n"]
        ).check()
        #expect(site.server.requests.last?.hasSuffix(#"{"parameters":{"count":3}}"#) == true)
        withExtendedLifetime(site.server) {}
    }

    @Test("a file that is not what the server has loaded is planned, and the difference told")
    func otherFile() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.file("make.yaml", Self.text)
        let site = try server()
        try await Call(
            "runbook", "plan", file, "--server", site.address, output: ["runbook make version 1"],
            error: ["the server would carry out another plan, \(plan.hash)"]
        ).check()
        withExtendedLifetime(site.server) {}
    }

    @Test("a run at a server is followed to its end, which is the exit code")
    func followed() async throws {
        for (json, code) in [(try RunText.failed(), Int32(1)), (try RunText.awaiting().json, 3)] {
            let site = try server(runs: LoopbackServer.ok(json))
            let arguments = ["runbook", "run", "make", "--plan", plan.hash, "--server", site.address]
            let outcome = try await Program.run(arguments)
            #expect(outcome.code == code, "\(outcome)")
            #expect(outcome.output.contains("run      r1\n"))
            #expect(site.server.requests.contains { $0.hasPrefix("POST /api/v1/runs HTTP") && $0.contains(plan.hash) })
            let lines = try await Program.run(arguments + ["--machine-readable"])
            #expect(lines.code == code)
            let last = try #require(lines.output.split(separator: "\n").last)
            #expect(try JSONValue(parsing: String(last))["type"]?.string == (code == 1 ? "run.ended" : "run.question"))
            let detached = try await Program.run(arguments + ["--detach"])
            #expect(detached.code == 0, "\(detached)")
        }
    }

    @Test("a run that is shown tells outputs, of which nothing acts upon the terminal")
    func show() async throws {
        let server = try LoopbackServer(LoopbackServer.ok(try RunText.failed(output: "a\u{1b}[31m\nb\n")))
        let address = "http://127.0.0.1:\(server.port)"
        try await Call(
            "runbook", "show", "r1", "--server", address,
            output: ["steps/act, attempt 1, output:\n  a\\u{1b}[31m\n  b\n"]
        ).check()
        let followed = try await Program.run(["runbook", "show", "r1", "--follow", "--server", address])
        #expect(followed.code == 1 && followed.error.contains("steps/act: failed: exit code 7"), "\(followed)")
    }

    @Test("words for runs and for all of them go where they belong")
    func words() async throws {
        let server = try LoopbackServer(LoopbackServer.ok(try RunText.failed()))
        let address = "http://127.0.0.1:\(server.port)"
        let words: [(arguments: [String], request: String, body: String)] = [
            (["decide", "r1", "run_again", "--by", "ann"], "POST /api/v1/runs/r1/decide ", #""decision":"run_again""#),
            (["cancel", "a/b", "--reason", "no"], "POST /api/v1/runs/a%2Fb/cancel ", #""reason":"no""#),
            (
                ["list", "--open", "--status", "running"], "GET /api/v1/runs?limit=100&open=true&status=running ",
                "\r\n"
            ),
        ]
        for word in words {
            _ = try await Program.run(["runbook"] + word.arguments + ["--server", address])
            let request = try #require(server.requests.last)
            #expect(request.hasPrefix(word.request) && request.contains(word.body), "\(request)")
        }
        let empty = try LoopbackServer(.answer("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"))
        try await Call(
            "runbook", "pause", "--reason", "freeze", "--by", "ann", "--server", "http://127.0.0.1:\(empty.port)",
            error: ["all runs are paused"]
        ).check()
        #expect(empty.requests.last?.hasPrefix("POST /api/v1/pause ") == true)
        try await Call(
            "runbook", "resume", "--server", "http://127.0.0.1:\(empty.port)", error: ["runs go on"]
        ).check()
        #expect(empty.requests.last?.hasPrefix("POST /api/v1/unpause ") == true)
    }
}
