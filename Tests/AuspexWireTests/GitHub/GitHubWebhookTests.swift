import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite struct GitHubWebhookTests {
    static let secrets = try? WebhookSecrets(current: "s3cret")

    private func receive(
        _ body: String, events: [String] = ["ping"], deliveries: [String] = ["72d3162e-cc78-11e3-81ab-4c9367dc0958"],
        contentType: String? = "application/json", signed: String? = nil,
        limits: GitHubWebhook.Limits = GitHubWebhook.Limits()
    ) throws -> GitHubDelivery {
        let secrets = try #require(Self.secrets)
        let signature = GitHubSignature.header(for: Data((signed ?? body).utf8), secrets: secrets)
        let headers = GitHubWebhook.Headers(
            signatures: [signature], events: events, deliveries: deliveries, contentType: contentType)
        return try GitHubWebhook(secrets: secrets, limits: limits)
            .receive(headers: headers, body: Data(body.utf8), receivedAt: GitHubFixtures.receivedAt)
    }

    @Test("a signed delivery is read, its id handed on")
    func signed() throws {
        let delivery = try receive(GitHubFixtures.deployment(), events: ["deployment"])
        #expect(delivery.id == "72d3162e-cc78-11e3-81ab-4c9367dc0958")
        #expect(delivery.event == "deployment" && delivery.repository == "acme/shop")
    }

    @Test("a body that was changed after signing is refused, even if it means the same")
    func reserialised() {
        #expect(throws: GitHubError.wrongSignature) { try receive("{ }", signed: "{}") }
    }

    @Test("the signature is checked before anything is parsed")
    func signatureFirst() {
        #expect(throws: GitHubError.wrongSignature) {
            try receive("not json", events: [], deliveries: [], contentType: nil, signed: "other")
        }
    }

    @Test("headers that GitHub always sends once must be there once")
    func headers() {
        #expect(throws: GitHubError.missingHeader("X-GitHub-Event")) { try receive("{}", events: []) }
        #expect(throws: GitHubError.missingHeader("X-GitHub-Event")) { try receive("{}", events: [""]) }
        #expect(throws: GitHubError.duplicateHeader("X-GitHub-Event")) { try receive("{}", events: ["ping", "push"]) }
        #expect(throws: GitHubError.malformedHeader("X-GitHub-Event")) { try receive("{}", events: ["pi ng"]) }
        #expect(throws: GitHubError.missingHeader("X-GitHub-Delivery")) { try receive("{}", deliveries: []) }
        #expect(throws: GitHubError.malformedHeader("X-GitHub-Delivery")) {
            try receive("{}", deliveries: [String(repeating: "a", count: 101)])
        }
    }

    @Test("form encoding is refused with the setting to change")
    func formEncoding() {
        let error = #expect(throws: GitHubError.self) {
            try receive("payload=%7B%7D", contentType: "application/x-www-form-urlencoded")
        }
        #expect(error?.status == 415 && error?.description.contains("application/json") == true)
        #expect(throws: Never.self) { try receive("{}", contentType: "application/json; charset=utf-8") }
    }

    @Test("bodies that are too long or nested too deeply are refused")
    func limits() {
        #expect(throws: GitHubError.bodyTooLarge(bytes: 12, limit: 10)) {
            try receive("{\"a\":\"12345\"}".replacing("5", with: ""), limits: GitHubWebhook.Limits(bytes: 10))
        }
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: GitHubError.nestedTooDeeply(limit: 64)) { try receive(deep) }
    }

    @Test("brackets inside of strings are no levels")
    func bracketsInStrings() {
        let text =
            "{\"a\":\"" + String(repeating: "[", count: 100) + "\\\"" + String(repeating: "{", count: 100) + "\"}"
        #expect(JSONNesting.isWithin(1, Data(text.utf8)))
        #expect(!JSONNesting.isWithin(0, Data(text.utf8)))
        #expect(JSONNesting.isWithin(2, Data("[[],[],[]]".utf8)))
        #expect(!JSONNesting.isWithin(2, Data("[[],[[]]]".utf8)))
    }

    static let malformed: [(event: String, body: String, path: String)] = [
        ("ping", "not json", ""),
        ("ping", "[1]", ""),
        ("deployment", "{}", "deployment"),
        ("deployment", GitHubFixtures.deployment().replacing("\"id\":7", with: "\"id\":\"7\""), "deployment.id"),
        ("deployment", GitHubFixtures.deployment().replacing("abc123", with: ""), "deployment.sha"),
        (
            "deployment", GitHubFixtures.deployment().replacing("2026-03-01T12:00:00Z", with: "yesterday"),
            "deployment.created_at"
        ),
        ("deployment", GitHubFixtures.deployment().replacing("acme/shop", with: ""), "repository.full_name"),
        ("deployment_status", GitHubFixtures.deployment(), "deployment_status"),
        ("push", GitHubFixtures.push().replacing("\"after\"", with: "\"later\""), "after"),
        (
            "pull_request", GitHubFixtures.pullRequest().replacing("\"sha\":\"hhh\"", with: "\"x\":1"),
            "pull_request.head.sha"
        ),
    ]

    @Test("a malformed payload is refused with the place of the mistake", arguments: malformed.indices)
    func malformedPayload(index: Int) {
        let (event, body, path) = Self.malformed[index]
        let error = #expect(throws: GitHubError.self) { try GitHubFixtures.decode(event, body) }
        guard case .malformedPayload(event, path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.status == 400)
    }

    @Test("random damage is an error or a result, never a crash", arguments: 0..<10)
    func damage(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let events = [
            ("deployment", GitHubFixtures.deployment()), ("deployment_status", GitHubFixtures.status("success")),
            ("push", GitHubFixtures.push()), ("pull_request", GitHubFixtures.pullRequest()),
        ]
        for (event, text) in events {
            for _ in 0..<100 {
                var bytes = Array(text.utf8)
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                let delivery = try? GitHubWebhook.decode(
                    event: event, delivery: "d", body: Data(bytes), receivedAt: GitHubFixtures.receivedAt)
                if let delivery { #expect(delivery.event == event) }
            }
        }
    }
}
