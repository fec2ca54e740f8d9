import AuspexChanges
import AuspexEngine
import AuspexSignals
import AuspexStore
import AuspexTesting
import AuspexWire
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// Verdicts that people override, and what is left of it.
@Suite(.timeLimit(.minutes(1))) struct OverrideTests {
    private static let glass = #"{"reason":"the site is down, this repairs it","by":"ada"}"#

    private struct Site: Sendable {
        let client: any TestClientProtocol

        func post(_ path: String, _ body: String) async throws -> TestResponse {
            try await client.executeRequest(
                uri: path, method: .post, headers: [.contentType: "application/json"], body: ByteBuffer(string: body))
        }

        func get(_ path: String) async throws -> TestResponse {
            try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil)
        }
    }

    private func audit(_ engine: Engine) async throws -> [AuditLog.Entry] {
        try await engine.audit.entries().filter { $0.kind.hasPrefix("gate.") }
    }

    @Test("a verdict that is asked for with the glass broken stays what it is, and is audited")
    func atOnce() async throws {
        try await withServer { client, engine in
            let site = Site(client: client)
            let question = #"{"service":"shop","sha":"abc","breakGlass":\#(Self.glass)}"#
            let answer = try await site.post("/api/v1/gate", question)
            #expect(answer.json["verdict"]?.string == "inconclusive")
            #expect(answer.json["override"]?["by"]?.string == "ada")
            #expect(answer.json["override"]?["at"]?.double != nil)
            let id = try #require(answer.json["id"]?.string)
            #expect(try await site.get("/api/v1/gate/\(id)").json == answer.json)
            let entry = try #require(try await audit(engine).first)
            #expect(entry.kind == "gate.override")
            #expect(entry.detail["id"]?.string == id)
            #expect(entry.detail["verdict"]?.string == "inconclusive" && entry.detail["sha"]?.string == "abc")
            #expect(entry.detail["reason"]?.string == "the site is down, this repairs it")
            try await engine.audit.verify()
            #expect(engine.metrics.value(of: .overrides) == 1)
        }
    }

    @Test("a verdict that was given before can be overridden, once")
    func later() async throws {
        try await withServer { client, engine in
            let site = Site(client: client)
            let id = try #require(try await site.post("/api/v1/gate", #"{"service":"shop"}"#).json["id"]?.string)
            #expect(try await site.post("/api/v1/gate/none/override", Self.glass).status == .notFound)
            let answer = try await site.post("/api/v1/gate/\(id)/override", Self.glass)
            #expect(answer.status == .ok && answer.json["override"]?["by"]?.string == "ada", "\(answer.text)")
            #expect(try await site.get("/api/v1/gate/\(id)").json == answer.json)
            let again = try await site.post("/api/v1/gate/\(id)/override", Self.glass)
            #expect(again.status == .conflict && again.text.contains("ada has overridden this verdict already"))
            #expect(try await audit(engine).map(\.kind) == ["gate.override", "gate.override.refused"])
        }
    }

    @Test("an override answers a question of another system at once, whatever characters its id has")
    func question() async throws {
        try await withServer({ $0.gate.wait = .hours(1) }) { client, engine in
            let site = Site(client: client)
            _ = try await engine.ask(DeploymentQuestion(id: "gitlab/a:1", service: "shop"))
            try await eventually { try await engine.verdict(id: "gitlab/a:1") != nil }
            let path = "/api/v1/gate/gitlab%2Fa%3A1"
            #expect(try await site.get(path).status == .accepted)
            let answer = try await site.post("\(path)/override", Self.glass)
            #expect(answer.status == .ok && answer.json["notice"] == nil, "\(answer.text)")
            try await eventually { try await engine.question(id: "gitlab/a:1")?.settlement != nil }
            #expect(try await engine.question(id: "gitlab/a:1")?.settlement?.mayGoOn == true)
            let verdict = try await site.get(path)
            #expect(verdict.status == .ok && verdict.json["override"]?["by"]?.string == "ada")
        }
    }

    @Test("after a rejection that cannot be taken back, whoever breaks the glass is told so")
    func tooLate() async throws {
        let api = try FakeAPI { _ in LoopbackServer.ok("{}", status: "201 Created") }
        try await withServer({
            var gitLab = EngineConfiguration.Answers.GitLab()
            gitLab.api = api.url
            gitLab.token = Secret("s3cret")
            $0.answers.gitLab = gitLab
            $0.gate.wait = .zero
        }) { client, engine in
            let site = Site(client: client)
            _ = try await engine.ask(
                DeploymentQuestion(id: "q", service: "shop", reply: .gitLabDeployment(project: 1, deployment: 2)))
            try await eventually { engine.metrics.value(of: .repliesSent) > 0 }
            let answer = try await site.post("/api/v1/gate/q/override", Self.glass)
            #expect(answer.status == .ok && answer.json["override"]?["by"]?.string == "ada")
            #expect(answer.json["notice"]?.string?.contains("gitlab has been told no") == true, "\(answer.text)")
        }
    }

    @Test("pollers are told to go on once a verdict is overridden")
    func polls() async throws {
        try await withServer({ $0.gate.wait = .zero }) { client, _ in
            let site = Site(client: client)
            _ = try await site.post("/api/v1/gate/spinnaker", #"{"id":"e1","service":"shop"}"#)
            func status() async throws -> String? {
                try await site.get("/api/v1/gate/spinnaker/e1").json["status"]?.string
            }
            try await eventually { try await status() != "RUNNING" }
            #expect(try await status() == "TERMINAL")
            _ = try await site.post("/api/v1/gate/spinnaker-e1/override", Self.glass)
            #expect(try await status() == "SUCCEEDED")
        }
    }

    @Test("where the policy refuses, nobody gets through, and the attempts are audited")
    func refused() async throws {
        try await withServer({ $0.gate.policy.breakGlass = .refuse }) { client, engine in
            let site = Site(client: client)
            let answer = try await site.post("/api/v1/gate", #"{"service":"shop","breakGlass":\#(Self.glass)}"#)
            #expect(answer.status == .forbidden && answer.text.contains("gate.break_glass: refuse"), "\(answer.text)")
            let first = try #require(try await audit(engine).first)
            let id = try #require(first.detail["id"]?.string)
            let stored = try await site.get("/api/v1/gate/\(id)").json
            #expect(stored["verdict"]?.string == "inconclusive" && stored["override"] == .null)
            #expect(try await site.post("/api/v1/gate/\(id)/override", Self.glass).status == .forbidden)
            let entries = try await audit(engine)
            #expect(entries.map(\.kind) == ["gate.override.refused", "gate.override.refused"])
            #expect(entries.allSatisfy { $0.detail["refused"]?.string?.contains("lets nobody") == true })
            #expect(engine.metrics.value(of: .overridesRefused) == 2)
        }
    }

    @Test(
        "an override without a reason or a name is refused with what is missing",
        arguments: [
            (#"{"reason":"urgent","by":"ada"}"#, "too short"),
            (#"{"reason":"the site is down","by":""}"#, "by is empty"),
            (#"{"by":"ada"}"#, "reason is missing"), (#"{"reason":"the site is down"}"#, "by is missing"),
        ])
    func incomplete(glass: String, mistake: String) async throws {
        try await withServer { client, _ in
            let site = Site(client: client)
            let answer = try await site.post("/api/v1/gate", #"{"service":"shop","breakGlass":\#(glass)}"#)
            #expect(answer.status == .badRequest && answer.text.contains(mistake), "\(answer.text)")
            let id = try #require(try await site.post("/api/v1/gate", #"{"service":"shop"}"#).json["id"]?.string)
            let later = try await site.post("/api/v1/gate/\(id)/override", glass)
            #expect(later.status == .badRequest && later.text.contains(mistake), "\(later.text)")
        }
    }

    @Test("a verdict that was asked for as a dry run is stored as one")
    func dryRun() async throws {
        try await withServer { client, _ in
            let site = Site(client: client)
            let answer = try await site.post("/api/v1/gate", #"{"service":"shop","dryRun":true}"#)
            #expect(answer.json["dryRun"] == .bool(true))
            let id = try #require(answer.json["id"]?.string)
            #expect(try await site.get("/api/v1/gate/\(id)").json["dryRun"] == .bool(true))
        }
    }
}
