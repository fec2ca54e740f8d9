import AuspexExpressions
import AuspexPatterns
package import AuspexSignals

extension Parameter {
    /// Longest host name (RFC 1035, section 2.3.4).
    private static let longestHost = 253

    /// The value as it is filled into a text.
    package static func text(_ value: JSONValue) -> String { value.string ?? value.canonicalText }

    /// Checks a value and brings it into its kind: a number or truth value may come as text, as labels and command
    /// lines have nothing else.
    package func value(_ given: JSONValue) throws(ParameterError) -> JSONValue {
        let value: JSONValue
        switch kind {
        case .list: return try list(given)
        case .int:
            guard let number = given.int ?? given.string.flatMap({ Int64($0) }) else { throw wrongKind(given) }
            value = .int(number)
        case .bool:
            switch given {
            case .bool, .string("true"), .string("false"): value = .bool(given.bool ?? (given.string == "true"))
            default: throw wrongKind(given)
            }
        case .string, .path, .host:
            guard let text = given.string else { throw wrongKind(given) }
            value = .string(text)
        }
        let text = Self.text(value)
        try checkForm(text)
        if let choices, !choices.contains(text) { throw .notAChoice(name, value: shown(text), choices: choices) }
        if let pattern, !Self.matches(text, pattern) {
            throw .noMatch(name, value: shown(text), pattern: pattern)
        }
        if isSensitive, text.utf8.count < SecretMask.shortest { throw .tooShortToMask(name) }
        return value
    }

    private func checkForm(_ text: String) throws(ParameterError) {
        guard !text.isEmpty else { throw .empty(name) }
        let length = text.unicodeScalars.count
        guard length <= maxLength else { throw .tooLong(name, length: length, limit: maxLength) }
        // Line and paragraph separators are line ends to many programs, too.
        let hasControl = text.unicodeScalars.contains { scalar in
            [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        }
        guard !hasControl else { throw .controlCharacter(name) }
        switch kind {
        case .path:
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            let isClean = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } || text == "/"
            guard text.hasPrefix("/"), isClean else { throw .badPath(name, value: shown(text)) }
        case .host:
            guard Self.isHost(text) else { throw .badHost(name, value: shown(text)) }
        case .string, .int, .bool, .list: break
        }
    }

    /// A list whose elements each have the form that the parameter states, none twice.
    private func list(_ given: JSONValue) throws(ParameterError) -> JSONValue {
        guard case .array(let elements) = given else { throw wrongKind(given) }
        guard elements.count <= maxItems else { throw .tooMany(name, count: elements.count, limit: maxItems) }
        let form = element(named: name)
        var values: [JSONValue] = []
        for element in elements {
            let value = try form.value(element)
            guard !values.contains(value) else { throw .twice(name, value: shown(Self.text(value))) }
            values.append(value)
        }
        return .array(values)
    }

    private static func isHost(_ text: String) -> Bool {
        func all(_ bytes: Substring.UTF8View, _ others: String) -> Bool {
            bytes.allSatisfy { byte in
                let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                return isDigit || isLetter || others.utf8.contains(byte)
            }
        }
        if text.hasPrefix("["), text.hasSuffix("]") {
            let inner = text.dropFirst().dropLast()
            return inner.contains(":") && all(inner.utf8, ":.")
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= longestHost
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("-") && all($0.utf8, "-") }
    }

    /// Whether the whole of `text` matches; a pattern that is none matches nothing.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        (try? compiled(pattern))?.matches(in: text) ?? false
    }

    /// The pattern, tied to both ends of the text.
    static func compiled(_ pattern: String) throws(LinearPatternError) -> LinearPattern {
        // Compiled by itself first, so that `a)|(b` cannot break out of the group.
        _ = try LinearPattern(pattern)
        return try LinearPattern("\\A(?:\(pattern))\\z")
    }

    private func shown(_ text: String) -> String { isSensitive ? SecretMask.mask : quoted(text) }

    private func wrongKind(_ given: JSONValue) -> ParameterError {
        .wrongKind(name, expected: kind, got: isSensitive ? SecretMask.mask : quoted(given.canonicalText))
    }
}
