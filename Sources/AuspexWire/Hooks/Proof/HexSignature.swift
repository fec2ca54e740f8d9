package import Foundation

/// Headers with the hexadecimal digits of the HMAC-SHA256 of the raw body.
///
/// | sender | header | form |
/// |---|---|---|
/// | GitHub | `X-Hub-Signature-256` | `sha256=` and 64 digits |
/// | CircleCI | `circleci-signature` | `v1=` and 64 digits; several with commas between them, also of other versions |
/// | GitLab's status checks | `X-Gitlab-Signature` | 64 digits |
///
/// Digits in upper case are accepted too; what is compared are the bytes that they stand for.
package struct HexSignature: Hashable, Sendable {
    /// The header.
    let header: String
    /// What stands before the digits.
    let prefix: String
    /// Whether there may be several, with commas between them, of which those with another prefix are passed over.
    let isList: Bool

    /// GitHub, Validating webhook deliveries.
    package static let github = HexSignature(header: "X-Hub-Signature-256", prefix: "sha256=", isList: false)
    /// CircleCI, Outbound webhooks.
    package static let circleCI = HexSignature(header: "circleci-signature", prefix: "v1=", isList: true)
    /// GitLab, External status checks.
    package static let gitLabCheck = HexSignature(header: "X-Gitlab-Signature", prefix: "", isList: false)

    /// Bytes of a SHA-256 digest.
    private static let digestBytes = 32
    /// So many signatures of one delivery are looked at.
    private static let most = 16

    /// Verifies the header's value before anything of the body is looked at.
    package func verify(_ value: String, body: Data, secrets: WebhookSecrets) throws(HookError) {
        guard secrets.accept(try signatures(in: value), of: body) else { throw .wrongProof(header) }
    }

    /// The header's value for `body`, signed with the current secret.
    package func value(for body: Data, secrets: WebhookSecrets) -> String {
        prefix + Hexadecimal.text(of: secrets.sign(body))
    }

    private func signatures(in value: String) throws(HookError) -> [Data] {
        guard isList else { return [try signature(value)] }
        var signatures: [Data] = []
        for part in value.split(separator: ",").prefix(Self.most) {
            let text = part.trimmingCharacters(in: .whitespaces)
            if text.hasPrefix(prefix) { signatures.append(try signature(text)) }
        }
        guard !signatures.isEmpty else {
            throw .malformedProof(header: header, reason: "has no signature that begins with '\(prefix)'")
        }
        return signatures
    }

    private func signature(_ text: String) throws(HookError) -> Data {
        guard text.hasPrefix(prefix) else {
            throw .malformedProof(header: header, reason: "does not begin with '\(prefix)'")
        }
        let digits = text.utf8.dropFirst(prefix.utf8.count)
        guard digits.count == Self.digestBytes * 2 else {
            let place = prefix.isEmpty ? "" : " after '\(prefix)'"
            throw .malformedProof(
                header: header, reason: "has \(digits.count) digits\(place), expected \(Self.digestBytes * 2)")
        }
        guard let signature = Hexadecimal.bytes(of: digits) else {
            throw .malformedProof(header: header, reason: "is not hexadecimal")
        }
        return Data(signature)
    }
}
