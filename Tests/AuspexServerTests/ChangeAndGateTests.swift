import AuspexEngine
import AuspexSignals
import AuspexWire
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChangeAndGateTests {
    private let json: HTTPFields = [.contentType: "application/json"]

    @Test("a reported change comes back, and news of it is merged")
    func changes() async throws {
        try await withServer { client, _ in
            for body in [
                #"{"id":"d1","service":"shop","environment":"production","version":"v2","startedAt":1000}"#,
                #"{"id":"d1","service":"shop","outcome":"success","startedAt":1000,"endedAt":2000}"#,
            ] {
                let response = try await client.executeRequest(
                    uri: "/api/v1/changes", method: .post, headers: json, body: ByteBuffer(string: body))
                #expect(response.status == .accepted)
            }
            let list =
                try await client.executeRequest(
                    uri: "/api/v1/changes?service=shop", method: .get, headers: json, body: nil
                ).json.array ?? []
            #expect(list.count == 1)
            #expect(list.first?["version"]?.string == "v2")
            #expect(list.first?["outcome"]?.string == "success")
        }
    }

    @Test("a change that claims to begin far ahead of the clock is refused, and the rules' time stays")
    func future() async throws {
        try await withServer { client, _ in
            let response = try await client.executeRequest(
                uri: "/api/v1/changes", method: .post, headers: json,
                body: ByteBuffer(string: #"{"id":"d1","service":"shop","startedAt":4102444800000}"#))
            #expect(response.status == .badRequest)
            #expect(response.json["detail"]?.string?.hasPrefix("2100-01-01T00:00:00Z lies more than 10m ahead") == true)
            let list = try await client.executeRequest(uri: "/api/v1/changes", method: .get, headers: json, body: nil)
            #expect(list.json.array?.isEmpty == true)
        }
    }

    @Test("without any evidence the gate is inconclusive, never a pass, and the verdict can be read again")
    func gate() async throws {
        try await withServer { client, _ in
            let response = try await client.executeRequest(
                uri: "/api/v1/gate", method: .post, headers: json, body: ByteBuffer(string: #"{"service":"shop"}"#))
            #expect(response.json["verdict"]?.string == "inconclusive")
            let id = try #require(response.json["id"]?.string)
            let again = try await client.executeRequest(
                uri: "/api/v1/gate/\(id)", method: .get, headers: json, body: nil)
            #expect(again.json == response.json)
        }
    }

    @Test(
        "a wrong question says what is wrong with it",
        arguments: [
            ("{}", "service is missing"),
            (#"{"service":""}"#, "name the service"),
            (#"{"service":"s","repository":"x","range":"A..B"}"#, "no repository 'x'"),
            (#"{"service":"s","range":"A..B"}"#, "go together"),
            (#"{"service":7}"#, "must be a String"),
            ("[", "the body"),
        ])
    func wrongQuestion(body: String, message: String) async throws {
        try await withServer { client, _ in
            let response = try await client.executeRequest(
                uri: "/api/v1/gate", method: .post, headers: json, body: ByteBuffer(string: body))
            #expect(response.status == .badRequest)
            #expect(response.json["detail"]?.string?.contains(message) == true, "\(response.text)")
        }
    }

    @Test("a GitHub webhook needs a configured secret, a right signature over the raw body, and counts once")
    func gitHub() async throws {
        let secrets = try WebhookSecrets(current: "s3cret")
        let payload = Data(
            """
            {"action":"created","deployment":{"id":7,"sha":"abc","ref":"main","environment":"production",\
            "created_at":"2026-03-01T12:00:00Z","updated_at":"2026-03-01T12:00:00Z","payload":{},"creator":{"login":"ada"},\
            "description":""},"repository":{"full_name":"acme/shop","name":"shop","default_branch":"main"}}
            """.utf8)
        @Sendable func headers(_ signature: String) -> HTTPFields {
            var fields = json
            for (name, value) in [
                ("X-GitHub-Event", "deployment"), ("X-GitHub-Delivery", "d-1"), ("X-Hub-Signature-256", signature),
            ] {
                if let name = HTTPField.Name(name) { fields[name] = value }
            }
            return fields
        }
        let right = HexSignature.github.value(for: payload, secrets: secrets)
        @Sendable func post(_ client: any TestClientProtocol, _ signature: String) async throws -> TestResponse {
            try await client.executeRequest(
                uri: "/hooks/github", method: .post, headers: headers(signature), body: ByteBuffer(bytes: payload))
        }
        try await withServer { client, _ in
            let unconfigured = try await post(client, right)
            #expect(unconfigured.status == .forbidden)
        }
        try await withServer({ $0.hooks.secrets[.githubSecret] = Secret("s3cret") }) { client, _ in
            #expect(try await post(client, "sha256=" + String(repeating: "0", count: 64)).status == .unauthorized)
            let first = try await post(client, right)
            #expect(first.status == .accepted, "\(first.text)")
            #expect(try await post(client, right).json["result"]?.string == "duplicate")
            let list = try await client.executeRequest(uri: "/api/v1/changes", method: .get, headers: json, body: nil)
            #expect(list.json.array?.count == 1)
            #expect(list.json.array?.first?["author"]?.string == "ada")
        }
    }
}
