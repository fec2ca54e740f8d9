/// A text with secrets in it, as a plan holds it: their names, never their values.
///
/// The parts are kept apart, so that a value that looks like the name of a secret is never taken for one.
package struct SecretText: Hashable, Sendable, Codable {
    /// A part of the text.
    package enum Part: Hashable, Sendable {
        /// As it stands.
        case text(String)
        /// The value of the secret of this name.
        case secret(String)
    }

    /// The parts, in order.
    package var parts: [Part]

    /// Creates a text.
    package init(_ parts: [Part]) {
        self.parts = parts
    }

    /// The names of the secrets, in order of appearance.
    package var secrets: [String] { parts.compactMap { if case .secret(let name) = $0 { name } else { nil } } }

    /// The text with every secret replaced by `value` of its name.
    func filled<Failure: Error>(_ value: (String) throws(Failure) -> String) throws(Failure) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .secret(let name): text += try value(name)
            }
        }
        return text
    }

    /// The text with `mask` over what stands in it besides secrets.
    func masked(_ mask: SecretMask) -> SecretText {
        SecretText(parts.map { if case .text(let text) = $0 { .text(mask.masked(text)) } else { $0 } })
    }
}

extension SecretText.Part: Codable {
    private enum Kind: String, CodingKey { case text, secret }

    /// Reads an object with the one member `text` or `secret`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        if let name = try container.decodeIfPresent(String.self, forKey: .secret) {
            self = .secret(name)
        } else {
            self = .text(try container.decode(String.self, forKey: .text))
        }
    }

    /// Writes an object with the one member `text` or `secret`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .text(let text): try container.encode(text, forKey: .text)
        case .secret(let name): try container.encode(name, forKey: .secret)
        }
    }
}

/// How a request proves who sends it. Secrets are named, never held.
package enum Authentication: Hashable, Sendable, Codable {
    /// A bearer token (RFC 6750), which is the secret of this name.
    case bearer(secret: String)
    /// A user with a password (RFC 7617), which is the secret of this name.
    case basic(user: String, secret: String)

    /// The name of the secret.
    package var secret: String {
        switch self {
        case .bearer(let secret), .basic(_, let secret): secret
        }
    }

    /// The proof with `mask` over the user's name.
    func masked(_ mask: SecretMask) -> Authentication {
        switch self {
        case .bearer: self
        case .basic(let user, let secret): .basic(user: mask.masked(user), secret: secret)
        }
    }
}
