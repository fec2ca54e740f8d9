import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite struct HookSignatureTests {
    /// The example of GitHub's documentation.
    static let secret = "It's a Secret to Everybody"
    static let body = Data("Hello, World!".utf8)
    static let digits = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    static let now = Timestamp(milliseconds: 1_614_265_330_000)
    static let standardKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func receive(
        _ key: HookKey, _ secret: String, previous: String? = nil, _ headers: [(String, String)],
        body: Data = Self.body,
        now: Timestamp = Self.now
    ) throws {
        let secrets = try WebhookSecrets(key, current: secret, previous: previous)
        do throws(HookError) {
            _ = try HookReceiver(secrets: [key: secrets]).receive(
                key.sender, headers: HookHeaders(headers), body: body, receivedAt: now)
        } catch {
            // The bodies here are no events: whatever comes after the proof is a success.
            if [401, 403].contains(error.status) || error.description.contains("more than once") { throw error }
            if case .malformedHeader("webhook-timestamp") = error { throw error }
        }
    }

    private func gitHub(_ headers: [String], body: Data = Self.body, secret: String = Self.secret) throws {
        try receive(.githubSecret, secret, headers.map { ("X-Hub-Signature-256", $0) }, body: body)
    }

    @Test("GitHub's published signature is accepted, also with digits in upper case")
    func published() throws {
        try gitHub(["sha256=" + Self.digits])
        try gitHub(["sha256=" + Self.digits.uppercased()])
        #expect(
            try HexSignature.github.value(for: Self.body, secrets: WebhookSecrets(current: Self.secret))
                == "sha256=" + Self.digits)
    }

    static let header = "X-Hub-Signature-256"
    static let prefix = HookError.malformedProof(header: header, reason: "does not begin with 'sha256='")
    static func length(_ count: Int) -> HookError {
        .malformedProof(header: header, reason: "has \(count) digits after 'sha256=', expected 64")
    }
    static let bad: [(headers: [String], error: HookError)] = [
        ([], .missingProof(expected: [header])),
        (["sha256=" + digits, "sha256=" + digits], .duplicateHeader(header)),
        (["sha1=" + digits], prefix), (["SHA256=" + digits], prefix), ([digits], prefix),
        ([""], .missingProof(expected: [header])),
        (["sha256="], length(0)), (["sha256=" + digits.dropLast()], length(63)),
        (["sha256=" + digits + "0"], length(65)),
        (["sha256=" + digits + ", sha256=" + digits], length(137)),
        (["sha256=g" + digits.dropFirst()], .malformedProof(header: header, reason: "is not hexadecimal")),
        (["sha256=8" + digits.dropFirst()], .wrongProof(header)),
        (["sha256=" + digits.dropLast() + "6"], .wrongProof(header)),
    ]

    @Test("anything else is refused with its reason", arguments: bad.indices)
    func refused(index: Int) {
        let (headers, expected) = Self.bad[index]
        let error = #expect(throws: HookError.self) { try gitHub(headers) }
        #expect(error == expected)
        #expect(error?.status == (headers.count > 1 ? 400 : 401))
    }

    @Test("a signature holds for one body and one secret")
    func binding() {
        for body in [Data("Hello, World! ".utf8), Data()] {
            #expect(throws: HookError.wrongProof(Self.header)) { try gitHub(["sha256=" + Self.digits], body: body) }
        }
        #expect(throws: HookError.wrongProof(Self.header)) { try gitHub(["sha256=" + Self.digits], secret: "another") }
    }

    @Test("CircleCI's list may hold versions that nobody here knows, and one right signature is enough")
    func circleCI() throws {
        let right = try HexSignature.circleCI.value(for: Self.body, secrets: WebhookSecrets(current: "s"))
        let wrong = "v1=" + String(repeating: "0", count: 64)
        for value in [right, "v2=abc, \(right)", "\(wrong),\(right)", "\(right),v3=x"] {
            try receive(.circleciSecret, "s", [("circleci-signature", value)])
        }
        for value in [wrong, "v2=abc", "\(right.dropFirst(3))", ""] {
            let error = #expect(throws: HookError.self) {
                try receive(.circleciSecret, "s", [("circleci-signature", value)])
            }
            #expect(error?.status == 401)
        }
    }

    private func standard(_ signature: String, id: String = "msg_1", timestamp: String = "1614265330") -> [(
        String, String
    )] {
        [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)]
    }

    @Test("Standard Webhooks bind id and time, which must lie within 300 s either way")
    func standardWebhooks() throws {
        let key = HookKey.genericSecret
        let secrets = try WebhookSecrets(key, current: Self.standardKey)
        let right = StandardSignature.value(id: "msg_1", timestamp: 1_614_265_330, body: Self.body, secrets: secrets)
        try receive(key, Self.standardKey, standard(right))
        try receive(key, Self.standardKey, standard("v1,AAAA v1a,BBBB \(right)"))
        for seconds in [-300, 300] {
            try receive(key, Self.standardKey, standard(right), now: Self.now + .seconds(Int64(seconds)))
        }
        for seconds in [-301, 301, 86_400, -9_000_000_000_000] {
            let error = #expect(throws: HookError.self) {
                try receive(key, Self.standardKey, standard(right), now: Self.now + .seconds(Int64(seconds)))
            }
            guard case .staleTimestamp(let age, 300) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(age == Int64(seconds) && error?.status == 401)
        }
        for headers in [standard(right, id: "msg_2"), standard(right, timestamp: "1614265331")] {
            #expect(throws: HookError.wrongProof("webhook-signature")) { try receive(key, Self.standardKey, headers) }
        }
        for timestamp in ["-1614265330", "1e9", "9223372036854775807", "99999999999999999999", "１"] {
            #expect(throws: HookError.malformedHeader("webhook-timestamp")) {
                try receive(key, Self.standardKey, standard(right, timestamp: timestamp))
            }
        }
    }

    @Test("signatures with a public key are refused in so many words")
    func publicKey() {
        let error = #expect(throws: HookError.self) {
            try receive(.cdeventsSecret, Self.standardKey, standard("v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw=="))
        }
        #expect(error?.description.contains("public key (v1a), which are not supported") == true)
        #expect(error?.status == 401)
    }

    @Test("GitLab proves itself by signature, by the signature of status checks, or by token")
    func gitLab() throws {
        let check = try HexSignature.gitLabCheck.value(for: Self.body, secrets: WebhookSecrets(current: "s"))
        try receive(.gitlabCheckSecret, "s", [("X-Gitlab-Signature", check)])
        try receive(.gitlabToken, "t0ken", [("X-Gitlab-Token", "t0ken")])
        try receive(.gitlabToken, "new", previous: "t0ken", [("x-gitlab-token", "t0ken")])
        for headers in [[("X-Gitlab-Token", "t0ke")], [("X-Gitlab-Token", "")], [("X-Gitlab-Signature", check)]] {
            let error = #expect(throws: HookError.self) { try receive(.gitlabToken, "t0ken", headers) }
            #expect(error?.status == 401)
        }
    }

    @Test("where both are configured, a wrong signature is not made good by a right token")
    func strongest() throws {
        let receiver = HookReceiver(secrets: [
            .gitlabToken: try WebhookSecrets(current: "t"), .gitlabCheckSecret: try WebhookSecrets(current: "s"),
        ])
        let headers = HookHeaders([
            ("X-Gitlab-Token", "t"), ("X-Gitlab-Signature", String(repeating: "0", count: 64)),
        ])
        #expect(throws: HookError.wrongProof("X-Gitlab-Signature")) {
            try receiver.receive(.gitlab, headers: headers, body: Self.body, receivedAt: Self.now)
        }
    }

    @Test(
        "tokens come as a bearer's or as a password", arguments: [HookKey.jenkinsToken, .argocdToken, .spinnakerToken])
    func tokens(key: HookKey) throws {
        let basic = Data("any:t0:ken".utf8).base64EncodedString()
        for value in ["Bearer t0:ken", "bearer t0:ken", "Basic \(basic)"] {
            try receive(key, "t0:ken", [("Authorization", value)])
            try receive(key, "new", previous: "t0:ken", [("Authorization", value)])
        }
        let wrong = Data("any:other".utf8).base64EncodedString()
        for value in ["Bearer", "Bearer other", "Basic \(wrong)", "Basic ???", "Digest x", "t0:ken", ""] {
            let error = #expect(throws: HookError.self) { try receive(key, "t0:ken", [("Authorization", value)]) }
            #expect(error?.status == 401)
            #expect(error?.description.contains("t0:ken") == false)
        }
    }

    @Test("Flagger may carry its token in the metadata, where it may be as wrong")
    func flagger() throws {
        let body = Data(HookSamples.flagger("Failed").utf8)
        try receive(.flaggerToken, "t0ken", [], body: body)
        try receive(.flaggerToken, "t0ken", [("Authorization", "Bearer t0ken")], body: Data("{}".utf8))
        #expect(throws: HookError.wrongProof("metadata.token")) { try receive(.flaggerToken, "other", [], body: body) }
        #expect(throws: HookError.wrongProof("Authorization")) {
            try receive(.flaggerToken, "t0ken", [("Authorization", "Bearer x")], body: body)
        }
        for body in ["{}", "", "[", #"{"metadata":{"token":7}}"#, #"{"metadata":{"token":""}}"#] {
            let error = #expect(throws: HookError.self) { try receive(.flaggerToken, "t", [], body: Data(body.utf8)) }
            #expect(error?.status == 401)
        }
    }

    @Test("while a secret is replaced, both count; afterwards the old one does not")
    func rotation() throws {
        let old = HexSignature.github.value(for: Self.body, secrets: try WebhookSecrets(current: "old"))
        let new = HexSignature.github.value(for: Self.body, secrets: try WebhookSecrets(current: "new"))
        for value in [old, new] { try receive(.githubSecret, "new", previous: "old", [(Self.header, value)]) }
        #expect(throws: HookError.wrongProof(Self.header)) { try receive(.githubSecret, "new", [(Self.header, old)]) }
    }

    @Test("secrets that cannot be any are refused at the start")
    func emptySecret() {
        #expect(throws: WebhookSecrets.EmptySecret.self) { try WebhookSecrets(current: "") }
        #expect(throws: WebhookSecrets.EmptySecret.self) { try WebhookSecrets(current: "x", previous: "") }
        for key in HookKey.allCases { #expect(key.bytes(of: "") == nil) }
        for text in ["whsec_", "whsec_!", "whsec_AAAA", String(repeating: "A", count: 100)] {
            #expect(HookKey.genericSecret.bytes(of: text) == nil)
        }
        #expect(HookKey.genericSecret.bytes(of: Self.standardKey)?.count == 24)
    }

    @Test("a sender without a secret is refused with the settings that it needs", arguments: HookSender.allCases)
    func closed(sender: HookSender) {
        let error = #expect(throws: HookError.self) {
            try HookReceiver(secrets: [:]).receive(
                sender, headers: HookHeaders(HookSamples.json), body: Data(), receivedAt: Self.now)
        }
        #expect(error?.status == 403 && error?.description.contains("hooks.\(sender.rawValue)_") == true)
    }

    @Test("secrets are never shown")
    func hidden() throws {
        let secrets = try WebhookSecrets(current: "hunter2-current", previous: "hunter2-previous")
        var dumped = ""
        dump(secrets, to: &dumped)
        let receiver = HookReceiver(secrets: [.githubSecret: secrets])
        for text in ["\(secrets)", String(reflecting: secrets), dumped, "\(receiver)", String(reflecting: receiver)] {
            #expect(!text.contains("hunter2"))
        }
    }

    @Test(
        "the recorded vectors match",
        .enabled(if: PublicData.here.isExpected("webhooks"), "\(PublicData.hint)"))
    func vectors() throws {
        let file = try PublicData.here.url("webhooks").appending(path: "signature_vectors.json")
        let vectors = try JSONValue(parsing: Data(contentsOf: file))
        func text(_ vector: JSONValue, _ name: String) throws -> String { try #require(vector[name]?.string) }
        let gitHub = try #require(vectors["github"])
        try self.gitHub(
            [try text(gitHub, "expect")], body: Data(try text(gitHub, "body").utf8), secret: try text(gitHub, "secret"))
        for vector in try #require(vectors["circleci"]?.array) {
            try receive(
                .circleciSecret, try text(vector, "secret"), [("circleci-signature", try text(vector, "expect"))],
                body: Data(try text(vector, "body").utf8))
        }
        let vector = try #require(vectors["standard_webhooks"])
        let secret = try #require(try text(vector, "secret").split(separator: " ").first)
        for key in [HookKey.genericSecret, .cdeventsSecret, .gitlabSigningToken] {
            try receive(
                key, String(secret),
                standard(
                    try text(vector, "expect"), id: try text(vector, "id"),
                    timestamp: String(try #require(vector["timestamp"]?.int))),
                body: Data(try text(vector, "body").utf8))
        }
    }
}
