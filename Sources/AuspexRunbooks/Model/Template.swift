/// A text with `${name}` in it. There is nothing else to it: no expressions, no nesting, no escapes.
package struct Template: Hashable, Sendable {
    /// A part of the text.
    package enum Segment: Hashable, Sendable {
        /// As it stands.
        case literal(String)
        /// The value of this parameter.
        case parameter(String)
    }

    /// Why a text is not a template.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The parts in order; no two literals follow one another.
    package let segments: [Segment]

    /// Splits `text`.
    ///
    /// - Throws: ``Problem`` for an unclosed `${` and for a name that is not letters, digits and `_`.
    package init(_ text: String) throws(Problem) {
        var segments: [Segment] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex { segments.append(.literal(String(rest[..<start.lowerBound]))) }
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw Problem(description: "`${` without its `}` in \(quoted(text))")
            }
            let name = String(rest[start.upperBound..<end])
            guard Parameter.isName(name) else {
                throw Problem(description: "`${\(name)}` in \(quoted(text)) is not the name of a parameter")
            }
            segments.append(.parameter(name))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { segments.append(.literal(String(rest))) }
        self.segments = segments
    }

    /// The names of the parameters, in order of appearance.
    package var parameters: [String] {
        segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// The text, if there is no parameter in it.
    package var literal: String? {
        guard case .literal(let text)? = segments.first, segments.count == 1 else { return nil }
        return text
    }

    /// The one parameter that fills the whole text, if it is so.
    package var wholeParameter: String? { segments.count == 1 ? parameters.first : nil }

    /// The text with every parameter replaced by `value` of its name.
    package func filled<Failure: Error>(_ value: (String) throws(Failure) -> String) throws(Failure) -> String {
        var text = ""
        for segment in segments {
            switch segment {
            case .literal(let literal): text += literal
            case .parameter(let name): text += try value(name)
            }
        }
        return text
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
