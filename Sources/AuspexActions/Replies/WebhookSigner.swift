package import AuspexSignals
import Crypto
import Foundation

/// Signs webhooks as the Standard Webhooks specification 1.0 has it: HMAC-SHA256 over id, time and body.
package struct WebhookSigner: Sendable {
    /// The bytes that a secret may have, as the specification says.
    private static let lengths = 24...64
    private static let prefix = "whsec_"

    private let key: SymmetricKey

    /// Creates a signer.
    ///
    /// - Parameter secret: 24 to 64 bytes in base64, with `whsec_` before them or not.
    /// - Throws: ``SecretError`` for anything else.
    package init(secret: String) throws(SecretError) {
        let text = secret.hasPrefix(Self.prefix) ? String(secret.dropFirst(Self.prefix.count)) : secret
        guard let bytes = Data(base64Encoded: text), Self.lengths.contains(bytes.count) else { throw SecretError() }
        key = SymmetricKey(data: bytes)
    }

    /// Why a secret is refused. It says nothing of the secret.
    package struct SecretError: Error, Hashable, CustomStringConvertible {
        package var description: String {
            "the secret must be whsec_ and the base64 of 24 to 64 random bytes, as `openssl rand -base64 32` prints them"
        }
    }

    /// The header fields for a body.
    package func headers(id: String, at now: Timestamp, body: [UInt8]) -> [(name: String, value: String)] {
        let seconds = String(now.milliseconds / 1_000)
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(id).\(seconds).".utf8) + body, using: key)
        return [
            ("webhook-id", id), ("webhook-timestamp", seconds),
            ("webhook-signature", "v1,\(Data(code).base64EncodedString())"),
        ]
    }
}
