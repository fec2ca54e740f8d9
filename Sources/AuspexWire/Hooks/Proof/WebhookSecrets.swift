package import AuspexSignals
import Crypto
package import Foundation

/// The secrets that a webhook's sender may prove itself with: one, or two while the old one is being replaced.
///
/// A value of this type never shows its secrets, neither printed nor mirrored.
package struct WebhookSecrets: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let current: SymmetricKey
    private let previous: SymmetricKey?

    /// Takes the secrets as bytes.
    ///
    /// - Parameters:
    ///   - current: The secret that is set at the sender.
    ///   - previous: The one before it, as long as deliveries signed with it may still arrive.
    /// - Throws: ``EmptySecret``: an empty secret would accept what anybody signs.
    package init(current: Data, previous: Data? = nil) throws(EmptySecret) {
        guard !current.isEmpty, previous?.isEmpty != true else { throw EmptySecret() }
        self.current = SymmetricKey(data: current)
        self.previous = previous.map { SymmetricKey(data: $0) }
    }

    /// Takes the secrets as their UTF-8 bytes.
    package init(current: String, previous: String? = nil) throws(EmptySecret) {
        try self.init(current: Data(current.utf8), previous: previous.map { Data($0.utf8) })
    }

    /// Takes the secrets as they are configured.
    package init(_ key: HookKey, current: String, previous: String? = nil) throws(EmptySecret) {
        // Bytes that cannot be had are none, and none are refused.
        try self.init(
            current: key.bytes(of: current) ?? Data(), previous: previous.map { key.bytes(of: $0) ?? Data() })
    }

    /// Why secrets are refused.
    package struct EmptySecret: Error, Hashable, CustomStringConvertible {
        package var description: String {
            "a webhook secret is empty, or no base64 where it should be: set the same secret here and at the sender"
        }
    }

    /// Whether one of `signatures` is the HMAC-SHA256 of `parts`, put together, under one of the secrets.
    ///
    /// Every signature is compared with every secret's and each comparison takes constant time, so that the time of the
    /// answer tells nothing about either.
    func accept(_ signatures: [Data], of parts: Data...) -> Bool {
        var isRight = false
        for key in [current, previous ?? current] {
            var code = HMAC<SHA256>(key: key)
            for part in parts { code.update(data: part) }
            let expected = code.finalize()
            for signature in signatures where expected == signature { isRight = true }
        }
        return isRight
    }

    /// Whether `token` is one of the secrets. Digests are compared, so that not even the length shows in the time.
    func accept(token: some DataProtocol) -> Bool {
        let given = SHA256.hash(data: token)
        let first = current.withUnsafeBytes { SHA256.hash(data: $0) } == given
        let second = (previous ?? current).withUnsafeBytes { SHA256.hash(data: $0) } == given
        return first || second
    }

    /// The signature of `parts`, put together, under the current secret; for tests and for senders of our own.
    func sign(_ parts: Data...) -> [UInt8] {
        var code = HMAC<SHA256>(key: current)
        for part in parts { code.update(data: part) }
        return Array(code.finalize())
    }

    /// How many secrets are accepted, not what they are.
    package var description: String { previous == nil ? "1 secret (hidden)" : "2 secrets (hidden)" }

    /// The same as ``description``.
    package var debugDescription: String { description }

    /// Without children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
