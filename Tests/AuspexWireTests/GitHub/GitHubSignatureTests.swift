import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite struct GitHubSignatureTests {
    /// The example of GitHub's documentation.
    static let secret = "It's a Secret to Everybody"
    static let body = Data("Hello, World!".utf8)
    static let digits = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    private func verify(_ headers: [String], body: Data = Self.body, secret: String = Self.secret) throws {
        try GitHubSignature.verify(headers: headers, body: body, secrets: try WebhookSecrets(current: secret))
    }

    @Test("the published signature is accepted, also with digits in upper case")
    func published() throws {
        try verify(["sha256=" + Self.digits])
        try verify(["sha256=" + Self.digits.uppercased()])
        #expect(
            try GitHubSignature.header(for: Self.body, secrets: WebhookSecrets(current: Self.secret))
                == "sha256=" + Self.digits)
    }

    static let bad: [(headers: [String], error: GitHubError)] = [
        ([], .missingSignature),
        (["sha256=" + digits, "sha256=" + digits], .duplicateHeader("X-Hub-Signature-256")),
        (["sha1=" + digits], .unsupportedSignatureScheme),
        (["SHA256=" + digits], .unsupportedSignatureScheme),
        ([digits], .unsupportedSignatureScheme),
        ([""], .unsupportedSignatureScheme),
        (["sha256="], .signatureLength(digits: 0)),
        (["sha256=" + digits.dropLast()], .signatureLength(digits: 63)),
        (["sha256=" + digits + "0"], .signatureLength(digits: 65)),
        (["sha256=" + digits + ", sha256=" + digits], .signatureLength(digits: 137)),
        (["sha256=g" + digits.dropFirst()], .malformedSignature),
        (["sha256= " + digits.dropFirst()], .malformedSignature),
        (["sha256=8" + digits.dropFirst()], .wrongSignature),
        (["sha256=" + digits.dropLast() + "6"], .wrongSignature),
    ]

    @Test("anything else is refused with its reason", arguments: bad.indices)
    func refused(index: Int) {
        let (headers, expected) = Self.bad[index]
        let error = #expect(throws: GitHubError.self) { try verify(headers) }
        #expect(error == expected)
        #expect(error?.status == (headers.count > 1 ? 400 : 401))
    }

    @Test("a signature holds for one body and one secret")
    func binding() {
        #expect(throws: GitHubError.wrongSignature) {
            try verify(["sha256=" + Self.digits], body: Data("Hello, World! ".utf8))
        }
        #expect(throws: GitHubError.wrongSignature) { try verify(["sha256=" + Self.digits], secret: "another") }
        #expect(throws: GitHubError.wrongSignature) { try verify(["sha256=" + Self.digits], body: Data()) }
    }

    @Test("while a secret is replaced, both count; afterwards the old one does not")
    func rotation() throws {
        let old = try WebhookSecrets(current: "old")
        let both = try WebhookSecrets(current: "new", previous: "old")
        let new = try WebhookSecrets(current: "new")
        let signedOld = GitHubSignature.header(for: Self.body, secrets: old)
        let signedNew = GitHubSignature.header(for: Self.body, secrets: both)
        try GitHubSignature.verify(headers: [signedOld], body: Self.body, secrets: both)
        try GitHubSignature.verify(headers: [signedNew], body: Self.body, secrets: both)
        #expect(throws: GitHubError.wrongSignature) {
            try GitHubSignature.verify(headers: [signedOld], body: Self.body, secrets: new)
        }
    }

    @Test("an empty secret is refused at the start")
    func emptySecret() {
        #expect(throws: WebhookSecrets.EmptySecret.self) { try WebhookSecrets(current: "") }
        #expect(throws: WebhookSecrets.EmptySecret.self) { try WebhookSecrets(current: "x", previous: "") }
    }

    @Test("secrets are never shown")
    func hidden() throws {
        let secrets = try WebhookSecrets(current: "hunter2-current", previous: "hunter2-previous")
        var dumped = ""
        dump(secrets, to: &dumped)
        let webhook = GitHubWebhook(secrets: secrets)
        for text in ["\(secrets)", String(reflecting: secrets), dumped, "\(webhook)", String(reflecting: webhook)] {
            #expect(!text.contains("hunter2"))
        }
    }

    @Test(
        "the recorded vector matches",
        .enabled(if: PublicData.here.isExpected("webhooks"), "\(PublicData.hint)"))
    func vectors() throws {
        let file = try PublicData.here.url("webhooks").appending(path: "signature_vectors.json")
        let vector = try #require(try JSONValue(parsing: Data(contentsOf: file))["github"])
        try verify(
            [try #require(vector["expect"]?.string)], body: Data(try #require(vector["body"]?.string).utf8),
            secret: try #require(vector["secret"]?.string))
    }
}
