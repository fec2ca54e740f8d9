import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite("The API of the guards", .timeLimit(.minutes(1))) struct GuardRoutesTests {
    private static let library = """
        kind: runbook
        id: tell
        version: 1
        title: Tell people
        owner: test
        steps: [{id: say, run: {argv: [/usr/bin/true]}, effect: read}]
        verify: {alerts_clear: [{rule: down}], for: 1s, within: 2s}
        ---
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

    @Test("promotions, breakers, locks and rates are asked for and said over HTTP, and refusals say why")
    func routes() async throws {
        let folder = try TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        let file = try folder.file("library.yaml", Self.library)
        try await withServer({
            $0.rulePaths = [file]
            $0.runbookPaths = [file]
        }) { client, _ in
            func get(_ path: String) async throws -> TestResponse {
                try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil)
            }
            func post(_ path: String, _ body: String) async throws -> TestResponse {
                try await client.executeRequest(
                    uri: path, method: .post, headers: [.contentType: "application/json"],
                    body: ByteBuffer(string: body))
            }
            let promotion = #"{"rule":"down","to":"auto","by":"ann","reason":"seen it"}"#
            let promoted = try await post("/api/v1/runbooks/tell/promotion", promotion)
            #expect(promoted.status == .ok && promoted.json["level"]?.string == "auto", "\(promoted.text)")
            #expect(try await get("/api/v1/promotions").json.array?.first?["by"]?.string == "ann")
            #expect(try await post("/api/v1/runbooks/nobody/promotion", promotion).status == .notFound)
            let nameless = #"{"rule":"down","to":"auto","by":""}"#
            #expect(try await post("/api/v1/runbooks/tell/promotion", nameless).status == .badRequest)
            let word = #"{"rule":"down","by":"bob"}"#
            #expect(try await post("/api/v1/runbooks/tell/promotion/revoke", word).status == .noContent)
            #expect(try await post("/api/v1/runbooks/tell/promotion/revoke", word).status == .notFound)
            #expect(try await post("/api/v1/runbooks/tell/reset", #"{"by":"bob"}"#).status == .conflict)
            #expect(try await get("/api/v1/breakers").json == .array([]))
            #expect(try await get("/api/v1/locks").json == .array([]))
            let statistics = try await get("/api/v1/runbooks/tell/statistics")
            #expect(statistics.json["runs"]?.int == 0, "\(statistics.text)")
            #expect(try await get("/api/v1/runbooks/nobody/statistics").status == .notFound)
            let metrics = try await get("/metrics").text
            #expect(metrics.contains("auspex_runbook_runs{runbook=\"tell\"} 0"))
            let audit = try await get("/api/v1/audit").text
            #expect(audit.contains("runbook.promoted") && audit.contains("runbook.promotion.revoked"))
        }
    }
}
