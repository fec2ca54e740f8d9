import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// What `auspex gate` makes of verdicts.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GateTests {
    private func gate(
        _ server: LoopbackServer, _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> Program.Outcome {
        try await Program.run(
            ["gate", "--service", "shop", "--server", "http://127.0.0.1:\(server.port)"] + arguments,
            environment: environment)
    }

    /// What was sent in a request.
    private func body(_ request: String?) throws -> JSONValue {
        let text = try #require(request?.split(separator: "\r\n\r\n", maxSplits: 1).last)
        return try JSONValue(parsing: Data(text.utf8))
    }

    @Test(
        "the exit code is the answer",
        arguments: [
            ("pass", [], 0), ("warn", [], 0), ("fail", [], 1), ("inconclusive", [], 1),
            ("inconclusive", ["--on-inconclusive", "pass"], 0), ("inconclusive", ["--on-inconclusive", "fail"], 1),
            ("fail", ["--on-inconclusive", "pass"], 1), ("fail", ["--dry-run"], 0), ("inconclusive", ["--dry-run"], 0),
        ] as [(String, [String], Int32)])
    func codes(verdict: String, arguments: [String], code: Int32) async throws {
        let server = try LoopbackServer(GateAnswers.answer(verdict))
        let outcome = try await Program.run(
            ["gate", "--service", "shop", "--server", "http://127.0.0.1:\(server.port)"] + arguments)
        #expect(outcome.code == code, "\(outcome)")
        #expect(outcome.output.contains("verdict   \(verdict.uppercased())"))
        #expect(try body(server.requests.first)["dryRun"] == .bool(arguments.contains("--dry-run")))
    }

    @Test("a gate that knows too little, is not final or is not there is asked again, and the last answer counts")
    func waits() async throws {
        let server = try LoopbackServer(
            .turns([
                .hangUp, GateAnswers.answer("inconclusive"), GateAnswers.answer("pass", ["final": .bool(false)]),
                GateAnswers.answer("fail", ["final": .bool(true)]),
            ]))
        let outcome = try await gate(server, "--wait", "60", "--after", "--change", "github/acme/7")
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.output.contains("verdict   FAIL"))
        // Progress is for terminals.
        #expect(outcome.error.isEmpty)
        #expect(server.requests.count == 4)
        let body = try body(server.requests.last)
        #expect(body["phase"]?.string == "after" && body["change"]?.string == "github/acme/7")
    }

    @Test("when the time is over the last verdict counts, and a server that is gone then is a server that is gone")
    func timeOver() async throws {
        let open = try LoopbackServer(GateAnswers.answer("inconclusive"))
        let outcome = try await gate(open, "--wait", "1")
        #expect(outcome.code == 1 && open.requests.count == 2, "\(outcome)")
        let gone = try LoopbackServer(.turns([GateAnswers.answer("pass", ["final": .bool(false)]), .hangUp]))
        #expect(try await gate(gone, "--wait", "1").code == 4)
        let passed = try LoopbackServer(.turns([GateAnswers.answer("inconclusive"), .hangUp]))
        #expect(try await gate(passed, "--wait", "1", "--on-error", "pass").code == 0)
    }

    @Test("without --wait a gate is asked once")
    func once() async throws {
        let server = try LoopbackServer(GateAnswers.answer("inconclusive"))
        #expect(try await gate(server).code == 1)
        #expect(server.requests.count == 1)
    }

    @Test("a dry run stops nobody, even if nobody answers")
    func dryRun() async throws {
        let outcome = try await gate(try LoopbackServer(.hangUp), "--dry-run")
        #expect(outcome.code == 0 && outcome.error.contains("passed unjudged, as --dry-run says"), "\(outcome)")
    }

    @Test("with the glass broken the verdict is shown as it is, and the exit code is 0")
    func breakGlass() async throws {
        let server = try LoopbackServer(GateAnswers.answer("fail", ["override": GateAnswers.override]))
        let outcome = try await gate(
            server, "--break-glass", "the site is down", "--by", "ada", "--wait", "30", "--format", "json")
        #expect(outcome.code == 0 && outcome.error.contains("the glass is broken"), "\(outcome)")
        #expect(try JSONValue(parsing: outcome.output)["verdict"]?.string == "fail")
        let glass = try body(server.requests.first)["breakGlass"]
        #expect(glass?["reason"]?.string == "the site is down" && glass?["by"]?.string == "ada")
        #expect(server.requests.count == 1)
        let refused = try LoopbackServer(LoopbackServer.ok("{\"detail\":\"no\"}", status: "403 Forbidden"))
        #expect(try await gate(refused, "--break-glass", "the site is down").code == 3)
        #expect(try await gate(try LoopbackServer(.hangUp), "--break-glass", "the site is down").code == 4)
    }

    @Test("a job of GitHub Actions gets outputs and a summary in which nothing of the change means anything")
    func github() async throws {
        let folder = try TemporaryDirectory()
        let (outputs, summary) = (try folder.file("outputs", "a=b\n"), try folder.file("summary", ""))
        let reason = JSONValue.object([
            "text": .string("<img src=x> [a](b)\nverdict=pass"), "value": .null, "baseline": .null,
            "weight": .double(1),
        ])
        let server = try LoopbackServer(
            GateAnswers.answer("fail", service: "shop|`x`", ["reasons": .array([reason])]))
        let environment = ["GITHUB_OUTPUT": outputs, "GITHUB_STEP_SUMMARY": summary]
        #expect(try await gate(server, environment: environment).code == 1)
        #expect(folder.read("outputs") == "a=b\n" && folder.read("summary").isEmpty)
        #expect(try await gate(server, "--github", environment: environment).code == 1)
        #expect(folder.read("outputs") == "a=b\nverdict=fail\nscore=13\nid=0f0f0f0f\n")
        let text = folder.read("summary")
        #expect(text.hasPrefix("### Auspex: fail\n"))
        #expect(text.contains("shop\\|\\`x\\`") && text.contains("\\<img src\\=x\\>"), "\(text)")
        #expect(!text.contains("\nverdict"))
        let gone = try await gate(try LoopbackServer(.hangUp), "--github", environment: environment)
        #expect(gone.code == 4)
        #expect(folder.read("outputs").hasSuffix("verdict=unreachable\nscore=\nid=\n"))
        let lost = try await gate(server, "--github", environment: ["GITHUB_OUTPUT": folder.path + "/no/where"])
        #expect(lost.code == 3 && lost.error.contains("GITHUB_OUTPUT="), "\(lost)")
    }

    @Test("the commit is that of the range, or the one that is checked out")
    func commit() async throws {
        let folder = try TemporaryDirectory()
        let made = try await Program.shell(
            """
            cd '\(folder.path)' && git init -q . && git config user.email a@b.c && git config user.name a
            for n in 1 2 3; do echo $n >> f && git add f && git commit -qm $n; done; git rev-parse HEAD HEAD~1
            """)
        let commits = made.output.split(separator: "\n").map(String.init)
        try #require(commits.count == 2, "\(made)")
        let server = try LoopbackServer(GateAnswers.answer("pass"))
        _ = try await gate(server, "--repo", folder.path)
        #expect(try body(server.requests.last)["sha"]?.string == commits[0])
        _ = try await gate(server, "--repo", folder.path, "--range", "HEAD~2..HEAD~1")
        #expect(try body(server.requests.last)["sha"]?.string == commits[1])
        _ = try await gate(server, "--repo", folder.path, "--sha", "mine")
        #expect(try body(server.requests.last)["sha"]?.string == "mine")
    }

    static let wrong = [
        Call("gate", "--service", "x", "--wait", "-1", code: 2, error: ["--wait"]),
        Call("gate", "--service", "x", "--wait", "86401", code: 2, error: ["--wait 86401 must be from 0 to 86400"]),
        Call("gate", "--service", "x", "--range", "A..B", code: 2, error: ["--range needs --repo"]),
        Call("gate", "--service", "", code: 2, error: ["--service is empty"]),
        Call("gate", "--service", "x", "--break-glass", "urgent", code: 2, error: ["--break-glass: ", "too short"]),
        Call(
            "gate", "--service", "x", "--break-glass", "the site is down", "--by", "", code: 2,
            error: ["--break-glass: by is empty"]),
        Call("gate", "--service", "x", "--on-inconclusive", "warn", code: 2, error: ["--on-inconclusive"]),
        Call("gate", "--service", "x", "--repo", "/nowhere", code: 3, error: ["/nowhere"]),
    ]

    @Test("a wrong call says which option is wrong", arguments: wrong)
    func wrongCalls(call: Call) async throws { try await call.check() }
}
