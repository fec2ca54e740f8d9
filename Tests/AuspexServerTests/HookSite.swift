import AuspexEngine
import AuspexSignals
import AuspexTesting
import AuspexWire
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore

@testable import AuspexServer

/// Webhooks of every sender, with the right proof or another.
struct HookSite {
    static let standard = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// How a delivery proves its sender.
    enum Proof {
        case right, previous, wrong, none
    }

    /// The secrets of all senders, each with one before it.
    static func configure(_ configuration: inout EngineConfiguration) {
        for key in HookKey.allCases {
            configuration.hooks.secrets[key] = Secret(key.isStandard ? standard : "new")
            configuration.hooks.previousSecrets[key] = Secret(
                key.isStandard ? Data(repeating: 7, count: 32).base64EncodedString() : "old")
        }
    }

    /// A delivery that is a change, or nil for none: what, by whom, and in which way it is proved.
    let key: HookKey
    let body: String
    var headers: [(String, String)] = []
    var contentType = "application/json"

    static let all: [HookSite] = [
        HookSite(
            key: .githubSecret,
            body: """
                {"action":"created","deployment":{"id":7,"sha":"abc","ref":"main","environment":"production",\
                "created_at":"2023-03-01T12:00:00Z"},"repository":{"full_name":"acme/shop","name":"shop"}}
                """,
            headers: [("X-GitHub-Event", "deployment"), ("X-GitHub-Delivery", "d-1")]),
        HookSite(key: .gitlabSigningToken, body: gitLab(1)), HookSite(key: .gitlabCheckSecret, body: gitLab(2)),
        HookSite(key: .gitlabToken, body: gitLab(3), headers: [("Idempotency-Key", "k")]),
        HookSite(
            key: .circleciSecret,
            body: """
                {"id":"x","type":"workflow-completed","project":{"name":"shop","slug":"gh/acme/shop"},\
                "workflow":{"id":"w1","name":"ship","status":"success","stopped_at":"2023-03-01T12:00:00Z"}}
                """),
        HookSite(
            key: .jenkinsToken, body: #"{"name":"shop","build":{"number":1,"phase":"STARTED","url":"job/shop/1"}}"#),
        HookSite(key: .argocdToken, body: #"{"app":"shop","phase":"Succeeded","revision":"abc"}"#),
        HookSite(
            key: .flaggerToken,
            body: #"{"name":"shop","namespace":"live","phase":"Failed","checksum":"1","metadata":{"eventMessage":"m"}}"#
        ),
        HookSite(
            key: .spinnakerToken,
            body: """
                {"details":{"type":"orca:stage:starting","application":"shop"},"content":{"stageDetails":{"type":"deploy"},\
                "execution":{"id":"01E"}}}
                """),
        HookSite(key: .cdeventsSecret, body: cdEvent("e1")), HookSite(key: .cdeventsToken, body: cdEvent("e2")),
        HookSite(key: .genericSecret, body: #"{"type":"change","id":"g1","service":"shop"}"#),
        HookSite(key: .genericToken, body: #"{"type":"change","id":"g2","service":"shop"}"#),
    ]

    private static func gitLab(_ id: Int) -> String {
        """
        {"object_kind":"deployment","status":"running","status_changed_at":"2023-03-01 13:00:00 +0100",\
        "deployment_id":\(id),"project":{"id":30,"path_with_namespace":"acme/shop"},"short_sha":"279484c0"}
        """
    }

    private static func cdEvent(_ id: String) -> String {
        """
        {"context":{"id":"\(id)","source":"/ci","type":"dev.cdevents.service.deployed.0.3.0",\
        "timestamp":"2023-03-01T12:00:00Z"},"subject":{"id":"shop","content":{}}}
        """
    }

    /// Sends the delivery.
    func post(
        _ client: any TestClientProtocol, _ proof: Proof, body other: String? = nil, at now: Timestamp
    ) async throws -> TestResponse {
        let body = other ?? body
        var fields: HTTPFields = [.contentType: contentType]
        for (name, value) in try headers + self.proof(proof, Data(body.utf8), now) {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return try await client.executeRequest(
            uri: "/hooks/\(key.sender.rawValue)", method: .post, headers: fields, body: ByteBuffer(string: body))
    }

    private func proof(_ proof: Proof, _ body: Data, _ now: Timestamp) throws -> [(String, String)] {
        var configuration = EngineConfiguration()
        Self.configure(&configuration)
        let secret =
            switch proof {
            case .right: configuration.hooks.secrets[key]?.value
            case .previous: configuration.hooks.previousSecrets[key]?.value
            case .wrong: key.isStandard ? Data(repeating: 9, count: 32).base64EncodedString() : "wrong"
            case .none: String?.none
            }
        guard let secret else { return [] }
        let secrets = try WebhookSecrets(key, current: secret)
        switch key {
        case .githubSecret: return [("X-Hub-Signature-256", HexSignature.github.value(for: body, secrets: secrets))]
        case .circleciSecret: return [("circleci-signature", HexSignature.circleCI.value(for: body, secrets: secrets))]
        case .gitlabCheckSecret:
            return [("X-Gitlab-Signature", HexSignature.gitLabCheck.value(for: body, secrets: secrets))]
        case .gitlabToken: return [("X-Gitlab-Token", secret)]
        case .gitlabSigningToken, .cdeventsSecret, .genericSecret:
            let seconds = now.milliseconds / 1_000
            let id = "msg_\(key.rawValue)"
            return [
                ("webhook-id", id), ("webhook-timestamp", String(seconds)),
                (
                    "webhook-signature",
                    StandardSignature.value(id: id, timestamp: seconds, body: body, secrets: secrets)
                ),
            ]
        default: return [("Authorization", "Bearer \(secret)")]
        }
    }
}
