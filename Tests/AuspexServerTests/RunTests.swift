import AuspexEngine
import AuspexSignals
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite struct RunTests {
    private let json: HTTPFields = [.contentType: "application/json"]

    @Test("a run is started only as it was planned, and a pause stops all of them")
    func planHash() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "auspex-\(RandomIDSource().next())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
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
        try runbook.write(to: folder.appending(path: "tell.yaml"), atomically: true, encoding: .utf8)
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
            let unknown = try await post("/api/v1/runs/nobody/cancel", #"{"by":"ada","reason":"x"}"#)
            #expect(unknown.status == .notFound)
            let audit = try await client.executeRequest(uri: "/api/v1/audit", method: .get, headers: json, body: nil)
            #expect(!audit.text.contains("hunter2"), "a sensitive value is in the audit")
            #expect(audit.text.contains("runs.paused") && audit.text.contains("run.created"))
        }
    }
}
