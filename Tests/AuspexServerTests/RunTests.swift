import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct RunTests {
    private let json: HTTPFields = [.contentType: "application/json"]

    @Test("a run is started only as it was planned, and a pause stops all of them")
    func planHash() async throws {
        let folder = try TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        let runbook = """
            kind: runbook
            id: tell
            version: 1
            title: Tell people
            owner: test
            params: {word: {type: string, required: true, sensitive: true, pattern: '[a-z0-9]+'}}
            steps: [{id: say, run: {argv: [/usr/bin/true], env: {WORD: '${word}'}}, effect: read}]
            verify: {readings: {up: {metric: up}}, where: 'size(up) > 0', for: 1s, within: 2s}
            """
        try folder.file("tell.yaml", runbook)
        try await withServer({ $0.runbookPaths = [folder.path] }) { client, _ in
            func post(_ path: String, _ body: String) async throws -> TestResponse {
                try await client.executeRequest(uri: path, method: .post, headers: json, body: ByteBuffer(string: body))
            }
            let parameters = #""parameters":{"word":"hunter2"}"#
            let wrong = try await post("/api/v1/runs", #"{"runbook":"tell",\#(parameters),"by":"ada","planHash":"0"}"#)
            #expect(wrong.status == .conflict)
            // The refusal names the hash of the plan that would run.
            let words = wrong.json["detail"]?.string?.split(separator: " ") ?? []
            let hash = try #require(words.first { $0.count > 60 }?.trimmingCharacters(in: .punctuationCharacters))
            let wish = #"{"runbook":"tell",\#(parameters),"by":"ada","planHash":"\#(hash)"}"#

            #expect(try await post("/api/v1/pause", #"{"by":"ada","reason":"freeze"}"#).status == .noContent)
            let paused = try await post("/api/v1/runs", wish)
            #expect(paused.status == .conflict && paused.text.contains("freeze"))
            #expect(try await post("/api/v1/unpause", #"{"by":"ada"}"#).status == .noContent)

            let started = try await post("/api/v1/runs", wish)
            #expect(started.status == .accepted, "\(started.text)")
            let id = try #require(started.json["id"]?.string)
            let shown = try await client.executeRequest(
                uri: "/api/v1/runs/\(id)", method: .get, headers: json, body: nil)
            #expect(!shown.text.contains("hunter2"), "a sensitive value is shown")
            for name in ["", "  ", "Guard", String(repeating: "a", count: 10_000)] {
                let nobody = try await post("/api/v1/runs/\(id)/cancel", #"{"by":"\#(name)","reason":"x"}"#)
                #expect(nobody.status == .badRequest && nobody.text.contains("by: must"), "\(nobody.text)")
            }
            let unknown = try await post("/api/v1/runs/nobody/cancel", #"{"by":"ada","reason":"x"}"#)
            #expect(unknown.status == .notFound)
            let audit = try await client.executeRequest(uri: "/api/v1/audit", method: .get, headers: json, body: nil)
            #expect(!audit.text.contains("hunter2"), "a sensitive value is in the audit")
            #expect(audit.text.contains("runs.paused") && audit.text.contains("run.created"))
        }
    }

    private static let runbook = """
        kind: runbook
        id: tell
        version: 1
        title: Tell people
        owner: test
        steps: [{id: say, run: {argv: [/usr/bin/true]}, effect: read}]
        verify: {alerts_clear: [{rule: down}], for: 1s, within: 2s}
        """
    private static let rule = """
        kind: rule
        id: down
        title: Down
        owner: test
        status: stable
        severity: critical
        when: {up: {source: metric, where: 'up.name == "up" && up.value == 0'}}
        group_by: [job]
        then: [{runbook: tell, mode: auto}]
        """

    @Test("whatever a rule says, a person approves, unless the configuration lets rules act by themselves")
    func ceiling() async throws {
        let folder = try TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        let rules = try folder.file("rule.yaml", Self.rule)
        let runbooks = try folder.file("runbook.yaml", Self.runbook)
        try await withServer({
            $0.rulePaths = [rules]
            $0.runbookPaths = [runbooks]
        }) { client, engine in
            func get(_ path: String) async throws -> JSONValue {
                try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil).json
            }
            let sample = Sample(time: engine.clock.now(), value: 0)
            let labels = Labels(["__name__": "up", "job": "shop"])
            try await engine.ingest(SignalBatch(series: [SeriesSamples(labels: labels, samples: [sample])]))
            var waiting: [JSONValue] = []
            while waiting.isEmpty { waiting = try await get("/api/v1/approvals").array ?? [] }
            #expect(waiting.count == 1)
            #expect(waiting.first?["status"]?.string == "awaiting_approval")
            let id = try #require(waiting.first?["id"]?.string)
            let hash = try #require(waiting.first?["planHash"]?.string)
            func approve(_ hash: String) async throws -> HTTPResponse.Status {
                try await client.executeRequest(
                    uri: "/api/v1/runs/\(id)/approve", method: .post, headers: json,
                    body: ByteBuffer(string: #"{"by":"ada","planHash":"\#(hash)"}"#)
                ).status
            }
            #expect(try await approve("another plan") == .conflict)
            #expect(try await approve(hash) == .accepted)
            while try await get("/api/v1/runs/\(id)")["status"]?.string == "awaiting_approval" { await Task.yield() }
            #expect(try await get("/api/v1/approvals").array?.isEmpty == true)
            let kinds = try await get("/api/v1/audit?run=\(id)").array?.compactMap { $0["kind"]?.string } ?? []
            #expect(kinds.contains("run.approved"), "\(kinds)")
        }
    }

    @Test("rules and runbooks are read again on request, and a mistake leaves the last good ones in force")
    func reload() async throws {
        let folder = try TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        let rules = try folder.file("rule.yaml", Self.rule)
        let runbooks = try folder.file("runbook.yaml", Self.runbook)
        try await withServer({
            $0.rulePaths = [rules]
            $0.runbookPaths = [runbooks]
        }) { client, _ in
            func reload() async throws -> TestResponse {
                try await client.executeRequest(uri: "/api/v1/reload", method: .post, headers: [:], body: nil)
            }
            func titles() async throws -> [String?] {
                let list = try await client.executeRequest(uri: "/api/v1/rules", method: .get, headers: [:], body: nil)
                return list.json.array?.map { $0["title"]?.string } ?? []
            }
            try Self.rule.replacing("title: Down", with: "titel: Down").write(
                toFile: rules, atomically: true, encoding: .utf8)
            let refused = try await reload()
            #expect(refused.status == .unprocessableContent)
            #expect(refused.json["detail"]?.string?.contains("rule.yaml:3:1: unknown key 'titel'") == true)
            #expect(try await titles() == ["Down"])
            try Self.rule.replacing("title: Down", with: "title: Out").write(
                toFile: rules, atomically: true, encoding: .utf8)
            #expect(try await reload().status == .noContent)
            #expect(try await titles() == ["Out"])
        }
    }
}
