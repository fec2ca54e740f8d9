import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite struct GenericHookTests {
    @Test("a change says all that a change has")
    func change() throws {
        let body = """
            {"type":"change","id":"d1","kind":"config","service":"shop","environment":"live","version":"v2",\
            "previousVersion":"v1","author":"ann","title":"More\\nlines","startedAt":1772366400000,\
            "endedAt":"2026-03-01T12:05:00Z","outcome":"rolled_back","repository":"acme/shop",\
            "committedAt":1772366400,"commits":3}
            """
        #expect(
            try HookSamples.change(.generic, body)
                == Change(
                    id: "d1", kind: .config, service: "shop", environment: "live", version: "v2", previousVersion: "v1",
                    author: "ann", title: "More", startedAt: HookSamples.noon,
                    endedAt: HookSamples.noon + .minutes(5), outcome: .rolledBack, source: "generic",
                    repository: "acme/shop", committedAt: HookSamples.noon, commits: 3))
        let least = try HookSamples.change(.generic, #"{"type":"change","id":"d1","service":"shop","version":""}"#)
        #expect(least?.startedAt == HookSamples.receivedAt && least?.outcome == .pending && least?.kind == .deploy)
    }

    @Test("a gate asks under its own id, or under one that the same question has again")
    func gate() throws {
        let body = #"{"type":"gate","id":"run-42","service":"shop","sha":"abc","repository":"acme/shop"}"#
        let names = [ServiceName(match: "acme/shop", environment: "live")]
        #expect(
            try HookSamples.question(.generic, body, names: names)
                == DeploymentQuestion(
                    id: "generic:run-42", service: "shop", environment: "live", sha: "abc", repository: "acme/shop",
                    reply: .poll))
        let open = #"{"type":"gate","service":"shop"}"#
        let id = try #require(try HookSamples.question(.generic, open)?.id)
        #expect(try HookSamples.question(.generic, open)?.id == id)
        #expect(try HookSamples.question(.generic, open, [("webhook-id", "msg_1")])?.id == "generic:msg_1")
        #expect(id.utf8.allSatisfy { DeploymentQuestion.isPlain($0) } && id.utf8.count < 200)
    }

    @Test(
        "mistakes are named with their place and what would be right",
        arguments: [
            ("[]", "$: must be an object"),
            ("{}", "$.type: missing; it must be change or gate"),
            (#"{"type":"chnge"}"#, "$.type: must be one of change, gate; did you mean 'change'?"),
            (#"{"type":7}"#, "$.type: must be one of change, gate"),
            (#"{"type":"change","service":"s"}"#, "$.id: missing"),
            (#"{"type":"change","id":"d","servce":"s"}"#, "$.servce: unknown key; did you mean 'service'?"),
            (#"{"type":"gate","service":"s","outcome":"success"}"#, "$.outcome: unknown key"),
            (#"{"type":"gate"}"#, "$.service: missing"),
            (#"{"type":"gate","service":""}"#, "$.service: must be text of 1 to 512 bytes"),
            (#"{"type":"gate","service":"a\u001b[31m"}"#, "$.service: must be text of 1 to 512 bytes, without control"),
            (#"{"type":"gate","service":"s","id":"a/b"}"#, "$.id: must be at most 100 of a-z"),
            (#"{"type":"gate","service":"s","environment":{}}"#, "$.environment: must be text"),
            (#"{"type":"change","id":"d","service":"s","outcome":"sucess"}"#, "did you mean 'success'?"),
            (#"{"type":"change","id":"d","service":"s","startedAt":"now"}"#, "$.startedAt: must be a time such as"),
            (#"{"type":"change","id":"d","service":"s","commits":-1}"#, "$.commits: must be a whole number from 0"),
        ])
    func mistakes(body: String, message: String) {
        let error = #expect(throws: HookError.self) { try HookSamples.decode(.generic, body) }
        #expect(error?.status == 422 && error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
