/// A text with `${name}` and, where that may be, `${secret.NAME}` in it. There is nothing else to it: no expressions,
/// no nesting, no escapes.
package struct Template: Hashable, Sendable {
    /// A part of the text.
    package enum Segment: Hashable, Sendable {
        /// As it stands.
        case literal(String)
        /// The value of this parameter.
        case parameter(String)
        /// The value of this secret, which no template ever holds.
        case secret(String)
    }

    /// Why a text is not a template.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// What stands before the name of a secret.
    private static let secretPrefix = "secret."

    /// The parts in order; no two literals follow one another.
    package let segments: [Segment]

    /// Splits `text`.
    ///
    /// - Throws: ``Problem`` for an unclosed `${` and for a name that is not letters, digits and `_`, after `secret.` or
    ///   by itself.
    package init(_ text: String) throws(Problem) {
        var segments: [Segment] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex { segments.append(.literal(String(rest[..<start.lowerBound]))) }
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw Problem(description: "`${` without its `}` in \(quoted(text))")
            }
            let name = String(rest[start.upperBound..<end])
            let isSecret = name.hasPrefix(Self.secretPrefix)
            let bare = isSecret ? String(name.dropFirst(Self.secretPrefix.count)) : name
            guard Parameter.isName(bare) else {
                throw Problem(description: "`${\(name)}` in \(quoted(text)) is not the name of a parameter or secret")
            }
            segments.append(isSecret ? .secret(bare) : .parameter(name))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { segments.append(.literal(String(rest))) }
        self.segments = segments
    }

    /// The names of the parameters, in order of appearance.
    package var parameters: [String] {
        segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// The names of the secrets, in order of appearance.
    package var secrets: [String] {
        segments.compactMap { if case .secret(let name) = $0 { name } else { nil } }
    }

    /// The text, if there is no parameter in it.
    package var literal: String? {
        guard case .literal(let text)? = segments.first, segments.count == 1 else { return nil }
        return text
    }

    /// The one parameter that fills the whole text, if it is so.
    package var wholeParameter: String? { segments.count == 1 ? parameters.first : nil }

    /// The text with every parameter replaced by `value` of its name. Secrets, which the loader lets stand only where
    /// ``secretText(_:)`` is used, stay as they are written.
    package func filled<Failure: Error>(_ value: (String) throws(Failure) -> String) throws(Failure) -> String {
        var text = ""
        for segment in segments {
            switch segment {
            case .literal(let literal): text += literal
            case .parameter(let name): text += try value(name)
            case .secret(let name): text += "${\(Self.secretPrefix)\(name)}"
            }
        }
        return text
    }

    /// The text with every parameter replaced by `value` of its name, and with its secrets as names.
    func secretText(_ value: (String) -> String) -> SecretText {
        SecretText(
            segments.map { segment in
                switch segment {
                case .literal(let literal): .text(literal)
                case .parameter(let name): .text(value(name))
                case .secret(let name): .secret(name)
                }
            })
    }
}

/// `text` in back quotes, without control characters, cut to a length that fits a message.
func quoted(_ text: String) -> String {
    /// Longest excerpt of a user's text in an error message.
    let longest = 80
    let shown = text.count > longest ? text.prefix(longest) + "…" : text[...]
    let safe = shown.unicodeScalars.map { scalar in
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            ? "\\u{\(String(scalar.value, radix: 16))}" : "\(scalar)"
    }
    return "`" + safe.joined() + "`"
}
