import AuspexChanges
import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import AuspexServer

@Suite(.timeLimit(.minutes(1))) struct SurfaceTests {
    private static let json: HTTPFields = [.contentType: "application/json"]

    private func post(
        _ client: any TestClientProtocol, _ uri: String, _ body: String, headers: HTTPFields = Self.json
    ) async throws -> TestResponse {
        try await client.executeRequest(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body))
    }

    private func get(_ client: any TestClientProtocol, _ uri: String, headers: HTTPFields = [:]) async throws
        -> TestResponse
    {
        try await client.executeRequest(uri: uri, method: .get, headers: headers, body: nil)
    }

    /// More turns than any test needs.
    private static let mostTurns = 20_000

    /// Polls until the answer satisfies `isFinal`.
    private func poll(
        _ client: any TestClientProtocol, _ uri: String, until isFinal: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        var answer = JSONValue.null
        for _ in 0..<Self.mostTurns {
            try Task.checkCancellation()
            answer = try await get(client, uri).json
            if isFinal(answer) { return answer }
            await Task.yield()
        }
        Issue.record("\(uri) still says \(answer)")
        return answer
    }

    @Test("Argo gets 200 and flat members, and polling makes no verdict a poll")
    func argo() async throws {
        // However slow the machine is, all of it takes no time.
        let clock = MovedClock()
        try await withServer(clock: clock) { client, engine in
            let uri = "/api/v1/gate?service=shop&environment=production&sha=abc&version=v2"
            let first = try await get(client, uri)
            #expect(first.status == .ok)
            #expect(first.json["verdict"]?.string == "inconclusive" && first.json["decided"]?.string == "inconclusive")
            #expect(first.json["service"]?.string == "shop" && first.json["reason"]?.string?.isEmpty == false)
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<50 { group.addTask { try await self.get(client, uri).json["id"]?.string } }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(ids == [first.json["id"]?.string])
            #expect(engine.metrics.value(of: .verdicts) == 1)
            clock.advance(VerdictCache.life)
            #expect(try await get(client, uri).json["id"]?.string != first.json["id"]?.string)
            _ = try await get(client, "/api/v1/gate?service=till")
            #expect(engine.metrics.value(of: .verdicts) == 3)
            let nameless = try await get(client, "/api/v1/gate")
            #expect(nameless.status == .badRequest && nameless.json["detail"]?.string?.contains("service") == true)
        }
    }

    @Test("in a dry run pollers are told to go on, with the truth beside it")
    func dryRun() async throws {
        try await withServer({ $0.gate.policy.dryRun = true }) { client, _ in
            let answer = try await get(client, "/api/v1/gate?service=shop").json
            #expect(answer["verdict"]?.string == "pass" && answer["decided"]?.string == "inconclusive")
            let stage = try await post(client, "/api/v1/gate/spinnaker", #"{"id":"e1","service":"shop"}"#)
            #expect(stage.status == .ok)
            let status = try await poll(client, "/api/v1/gate/spinnaker/e1") { $0["status"]?.string != "RUNNING" }
            #expect(status["status"]?.string == "SUCCEEDED" && status["verdict"]?["decided"]?.string == "inconclusive")
        }
    }

    @Test(
        "Flagger's gates need the token, as bearer or in the metadata, and answer with a status and one line",
        arguments: ["gate", "rollback"])
    func flaggerToken(hook: String) async throws {
        let uri = "/hooks/flagger/\(hook)"
        try await withServer { client, _ in
            let unset = try await post(client, uri, #"{"name":"shop","namespace":"test","phase":"Progressing"}"#)
            #expect(unset.status == .forbidden)
        }
        try await withServer({ $0.hooks.secrets[.flaggerToken] = Secret("t0ken") }) { client, engine in
            for body in [
                #"{"name":"shop","namespace":"test","phase":"Progressing"}"#,
                #"{"name":"shop","namespace":"test","phase":"Progressing","metadata":{"token":"wrong"}}"#,
                #"{"name":"shop","namespace":"test","phase":"Progressing","metadata":{"token":""}}"#,
            ] {
                #expect(try await post(client, uri, body).status == .unauthorized)
            }
            #expect(engine.metrics.value(of: .webhooksRefused) == 3)
            let inBody = try await post(
                client, uri, #"{"name":"shop","namespace":"test","phase":"Progressing","metadata":{"token":"t0ken"}}"#)
            #expect(inBody.status == .preconditionFailed)
            #expect(inBody.text.hasPrefix("inconclusive: shop in test: "))
            #expect(inBody.text.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
            let bearer = try await post(
                client, uri, #"{"name":"shop","namespace":"test","phase":"Progressing"}"#,
                headers: [.authorization: "Bearer t0ken"])
            #expect(bearer.status == .preconditionFailed)
            #expect(try await post(client, uri, "[", headers: [.authorization: "Bearer t0ken"]).status == .badRequest)
            let nameless = try await post(client, uri, #"{"name":""}"#, headers: [.authorization: "Bearer t0ken"])
            #expect(nameless.status == .unprocessableContent)
        }
    }

    @Test("Flagger goes on and rolls nothing back where the policy passes what is not known")
    func flaggerGo() async throws {
        try await withServer({
            $0.hooks.secrets[.flaggerToken] = Secret("t0ken")
            $0.gate.policy.inconclusive = .pass
        }) { client, _ in
            let body = """
                {"name":"shop","namespace":"test","phase":"Progressing","metadata":{"token":"t0ken","service":"till",\
                "environment":"production"}}
                """
            let gate = try await post(client, "/hooks/flagger/gate", body)
            #expect(gate.status == .ok && gate.text.contains("till in production"))
            #expect(try await post(client, "/hooks/flagger/rollback", body).status == .preconditionFailed)
        }
    }

    @Test("a webhook stage of Spinnaker asks once and polls until the status is final")
    func spinnaker() async throws {
        try await withServer({
            $0.answers.publicURL = "https://auspex.example"
            $0.gate.wait = .zero
        }) { client, engine in
            let body = #"{"id":"01ABC","service":"shop","environment":"production","version":"v2"}"#
            for _ in 0..<2 {
                let answer = try await post(client, "/api/v1/gate/spinnaker", body)
                #expect(answer.status == .ok && answer.json["status"]?.string == "RUNNING")
                #expect(
                    answer.json["statusUrl"]?.string == "https://auspex.example/api/v1/gate/spinnaker/01ABC")
            }
            let last = try await poll(client, "/api/v1/gate/spinnaker/01ABC") { $0["status"]?.string != "RUNNING" }
            #expect(last["status"]?.string == "TERMINAL" && last["reason"]?.string?.hasPrefix("inconclusive") == true)
            #expect(engine.metrics.value(of: .questions) == 1)
            let other = try await post(
                client, "/api/v1/gate/spinnaker", body.replacing("production", with: "staging"))
            #expect(other.status == .conflict && other.json["detail"]?.string?.contains("production") == true)
            #expect(try await get(client, "/api/v1/gate/spinnaker/nobody").status == .notFound)
            #expect(try await post(client, "/api/v1/gate/spinnaker", #"{"service":""}"#).status == .badRequest)
            let odd = try await post(client, "/api/v1/gate/spinnaker", #"{"id":"../x","service":"s"}"#)
            #expect(odd.status == .badRequest)
        }
    }

    @Test(
        "a client of Datadog's gates finds the members that it knows",
        .enabled(if: PublicData.here.isExpected("webhooks/datadog"), "\(PublicData.hint)"))
    func datadog() async throws {
        let folder = try PublicData.here.url("webhooks/datadog")
        let ask = try String(contentsOf: folder.appending(path: "gate_evaluation_request.json"), encoding: .utf8)
        let example = try JSONValue(
            parsing: Data(contentsOf: folder.appending(path: "gate_evaluation_response.json")))
        let uri = "/api/v2/deployments/gates/evaluation"
        try await withServer({ $0.gate.wait = .zero }) { client, _ in
            let taken = try await post(client, uri, ask)
            #expect(taken.status == .accepted)
            #expect(taken.json["data"]?["attributes"]?["gate_status"]?.string == "in_progress")
            let id = try #require(taken.json["data"]?["attributes"]?["evaluation_id"]?.string)
            let last = try await poll(client, "\(uri)/\(id)") {
                $0["data"]?["attributes"]?["gate_status"]?.string != "in_progress"
            }
            let attributes = last["data"]?["attributes"]
            #expect(attributes?["gate_status"]?.string == "fail")
            func members(_ value: JSONValue?) -> Set<String> { Set(value?.object.map { Array($0.keys) } ?? []) }
            let expected = example["data"]?["attributes"]
            #expect(members(last["data"]) == members(example["data"]))
            #expect(members(attributes) == members(expected) && last["data"]?["type"] == example["data"]?["type"])
            #expect(members(attributes?["rules"]?.array?.first) == members(expected?["rules"]?.array?.first))
            #expect(attributes?["rules"]?.array?.first?["status"]?.string == "fail")
            #expect(try await get(client, "\(uri)/e9d2f04f").status == .notFound)
        }
    }

    @Test("a client of Datadog's gates shows the API's token under its own name")
    func datadogKey() async throws {
        let key = try #require(HTTPField.Name("DD-API-KEY"))
        try await withServer({ $0.api.token = Secret("t0ken") }) { client, _ in
            let uri = "/api/v2/deployments/gates/evaluation/x"
            for (uri, headers, status) in [
                (uri, HTTPFields(), HTTPResponse.Status.unauthorized), (uri, [key: "wrong"], .unauthorized),
                (uri, [key: "t0ken"], .notFound), ("/api/v1/questions", [key: "t0ken"], .unauthorized),
            ] as [(String, HTTPFields, HTTPResponse.Status)] {
                let answer = try await get(client, uri, headers: headers)
                #expect(answer.status == status)
            }
        }
    }

    @Test("a verdict that is not the last word is no news, and a refused reply is listed")
    func news() async throws {
        let api = try FakeAPI { _ in LoopbackServer.ok("", status: "422 Unprocessable Entity") }
        try await withServer({ $0.answers.cdEvents = api.url }) { client, engine in
            _ = try await post(client, "/api/v1/gate", #"{"service":"shop"}"#)
            _ = try await post(client, "/api/v1/gate", #"{"service":"till","dryRun":true}"#)
            let list = try await poll(client, "/api/v1/questions") {
                $0["replies"]?.array?.contains { $0["state"]?.string == "given_up" } ?? false
            }
            #expect(list["replies"]?.array?.count == 1 && api.calls.count == 1)
            #expect(api.calls.first?.json["data"]?["customData"]?["service"]?.string == "till")
        }
    }

    @Test("the policy of a service and environment is that of an evaluation")
    func datadogPolicy() async throws {
        try await withServer({
            var policy = GatePolicy()
            policy.dryRun = true
            $0.gate.policies = [ScopedPolicy(services: [], environments: ["staging"], policy: policy)]
        }) { client, _ in
            for (environment, isDry) in [("staging", true), ("production", false)] {
                let taken = try await post(
                    client, "/api/v2/deployments/gates/evaluation",
                    #"{"data":{"attributes":{"service":"shop","env":"\#(environment)"}}}"#)
                #expect(taken.json["data"]?["attributes"]?["dry_run"]?.bool == isDry)
            }
        }
    }

    @Test("open questions and replies that have not arrived are listed, and a question can be asked again")
    func questions() async throws {
        let api = try FakeAPI { _ in
            LoopbackServer.ok("", status: "503 Service Unavailable")
        }
        try await withServer({
            var gitLab = EngineConfiguration.Answers.GitLab()
            gitLab.api = api.url
            gitLab.token = Secret("s3cret")
            $0.answers.gitLab = gitLab
            $0.gate.wait = .hours(1)
        }) { client, engine in
            let question = DeploymentQuestion(
                id: "gitlab/1", service: "shop",
                reply: .gitLabStatusCheck(project: 1, mergeRequest: 2, sha: "abc", check: 3))
            #expect(try await engine.ask(question))
            let list = try await poll(client, "/api/v1/questions") {
                $0["questions"]?.array?.first?["attempts"]?.int ?? 0 > 0
                    && $0["replies"]?.array?.contains { $0["attempts"]?.int ?? 0 > 0 } ?? false
            }
            #expect(list["questions"]?.array?.first?["question"]?["id"]?.string == "gitlab/1")
            let failed = list["replies"]?.array?.first { $0["lastError"] != nil }
            #expect(failed?["lastError"]?.string?.hasPrefix("status 503") == true)
            #expect(failed?["system"]?.string == "gitlab" && failed?["question"]?.string == "gitlab/1")
            #expect(try await post(client, "/api/v1/questions/gitlab%2F1/retry", "").status == .noContent)
            #expect(try await post(client, "/api/v1/questions/nobody/retry", "").status == .notFound)
            #expect(try await post(client, "/api/v1/questions/%zz/retry", "").status == .badRequest)
            let metrics = try await get(client, "/metrics").text
            #expect(metrics.contains("auspex_questions_open 1"))
        }
    }
}
