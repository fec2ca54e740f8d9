import AuspexSignals
import AuspexTesting
import Testing

/// What the program makes of servers, of those that are there and of those that are not.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ServerTests {
    /// The address of a port on which nobody listens any more.
    private func deadServer() throws -> String { "http://127.0.0.1:\(try LoopbackServer(.hangUp).port)" }

    @Test("4 is a server that is not there, in one sentence that names it")
    func unreachable() async throws {
        let server = try deadServer()
        for arguments in [
            ["gate", "--service", "x", "--version", "v2"], ["runbook", "list"], ["runbook", "show", "r1"],
        ] {
            let outcome = try await Program.run(arguments + ["--server", server])
            #expect(outcome.code == 4)
            #expect(outcome.error == "auspex: \(server) cannot be reached: Connection refused\n")
        }
    }

    @Test("a gate passes without a server where it is told to, and says so")
    func passes() async throws {
        try await Call(
            "gate", "--service", "x", "--on-error", "pass", environment: ["AUSPEX_SERVER": try deadServer()], code: 0,
            error: ["passed unjudged", "cannot be reached"]
        ).check()
        try await Call(
            "gate", "--service", "x", "--on-error", "fail", environment: ["AUSPEX_SERVER": try deadServer()], code: 4
        ).check()
    }

    /// An answer, and the exit codes of a gate for `--on-error fail` and `pass`.
    static let answers: [(answer: LoopbackServer.Manner, fail: Int32, pass: Int32, error: String)] = [
        (LoopbackServer.ok("{\"what\":1}"), 3, 3, "is no Auspex server, or of another version"),
        (LoopbackServer.ok("hello"), 3, 3, "is no Auspex server, or of another version"),
        (
            LoopbackServer.ok("{\"detail\":\"broken\"}", status: "500 Internal Server Error"), 3, 3,
            "answered 500: broken"
        ),
        (LoopbackServer.ok("{\"detail\":\"no\"}", status: "401 Unauthorized"), 3, 3, "answered 401: no"),
        (LoopbackServer.ok("", status: "502 Bad Gateway"), 4, 0, "answered 502"),
        (LoopbackServer.ok("", status: "503 Service Unavailable"), 4, 0, "answered 503"),
        (LoopbackServer.ok("", status: "504 Gateway Timeout"), 4, 0, "answered 504"),
        (.hangUp, 4, 0, "cannot be reached"),
        // A head is no answer: the time ends with the last byte.
        (.part("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"), 4, 0, "no whole answer within 1 seconds"),
        (.silence, 4, 0, "no whole answer within 1 seconds"),
    ]

    @Test("only a server that is not there can be passed over, not one that answers", arguments: answers.indices)
    func onError(index: Int) async throws {
        let (answer, fail, pass, error) = Self.answers[index]
        for (word, code) in [("fail", fail), ("pass", pass)] {
            let server = try LoopbackServer(answer)
            try await Call(
                "gate", "--service", "x", "--on-error", word, "--timeout", index < 8 ? "60" : "1", "--server",
                "http://127.0.0.1:\(server.port)/", code: code, error: [error]
            ).check()
            #expect(server.requests.first?.hasPrefix("POST /api/v1/gate HTTP/1.1\r\n") == true)
        }
    }

    // MARK: Runs

    @Test("a run is shown as text with what can be said to it next, and as JSON where that is asked for")
    func runText() async throws {
        let record = try RunText.awaiting()
        let server = try LoopbackServer(LoopbackServer.ok(record.json))
        let address = "http://127.0.0.1:\(server.port)"
        try await Call(
            "runbook", "show", "r1", "--server", address,
            output: [
                "run      r1\n", "status   awaiting_approval\n", "mode     propose\n",
                "next: auspex runbook approve r1 --plan \(record.hash)\n",
            ]
        ).check()
        try await Call(
            "runbook", "approve", "r1", "--plan", record.hash, "--by", "ann", "--server", address,
            output: ["run      r1\n", "next: auspex runbook show r1\n"]
        ).check()
        let outcome = try await Program.run(
            ["runbook", "cancel", "r1", "--reason", "x", "--format", "json", "--server", address])
        #expect(try JSONValue(parsing: outcome.output)["id"]?.string == "r1")
        #expect(server.requests.last?.hasPrefix("POST /api/v1/runs/r1/cancel ") == true)
    }

    @Test("a run that failed says at which step and why")
    func failedRun() async throws {
        let server = try LoopbackServer(LoopbackServer.ok(try RunText.failed()))
        let outcome = try await Program.run(["runbook", "show", "r1", "--server", "http://127.0.0.1:\(server.port)"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("status   failed: "), "\(outcome.output)")
        #expect(outcome.output.contains("steps/act  1        failed  exit code 7"), "\(outcome.output)")
        #expect(!outcome.output.contains("next:"))
    }

    @Test("a list of runs has the words of the rules for their modes")
    func listWords() async throws {
        let server = try LoopbackServer(LoopbackServer.ok("[\(try RunText.awaiting().json)]"))
        try await Call(
            "runbook", "list", "--server", "http://127.0.0.1:\(server.port)",
            output: ["awaiting_approval  sample   propose"]
        ).check()
    }
}
