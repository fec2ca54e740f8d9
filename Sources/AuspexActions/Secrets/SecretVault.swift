package import AuspexRunbooks
import AuspexSignals

/// Reads secrets where the configuration says they are. It keeps none: a secret that was changed is new with the next
/// step.
package struct SecretVault: Sendable {
    /// The bytes that a secret may have: enough to be masked, and no more than a chain of certificates with its key.
    static let sizes = SecretMask.shortest...16_384

    private let sources: [String: SecretSource]
    private let environment: [String: String]

    /// Creates a vault.
    ///
    /// - Parameters:
    ///   - sources: Where the secrets are, by their names.
    ///   - environment: The engine's environment.
    package init(_ sources: [String: SecretSource], environment: [String: String]) {
        self.sources = sources
        self.environment = environment
    }

    /// The values of these secrets.
    ///
    /// - Parameter limit: The longest that one may take to be read.
    /// - Throws: ``SecretError`` for the first that cannot be used.
    func values(of names: [String], within limit: TimeSpan) async throws(SecretError) -> [String: String] {
        var values: [String: String] = [:]
        for name in names { values[name] = try await value(of: name, within: limit) }
        return values
    }

    /// What hides all that an operation's output must not show: the secrets that it is given.
    ///
    /// - Throws: ``SecretError`` when a value cannot be read, so that nobody knows what to look for.
    package func mask(of operation: Operation) async throws(SecretError) -> SecretMask {
        SecretMask(Array(try await values(of: operation.secrets, within: SecretSource.defaultTimeout).values))
    }

    private func value(of name: String, within limit: TimeSpan) async throws(SecretError) -> String {
        guard let source = sources[name] else { throw .unknown(name, known: sources.keys.sorted()) }
        var bytes: [UInt8]
        do {
            bytes =
                switch source {
                case .file(let path): try SecretFile.bytes(of: path, most: Self.sizes.upperBound + Self.lineEnd.count)
                case .variable(let variable): try self.bytes(ofVariable: variable)
                case .command(let argv, let timeout):
                    try await SecretCommand(argv: argv, timeout: min(timeout, limit))
                        .output(most: Self.sizes.upperBound + Self.lineEnd.count)
                }
        } catch {
            throw .unreadable(name, reason: error.reason)
        }
        // Editors and programs end what they write with one; two are meant.
        if bytes.last == Self.lineEnd.last { bytes.removeLast(bytes.suffix(2).elementsEqual(Self.lineEnd) ? 2 : 1) }
        guard bytes.count >= Self.sizes.lowerBound else { throw .tooShort(name) }
        guard bytes.count <= Self.sizes.upperBound else { throw .tooLong(name) }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else { throw .notText(name) }
        return text
    }

    private static let lineEnd: [UInt8] = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]

    private func bytes(ofVariable name: String) throws(UnreadableSecret) -> [UInt8] {
        guard let value = environment[name] else {
            throw UnreadableSecret(reason: "the engine's environment has no variable \(name)")
        }
        return Array(value.utf8)
    }
}

/// Why a place does not give a secret.
struct UnreadableSecret: Error, Hashable {
    var reason: String
}
