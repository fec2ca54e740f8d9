import AuspexEngine
import AuspexSignals
import AuspexTesting
import AuspexWire
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import AuspexServer

@Suite(.timeLimit(.minutes(2))) struct HookRoutesTests {
    private let json: HTTPFields = [.contentType: "application/json"]

    /// The changes that the engine knows.
    private func changes(_ client: any TestClientProtocol) async throws -> [JSONValue] {
        try await client.executeRequest(uri: "/api/v1/changes", method: .get, headers: json, body: nil).json.array ?? []
    }

    @Test("each sender proves itself, now or with the secret before, and counts once", arguments: HookSite.all.indices)
    func senders(index: Int) async throws {
        let site = HookSite.all[index]
        try await withServer(HookSite.configure) { client, engine in
            for proof in [HookSite.Proof.none, .wrong] {
                let refused = try await site.post(client, proof, at: engine.clock.now())
                #expect(refused.status == .unauthorized, "\(refused.text)")
                #expect(!refused.text.contains("\"new\"") && !refused.text.contains(HookSite.standard))
            }
            let first = try await site.post(client, .previous, at: engine.clock.now())
            #expect(first.status == .accepted, "\(first.text)")
            let second = try await site.post(client, .right, at: engine.clock.now())
            #expect(second.status == .ok && second.json["result"]?.string == "duplicate", "\(second.text)")
            #expect(second.json["changes"]?.array == first.json["changes"]?.array)
            #expect(try await changes(client).map { $0["service"]?.string } == ["shop"])
            #expect(engine.metrics.value(of: .webhooksRefused) == 2)
            #expect(engine.metrics.value(of: .webhooksRepeated) == 1)
        }
    }

    @Test("without a secret a door is closed and says which setting opens it", arguments: HookSender.allCases)
    func closed(sender: HookSender) async throws {
        try await withServer { client, engine in
            let response = try await client.executeRequest(
                uri: "/hooks/\(sender.rawValue)", method: .post, headers: json, body: ByteBuffer(string: "{}"))
            #expect(response.status == .forbidden)
            #expect(response.json["detail"]?.string?.contains("hooks.\(sender.rawValue)_") == true)
            #expect(engine.metrics.value(of: .webhooksRefused) == 1)
        }
    }

    @Test("a door that nobody has is none, and what is no event says where it fails")
    func mistakes() async throws {
        try await withServer(HookSite.configure) { client, engine in
            let unknown = try await client.executeRequest(
                uri: "/hooks/travis", method: .post, headers: json, body: ByteBuffer(string: "{}"))
            #expect(unknown.status == .notFound)
            let site = try #require(HookSite.all.first { $0.key == .genericToken })
            let wrong = try await site.post(
                client, .right, body: #"{"type":"change","servce":"shop"}"#, at: engine.clock.now())
            #expect(wrong.status == .unprocessableContent)
            #expect(wrong.json["detail"]?.string == "$.servce: unknown key; did you mean 'service'?")
            let broken = try await site.post(client, .right, body: "{", at: engine.clock.now())
            #expect(broken.status == .badRequest)
            let ahead = try await site.post(
                client, .right, body: #"{"type":"change","id":"x","service":"s","startedAt":4102444800}"#,
                at: engine.clock.now())
            #expect(ahead.status == .badRequest, "\(ahead.text)")
            let old = try #require(HookSite.all.first { $0.key == .genericSecret })
            let stale = try await old.post(client, .right, at: engine.clock.now() - .seconds(310))
            #expect(stale.status == .unauthorized && stale.text.contains("webhook-timestamp"))
        }
    }

    @Test("a delivery counts once also after a restart, and one that failed may come again")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        @Sendable func configure(_ configuration: inout EngineConfiguration) {
            HookSite.configure(&configuration)
            configuration.dataDirectory = directory.path
        }
        let site = try #require(HookSite.all.first)
        let narrow: (inout EngineConfiguration) -> Void = { configuration in
            configure(&configuration)
            configuration.detection.backlogLimit = 0
        }
        try await withServer(narrow, isReady: false) { client, engine in
            let full = try await site.post(client, .right, at: engine.clock.now())
            #expect(full.status == .serviceUnavailable && full.headers[.retryAfter] != nil)
        }
        for expected in ["accepted", "duplicate", "duplicate"] {
            try await withServer(configure) { client, engine in
                let response = try await site.post(client, .right, at: engine.clock.now())
                #expect(response.json["result"]?.string == expected, "\(response.text)")
                #expect(try await changes(client).count == 1)
            }
        }
    }

    @Test("a delivery of several events is not remembered until all of them are worked in")
    func several() async throws {
        let site = try #require(HookSite.all.first { $0.key == .cdeventsToken })
        let event = site.body
        let ahead = event.replacing("2023-03-01", with: "2100-03-01").replacing("shop", with: "cart")
        let batch = HookSite(
            key: .cdeventsToken, body: "[\(event),\(ahead)]", contentType: "application/cloudevents-batch+json")
        try await withServer(HookSite.configure) { client, engine in
            for _ in 0..<2 {
                let response = try await batch.post(client, .right, at: engine.clock.now())
                #expect(response.status == .badRequest && response.text.contains("2100-03-01"), "\(response.text)")
            }
            #expect(try await changes(client).count == 1)
        }
    }

    @Test("a thousand equal deliveries at the same time are one change")
    func storm() async throws {
        let site = try #require(HookSite.all.first)
        try await withServer(HookSite.configure) { client, engine in
            let now = engine.clock.now()
            let results = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<1_000 {
                    group.addTask { try await site.post(client, .right, at: now).json["result"]?.string ?? "" }
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(results == ["accepted": 1, "duplicate": 999])
            #expect(try await changes(client).count == 1)
            #expect(engine.metrics.value(of: .changes) == 1)
        }
    }

    @Test("a question is answered with the place of its verdict, once")
    func question() async throws {
        try await withServer(HookSite.configure) { client, engine in
            let site = try #require(HookSite.all.first { $0.key == .genericToken })
            let body = #"{"type":"gate","id":"run-42","service":"shop"}"#
            let response = try await site.post(client, .right, body: body, at: engine.clock.now())
            #expect(response.status == .accepted)
            let path = try #require(response.json["questions"]?.array?.first?["path"]?.string)
            #expect(path == "/api/v1/gate/generic%3Arun-42")
            let verdict = try await client.executeRequest(uri: path, method: .get, headers: json, body: nil)
            #expect(verdict.json["service"]?.string == "shop", "\(verdict.text)")
            #expect(verdict.json["verdict"]?.string == "inconclusive", "\(verdict.text)")
            let again = try await site.post(client, .right, body: body, at: engine.clock.now())
            #expect(again.json["result"]?.string == "duplicate")
        }
    }

    @Test("pushes since the last deploy tell how old the code is that the next one brings")
    func commits() async throws {
        func deployment(_ id: Int, _ sha: String, _ state: String) -> HookSite {
            HookSite(
                key: .githubSecret,
                body: """
                    {"deployment_status":{"state":"\(state)","created_at":"2023-03-0\(id)T12:01:00Z"},\
                    "deployment":{"id":\(id),"sha":"\(sha)","environment":"production",\
                    "created_at":"2023-03-0\(id)T12:00:00Z"},"repository":{"full_name":"acme/shop","name":"shop"}}
                    """,
                headers: [("X-GitHub-Event", "deployment_status"), ("X-GitHub-Delivery", "d\(id)-\(state)")])
        }
        func push(_ sha: String, after before: String, _ time: String) -> HookSite {
            HookSite(
                key: .githubSecret,
                body: """
                    {"ref":"refs/heads/release","before":"\(before)","after":"\(sha)",\
                    "commits":[{"timestamp":"\(time)"},{"timestamp":"2023-03-03T00:00:00Z"}],\
                    "repository":{"full_name":"acme/shop","name":"shop","default_branch":"main"}}
                    """,
                headers: [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", sha)])
        }
        let sites = [
            push("a", after: "z", "2023-02-20T12:00:00Z"), deployment(1, "a", "success"),
            push("b", after: "a", "2023-02-27T12:00:00Z"), push("c", after: "b", "2023-02-28T12:00:00Z"),
            deployment(4, "c", "in_progress"), deployment(4, "c", "success"),
        ]
        try await withServer(HookSite.configure) { client, engine in
            for site in sites {
                let response = try await site.post(client, .right, at: engine.clock.now())
                #expect(response.status == .accepted, "\(response.text)")
            }
            let changes = try await changes(client)
            #expect(changes.map { $0["version"]?.string } == ["c", "a"])
            let oldest = ["2023-02-27T12:00:00Z", "2023-02-20T12:00:00Z"].map { Timestamp(iso8601: $0)?.milliseconds }
            #expect(changes.map { $0["committedAt"]?.int } == oldest)
            #expect(changes.map { $0["commits"]?.int } == [4, 2])
        }
    }
}
