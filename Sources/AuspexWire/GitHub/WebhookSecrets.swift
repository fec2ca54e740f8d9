import Crypto
import Foundation

/// The secrets that a webhook's sender may sign with: one, or two while the old one is being replaced.
///
/// A value of this type never shows its secrets, neither printed nor mirrored.
package struct WebhookSecrets: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let current: SymmetricKey
    private let previous: SymmetricKey?

    /// Takes the secrets as their UTF-8 bytes.
    ///
    /// - Parameters:
    ///   - current: The secret that is set at the sender.
    ///   - previous: The one before it, as long as deliveries signed with it may still arrive.
    /// - Throws: ``EmptySecret``: an empty secret would accept what anybody signs.
    package init(current: String, previous: String? = nil) throws(EmptySecret) {
        guard !current.isEmpty, previous?.isEmpty != true else { throw EmptySecret() }
        self.current = SymmetricKey(data: Data(current.utf8))
        self.previous = previous.map { SymmetricKey(data: Data($0.utf8)) }
    }

    /// Why secrets are refused.
    package struct EmptySecret: Error, Hashable, CustomStringConvertible {
        package var description: String {
            "a webhook secret is empty: set the same non-empty secret here and at the sender, or leave it out"
        }
    }

    /// Whether `signature` is the HMAC-SHA256 of `body` under one of the secrets.
    ///
    /// Both secrets are always tried and each comparison takes constant time, so that the time of the answer tells
    /// nothing about either.
    func accept(_ signature: [UInt8], of body: some DataProtocol) -> Bool {
        let first = HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: body, using: current)
        let second = HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: body, using: previous ?? current)
        return first || second
    }

    /// The signature of `body` under the current secret; for tests and for senders of our own.
    func sign(_ body: some DataProtocol) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: body, using: current))
    }

    /// How many secrets are accepted, not what they are.
    package var description: String { previous == nil ? "1 secret (hidden)" : "2 secrets (hidden)" }

    /// The same as ``description``.
    package var debugDescription: String { description }

    /// Without children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
