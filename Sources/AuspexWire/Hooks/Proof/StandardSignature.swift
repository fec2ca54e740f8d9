package import AuspexSignals
package import Foundation

/// The signatures of Standard Webhooks: `webhook-signature` holds, with blanks between them, `v1,` and the base64 of the
/// HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}`.
///
/// Source: Standard Webhooks 1.0, Signature scheme. Signatures with public keys (`v1a`) are not verified here.
package enum StandardSignature {
    static let id = "webhook-id"
    static let timestamp = "webhook-timestamp"
    static let header = "webhook-signature"
    /// How far the time of signing may lie from ours, either way.
    static let tolerance = TimeSpan.seconds(300)
    /// So many signatures of one delivery are looked at.
    private static let most = 16

    /// Verifies the three headers before anything of the body is looked at.
    package static func verify(
        _ headers: HookHeaders, body: Data, secrets: WebhookSecrets, now: Timestamp
    ) throws(HookError) {
        guard let value = try headers.single(header) else { throw .missingProof(expected: [header]) }
        guard let id = try headers.identifier(id) else { throw .missingHeader(id) }
        guard let moment = try headers.identifier(timestamp) else { throw .missingHeader(timestamp) }
        guard moment.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let seconds = Int64(moment), seconds <= Int64.max / 1_000
        else { throw .malformedHeader(timestamp) }
        guard secrets.accept(try signatures(in: value), of: Data("\(id).\(moment).".utf8), body) else {
            throw .wrongProof(header)
        }
        let age = now - Timestamp(milliseconds: seconds * 1_000)
        guard age.milliseconds.magnitude <= tolerance.milliseconds.magnitude else {
            throw .staleTimestamp(seconds: age.milliseconds / 1_000, tolerance: tolerance.milliseconds / 1_000)
        }
    }

    /// The value of `webhook-signature`, signed with the current secret.
    package static func value(id: String, timestamp: Int64, body: Data, secrets: WebhookSecrets) -> String {
        "v1," + Data(secrets.sign(Data("\(id).\(timestamp).".utf8), body)).base64EncodedString()
    }

    private static func signatures(in value: String) throws(HookError) -> [Data] {
        var signatures: [Data] = []
        var hasPublicKey = false
        for part in value.split(separator: " ").prefix(most) {
            if part.hasPrefix("v1,"), let signature = Data(base64Encoded: String(part.dropFirst(3))) {
                signatures.append(signature)
            }
            if part.hasPrefix("v1a,") { hasPublicKey = true }
        }
        guard signatures.isEmpty else { return signatures }
        throw .malformedProof(
            header: header,
            reason: hasPublicKey
                ? "has only signatures with a public key (v1a), which are not supported; sign with a secret (v1)"
                : "has no signature of the form 'v1,' and base64")
    }
}
