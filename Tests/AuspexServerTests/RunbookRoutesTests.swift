import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct RunbookRoutesTests {
    private static let runbook = """
        kind: runbook
        id: tell
        version: 4
        title: Tell people
        owner: test
        params: {word: {type: string, required: true, sensitive: true, pattern: '[a-z0-9]+'}}
        steps: [{id: say, run: {argv: [/usr/bin/true], env: {WORD: '${word}'}}, effect: idempotent}]
        verify: {readings: {up: {metric: up}}, where: 'size(up) > 0', for: 1s, within: 2s}
        """

    private typealias Ask = @Sendable (HTTPRequest.Method, String, String) async throws -> TestResponse

    /// A server with the runbook, and how to ask it.
    private func withRunbook(_ body: @escaping @Sendable (Ask) async throws -> Void) async throws {
        let folder = try TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        try folder.file("tell.yaml", Self.runbook)
        try await withServer({ $0.runbookPaths = [folder.path] }) { client, _ in
            try await body { method, path, text in
                try await client.executeRequest(
                    uri: path, method: method, headers: [.contentType: "application/json"],
                    body: ByteBuffer(string: text))
            }
        }
    }

    @Test("a runbook is shown with its parameters and steps, and one that is not there with those that are")
    func show() async throws {
        try await withRunbook { ask in
            let shown = try await ask(.get, "/api/v1/runbooks/tell", "")
            #expect(shown.status == .ok)
            #expect(shown.json["version"]?.int == 4)
            #expect(shown.json["parameters"]?.array?.first?["name"]?.string == "word")
            #expect(shown.json["needs"]?["executable"] == .array([.string("/usr/bin/true")]))
            let unknown = try await ask(.get, "/api/v1/runbooks/tel", "")
            #expect(unknown.status == .notFound)
            #expect(unknown.json["detail"]?.string == "there is no runbook 'tel'; known: tell")
        }
    }

    @Test("a plan is made without a run, with its hash and the guard that is in the way, secrets masked")
    func plan() async throws {
        try await withRunbook { ask in
            let wish = #"{"parameters":{"word":"hunter2"}}"#
            let free = try await ask(.post, "/api/v1/runbooks/tell/plan", wish)
            #expect(free.status == .ok, "\(free.text)")
            #expect(free.json["blocked"] == nil)
            #expect(!free.text.contains("hunter2"))
            #expect(try await ask(.post, "/api/v1/pause", #"{"by":"ada","reason":"freeze"}"#).status == .noContent)
            let paused = try await ask(.post, "/api/v1/runbooks/tell/plan", wish)
            #expect(paused.json["blocked"]?.string == "blocked, because all runs are paused: freeze (ada)")
            #expect(paused.json["hash"] == free.json["hash"])
            #expect(try await ask(.post, "/api/v1/unpause", #"{"by":"ada"}"#).status == .noContent)
            #expect(try await ask(.get, "/api/v1/runs", "").json.array?.isEmpty == true)
            // What was planned is what can be run.
            let hash = try #require(free.json["hash"]?.string)
            let started = try await ask(
                .post, "/api/v1/runs",
                #"{"runbook":"tell","parameters":{"word":"hunter2"},"by":"ada","planHash":"\#(hash)"}"#)
            #expect(started.status == .accepted, "\(started.text)")
        }
    }

    @Test("a plan that cannot be made says why")
    func badPlan() async throws {
        try await withRunbook { ask in
            let missing = try await ask(.post, "/api/v1/runbooks/tell/plan", "{}")
            #expect(missing.status == .badRequest && missing.text.contains("word"))
            #expect(try await ask(.post, "/api/v1/runbooks/tel/plan", "{}").status == .notFound)
            #expect(try await ask(.post, "/api/v1/runbooks/tell/plan", "[").status == .badRequest)
        }
    }

    @Test("open runs alone, and the newest entries of the audit, are to be had")
    func listings() async throws {
        try await withRunbook { ask in
            #expect(try await ask(.get, "/api/v1/runs?open=true", "").json.array?.isEmpty == true)
            #expect(try await ask(.get, "/api/v1/runs?open=maybe", "").status == .badRequest)
            for number in 1...3 {
                _ = try await ask(.post, "/api/v1/pause", #"{"by":"ada","reason":"\#(number)"}"#)
            }
            let newest = try await ask(.get, "/api/v1/audit?newest=true&limit=2", "").json.array ?? []
            #expect(newest.map { $0["detail"]?["why"]?.string } == ["2", "3"])
            #expect(try await ask(.get, "/api/v1/audit?newest=true&after=1", "").status == .badRequest)
        }
    }
}
