import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// The pieces in `Pipelines/`, run as their systems run them, with `auspex` and with curl alone.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PipelineTests {
    /// A piece, and whether it finds `auspex`.
    struct Way: CustomTestStringConvertible, Sendable {
        var piece: PipelinePiece
        var hasAuspex: Bool

        var testDescription: String { "\(piece) with \(hasAuspex ? "auspex" : "curl")" }

        func run(_ server: LoopbackServer, _ values: [String: String] = [:]) async throws -> Program.Outcome {
            try await piece.run(server: server.port, hasAuspex: hasAuspex, values)
        }
    }

    static let ways = PipelinePiece.allCases.flatMap { piece in
        // The script with curl does not look for auspex.
        piece == .curl ? [Way(piece: piece, hasAuspex: false)] : [true, false].map { Way(piece: piece, hasAuspex: $0) }
    }

    private func body(_ request: String?) throws -> JSONValue {
        let text = try #require(request?.split(separator: "\r\n\r\n", maxSplits: 1).last)
        return try JSONValue(parsing: Data(text.utf8))
    }

    /// Verdicts, what is set, and the exit code.
    static let cases: [(verdict: String, members: [String: JSONValue], values: [String: String], code: Int32)] = [
        ("pass", [:], [:], 0),
        ("warn", [:], [:], 0),
        ("fail", [:], [:], 1),
        ("inconclusive", [:], [:], 1),
        ("inconclusive", ["policy": .object(["name": .string("p"), "inconclusive": .string("pass")])], [:], 0),
        ("inconclusive", [:], ["GATE_ON_INCONCLUSIVE": "pass"], 0),
        ("fail", [:], ["GATE_ON_INCONCLUSIVE": "pass"], 1),
        ("fail", ["dryRun": .bool(true)], [:], 0),
        ("fail", [:], ["GATE_DRY_RUN": "true"], 0),
        ("fail", ["override": GateAnswers.override], ["GATE_BREAK_GLASS": "the site is down", "GATE_BY": "ada"], 0),
    ]

    @Test("the exit code is the answer", arguments: ways)
    func codes(way: Way) async throws {
        for (verdict, members, values, code) in Self.cases {
            let server = try LoopbackServer(GateAnswers.answer(verdict, members))
            let outcome = try await way.run(server, values)
            #expect(outcome.code == code, "\(verdict) \(values): \(outcome)")
            let sent = try body(server.requests.first)
            #expect(sent["service"]?.string == "shop" && sent["sha"]?.string == "abc")
            #expect(sent["environment"]?.string == "production")
            if values["GATE_BREAK_GLASS"] != nil {
                #expect(sent["breakGlass"]?["reason"]?.string == "the site is down")
                #expect(sent["breakGlass"]?["by"]?.string == "ada")
            }
        }
    }

    @Test("a server that is not there stops, unless it is said to pass", arguments: ways)
    func unreachable(way: Way) async throws {
        let bad = LoopbackServer.ok("", status: "503 Service Unavailable")
        for manner in [LoopbackServer.Manner.hangUp, bad] {
            let stopped = try await way.run(try LoopbackServer(manner))
            #expect(stopped.code == 4, "\(stopped)")
            let passed = try await way.run(try LoopbackServer(manner), ["GATE_ON_ERROR": "pass"])
            #expect(passed.code == 0, "\(passed)")
        }
    }

    @Test("an answer that is no verdict never passes", arguments: ways)
    func nonsense(way: Way) async throws {
        let answers = [
            LoopbackServer.ok("hello"), LoopbackServer.ok("{\"detail\":\"no\"}", status: "401 Unauthorized"),
            LoopbackServer.ok(#"{"verdict":"passed"}"#), LoopbackServer.ok(#"{"service":"\"verdict\":\"pass\""}"#),
        ]
        for answer in answers {
            let outcome = try await way.run(try LoopbackServer(answer), ["GATE_ON_ERROR": "pass"])
            #expect(outcome.code == 3, "\(outcome)")
        }
    }

    @Test("an open verdict is waited for", arguments: ways)
    func waits(way: Way) async throws {
        let server = try LoopbackServer(
            .turns([
                .hangUp, GateAnswers.answer("inconclusive"), GateAnswers.answer("pass", ["final": .bool(false)]),
                GateAnswers.answer("fail"),
            ]))
        let outcome = try await way.run(server, ["GATE_WAIT": "30"])
        #expect(outcome.code == 1 && server.requests.count == 4, "\(outcome)")
    }

    @Test("whatever a name holds, it reaches the server as it is, and nothing of it is executed", arguments: ways)
    func hostile(way: Way) async throws {
        let folder = try TemporaryDirectory()
        let mark = folder.path + "/executed"
        let names = [
            #"a"b'c\d"#, "$(touch \(mark))", "`touch \(mark)`", "; touch \(mark) #", "'; touch \(mark); '",
            #"","verdict":"pass","x":""#, "--on-error=pass", "${IFS}$PATH", "a & b | c > \(mark)", "\u{e4}\u{1F600}",
        ]
        for name in names {
            let server = try LoopbackServer(GateAnswers.answer("fail", service: name))
            let outcome = try await way.run(
                server, ["GATE_SERVICE": name, "GATE_SHA": name, "GATE_ENVIRONMENT": name, "GATE_VERSION": name])
            #expect(outcome.code == 1, "\(name): \(outcome)")
            let sent = try body(server.requests.first)
            for member in ["service", "sha", "environment", "version"] { #expect(sent[member]?.string == name) }
        }
        let lines = "shop\ntouch \(mark)\n$(touch \(mark))"
        let server = try LoopbackServer(GateAnswers.answer("fail", service: lines))
        #expect(try await way.run(server, ["GATE_SERVICE": lines]).code == 1)
        // Curl alone makes blanks of line ends.
        let service = try body(server.requests.first)["service"]?.string
        #expect(service == lines || service == lines.replacing("\n", with: " "))
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test("the token goes with the request and is shown nowhere", arguments: ways)
    func token(way: Way) async throws {
        let server = try LoopbackServer(GateAnswers.answer("pass"))
        let outcome = try await way.run(server, ["AUSPEX_TOKEN": "s3cret-t0ken"])
        #expect(outcome.code == 0, "\(outcome)")
        let head = try #require(server.requests.first?.split(separator: "\r\n\r\n").first).lowercased()
        #expect(head.contains("\r\nauthorization: bearer s3cret-t0ken"))
        #expect(!outcome.output.contains("s3cret") && !outcome.error.contains("s3cret"))
    }

    @Test("without a service nobody is asked", arguments: ways)
    func noService(way: Way) async throws {
        let server = try LoopbackServer(GateAnswers.answer("pass"))
        let outcome = try await way.run(server, ["GATE_SERVICE": ""])
        #expect(outcome.code == 2 && server.requests.isEmpty, "\(outcome)")
    }

    @Test("an action of GitHub leaves outputs for later steps", arguments: [true, false])
    func outputs(hasAuspex: Bool) async throws {
        let folder = try TemporaryDirectory()
        let path = try folder.file("outputs", "")
        let way = Way(piece: .github, hasAuspex: hasAuspex)
        let server = try LoopbackServer(GateAnswers.answer("warn", service: #"","id":"x","score":1,"verdict":"pass"#))
        #expect(try await way.run(server, ["GITHUB_OUTPUT": path]).code == 0)
        #expect(folder.read("outputs") == "verdict=warn\nscore=\(hasAuspex ? "13" : "12.5")\nid=0f0f0f0f\n")
        try folder.file("outputs", "")
        #expect(try await way.run(try LoopbackServer(.hangUp), ["GITHUB_OUTPUT": path]).code == 4)
        #expect(folder.read("outputs") == "verdict=unreachable\nscore=\nid=\n")
    }

    @Test("the pieces that stand alone hold the script with curl as it is")
    func sameScript() throws {
        let script = try PipelinePiece.curlScript()
        let body = try #require(script.firstRange(of: "\nset +x ")).lowerBound
        for piece in [PipelinePiece.gitlab, .jenkins] { #expect(try piece.script().hasSuffix(script[body...])) }
    }

    @Test("no expression of a CI system stands in a script")
    func noExpressions() throws {
        for piece in PipelinePiece.allCases { #expect(try !piece.script().contains("${{")) }
    }
}
