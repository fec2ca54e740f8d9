package import AuspexSignals

/// Where the value of a secret is. The configuration names the place; the value is read just before it is needed.
package enum SecretSource: Hashable, Sendable {
    /// A file that only its owner, and a group that reads, may open; the owner is root or the engine's user.
    case file(String)
    /// A variable of the engine's environment.
    case variable(String)
    /// The standard output of a program, absolute path first, that is over within the time.
    case command([String], timeout: TimeSpan)

    /// The longest that a command may take where the configuration says nothing.
    package static let defaultTimeout = TimeSpan.seconds(10)
}

/// Why a secret cannot be used. Its value is never part of it.
package enum SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The configuration does not say where it is.
    case unknown(String, known: [String])
    /// It cannot be read.
    case unreadable(String, reason: String)
    /// It is so short that it cannot be masked.
    case tooShort(String)
    /// It is longer than any secret.
    case tooLong(String)
    /// It is not UTF-8, or has a NUL in it.
    case notText(String)
    /// One of these is not any more what the operation was given.
    case changed([String])

    package var description: String {
        switch self {
        case .unknown(let name, let known):
            "the secret '\(name)' is not among actions.secrets of the configuration; "
                + "there are \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .unreadable(let name, let reason): "the secret '\(name)' cannot be read: \(reason)"
        case .tooShort(let name):
            "the secret '\(name)' has fewer than \(SecretVault.sizes.lowerBound) bytes, so it could not be masked in "
                + "outputs; take a longer one"
        case .tooLong(let name): "the secret '\(name)' has more than \(SecretVault.sizes.upperBound) bytes"
        case .notText(let name): "the secret '\(name)' is not UTF-8 text, or has a NUL in it"
        case .changed(let names):
            "a secret has been changed since the command was given it, so what it printed of the old one cannot be masked: "
                + names.joined(separator: ", ")
        }
    }
}
