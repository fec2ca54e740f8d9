import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// `auspex deploy` and the models of a server.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DeployTests {
    private static let change = """
        {"id":"d1","kind":"deploy","service":"shop","environment":"production","version":"v2","previousVersion":"",\
        "author":"ann","title":"","startedAt":1772366400000,"endedAt":1772366460000,"outcome":"success","source":"api"}
        """

    private func address(of server: LoopbackServer) -> String { "http://127.0.0.1:\(server.port)" }

    @Test("a pipeline reports a deploy, and the server is sent what it said")
    func report() async throws {
        let server = try LoopbackServer(LoopbackServer.ok(Self.change))
        try await Call(
            "deploy", "report", "--service", "shop", "--environment", "production", "--deploy-version", "v2",
            "--started", "2026-03-01T12:00:00Z", "--outcome", "rolled_back", "--server", address(of: server),
            output: ["deploy of shop to v2 in production\n", "d1, success\n"]
        ).check()
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /api/v1/changes HTTP/1.1\r\n"))
        let body = try JSONValue(parsing: request.components(separatedBy: "\r\n\r\n").last ?? "")
        #expect(body["id"]?.string == "shop:production:v2")
        #expect(body["outcome"]?.string == "rolled_back")
        #expect(body["startedAt"]?.int == 1_772_366_400_000)
        #expect(body["endedAt"]?.int != nil)
    }

    @Test("a report that cannot be told from others, or says nothing known, is wrong usage")
    func wrongReport() async throws {
        for (arguments, message) in [
            (["--service", "x"], "give --deploy-version or --id"),
            (["--service", "x", "--id", "1", "--outcome", "fine"], "must be one of pending, success"),
            (["--service", "x", "--id", "1", "--repo", "."], "--repo and --range go together"),
            (["--service", "x", "--id", "1", "--started", "noon"], "is no moment"),
        ] {
            let outcome = try await Program.run(["deploy", "report"] + arguments)
            #expect(outcome.code == 2)
            #expect(outcome.error.contains(message), "\(outcome)")
        }
    }

    @Test("changes are listed, and one is shown with how it turned out")
    func listAndShow() async throws {
        let list = try LoopbackServer(LoopbackServer.ok("[\(Self.change)]"))
        try await Call(
            "deploy", "list", "--service", "shop", "--server", address(of: list),
            output: ["d1      deploy  success  2026-03-01T12:00:00Z  shop"]
        ).check()
        #expect(list.requests.first?.hasPrefix("GET /api/v1/changes?service=shop&limit=100 ") == true)
        let outcome = #"{"change":"d1","harm":"harmless","reasons":["quiet"],"decidedAt":1772366400000,"incidents":[]}"#
        let shown = try LoopbackServer(LoopbackServer.ok(#"{"change":\#(Self.change),"outcome":\#(outcome)}"#))
        try await Call(
            "deploy", "show", "gh:acme/shop", "--server", address(of: shown),
            output: ["by: ann\n", "harmless since 2026-03-01T12:00:00Z\n  quiet\n"]
        ).check()
        #expect(shown.requests.first?.hasPrefix("GET /api/v1/changes/gh%3Aacme%2Fshop ") == true)
        let said = try LoopbackServer(LoopbackServer.ok(outcome))
        try await Call(
            "deploy", "outcome", "d1", "--harmful", "--reason", "x", "--by", "ann", "--server", address(of: said),
            output: ["harmless since"]
        ).check()
        let body = said.requests.first?.components(separatedBy: "\r\n\r\n").last ?? ""
        #expect(try JSONValue(parsing: body)["harmful"]?.bool == true)
        #expect(try await Program.run(["deploy", "outcome", "d1"]).code == 2)
    }

    @Test("blame is told with its reasons and the rest")
    func blame() async throws {
        let server = try LoopbackServer(
            LoopbackServer.ok(
                """
                {"incident":"inc-1","faults":3,"earlierFaults":2,"leastBlame":0.4,"culprit":"d1","none":0.25,
                "changes":[{"change":\(Self.change),"share":0.75,"score":1,"votes":3,"vetoes":0,"reasons":["a","b"]}]}
                """))
        try await Call(
            "deploy", "blame", "inc-1", "--server", address(of: server),
            output: [
                "inc-1: 3 faults, 2 earlier ones of the kind\n", "75 %  deploy d1 of shop to v2: a; b\n",
                "25 %  none of these\n",
            ]
        ).check()
    }

    private static let figures = """
        {"since":1772366400000,"until":1772452800000,"finished":2,"pending":0,"undecided":1,
        "frequency":{"deploys":2,"days":1,"active_days":1,"per_day":2},
        "lead_time":{"known":1,"of":2,"median":5400,"p90":5400},
        "change_failure":{"count":1,"of":2,"rate":0.5,"low":0.1,"high":0.9},
        "restore":{"known":0,"of":1},"rework":{"count":0,"of":2,"rate":0,"low":0,"high":0.6},
        "bands":{"frequency":"elite","lead_time":"elite","change_failure":"low"}}
        """

    @Test("metrics come as a table with DORA's words, as CSV and as JSON")
    func metrics() async throws {
        let server = try LoopbackServer(
            LoopbackServer.ok(
                """
                {"environment":"production","source":"DORA","whole":\(Self.figures),"teams":[],"weeks":[],
                "services":[{"name":"a,b","figures":\(Self.figures)}]}
                """))
        let arguments = ["deploy", "metrics", "--server", address(of: server)]
        let table = try await Program.run(arguments)
        #expect(table.code == 0, "\(table)")
        #expect(table.output.contains("1h30m"), "\(table)")
        #expect(table.output.contains("50 %"))
        #expect(table.output.contains("DORA: frequency elite, lead time elite, change failure low, restore unknown"))
        let csv = try await Program.run(arguments + ["--format", "csv", "--by", "service"])
        #expect(
            csv.output.split(separator: "\n").last
                == "\"a,b\",2026-03-01T12:00:00Z,2026-03-02T12:00:00Z,2,0,2,1.0,1,2.0,5400.0,5400.0,1,1,0.5,0.1,0.9,1,,,0,0,0.0"
        )
        let json = try await Program.run(arguments + ["--format", "json", "--by", "week", "--team", "web"])
        #expect(try JSONValue(parsing: json.output)["whole"]?["finished"]?.int == 2)
        #expect(server.requests.last?.hasPrefix("GET /api/v1/delivery?team=web&by=week ") == true)
    }

    @Test("models are shown with why, and only a model is sent to a server")
    func models() async throws {
        let server = try LoopbackServer(
            LoopbackServer.ok(
                """
                [{"service":"","scorer":"size-only","reason":"too few","tally":{"service":"","known":3,"harmful":1},
                "versions":[]}]
                """))
        try await Call(
            "risk", "models", "--server", address(of: server), output: ["(all)    size-only", "too few"]
        ).check()
        let folder = try TemporaryDirectory()
        let path = try folder.file("model.json", "{}")
        try await Call(
            "risk", "import", path, "--service", "shop", "--server", address(of: server), code: 3,
            error: ["the risk model is damaged"]
        ).check()
        #expect(server.requests.count == 1)
    }
}
