import AuspexPatterns
package import AuspexSignals

/// A test of one label, with Alertmanager's meaning: a missing label counts as empty, and a regular expression has to fit
/// the whole value.
package struct LabelMatcher: Sendable {
    /// How the label is compared.
    package enum Operation: String, Hashable, Sendable, CaseIterable {
        /// The label is the value.
        case equal = "="
        /// The label is not the value.
        case notEqual = "!="
        /// The regular expression fits the whole label.
        case matches = "=~"
        /// The regular expression does not fit the whole label.
        case doesNotMatch = "!~"

        /// Whether the value is a regular expression.
        var isPattern: Bool { self == .matches || self == .doesNotMatch }
        /// Whether it says what the label is, rather than what it is not.
        var isPositive: Bool { self == .equal || self == .matches }
    }

    /// The longest name, in bytes.
    static let longestName = 1_024

    /// The label's name.
    package let name: String
    /// How it is compared.
    package let operation: Operation
    /// What it is compared with: text, or a regular expression in RE2's syntax.
    package let value: String

    private let pattern: LinearPattern?

    /// Makes a test.
    ///
    /// - Throws: ``MatcherError`` for an empty or overlong name or value and for what is no regular expression.
    package init(_ name: String, _ operation: Operation, _ value: String) throws(MatcherError) {
        guard !name.isEmpty, name.utf8.count <= Self.longestName else {
            throw MatcherError("a label's name has 1 to \(Self.longestName) bytes, not \(name.utf8.count)")
        }
        guard value.utf8.count <= LinearPattern.longestPattern else {
            throw MatcherError("a value may have \(LinearPattern.longestPattern) bytes, not \(value.utf8.count)")
        }
        self.name = name
        self.operation = operation
        self.value = value
        pattern = operation.isPattern ? try Self.anchored(value) : nil
    }

    /// Whether `labels` pass the test. Linear in the label's value.
    package func matches(_ labels: Labels) -> Bool { matches(value: labels[name] ?? "") }

    /// Whether a label of this value passes the test.
    package func matches(value text: String) -> Bool {
        let isFit = pattern.map { $0.matches(in: text) } ?? (text == value)
        return isFit == operation.isPositive
    }

    /// Whether a label that is missing passes the test.
    package var matchesEmpty: Bool { matches(value: "") }

    /// The values that pass, where they can be listed and a missing label does not pass; each once.
    var literals: [String]? {
        switch operation {
        case .equal where !value.isEmpty:
            return [value]
        case .matches where !value.unicodeScalars.contains(where: Self.isSyntax):
            let parts = value.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            return parts.contains("") ? nil : Array(Set(parts))
        default:
            return nil
        }
    }

    /// A text with which every value that passes begins; nil where none can be read off the regular expression.
    var prefix: String? {
        let scalars = value.unicodeScalars
        guard operation == .matches, !scalars.contains("|") else { return nil }
        var prefix = scalars.prefix { !Self.isSyntax($0) }
        // What comes next may let the last character be missing.
        if prefix.endIndex < scalars.endIndex, "*?{".unicodeScalars.contains(scalars[prefix.endIndex]) {
            prefix = prefix.dropLast()
        }
        return prefix.isEmpty ? nil : String(prefix)
    }

    /// Whether a regular expression with this character is more than a choice of texts.
    private static func isSyntax(_ scalar: Unicode.Scalar) -> Bool { #"\.+*?()[]{}^$"#.unicodeScalars.contains(scalar) }

    private static func anchored(_ value: String) throws(MatcherError) -> LinearPattern {
        do {
            // By itself first: `a)|(b` would be an expression only inside the brackets, and not an anchored one.
            _ = try LinearPattern(value)
            return try LinearPattern(#"\A(?:"# + value + #")\z"#)
        } catch {
            throw MatcherError(error.description)
        }
    }
}

extension LabelMatcher: Hashable {
    /// Whether they test the same in the same words.
    package static func == (one: LabelMatcher, other: LabelMatcher) -> Bool {
        (one.name, one.operation, one.value) == (other.name, other.operation, other.value)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(operation)
        hasher.combine(value)
    }
}

extension LabelMatcher: CustomStringConvertible {
    /// `severity=~"warn.*"`, which the parser reads back.
    package var description: String {
        let isPlain = !name.unicodeScalars.contains(where: MatcherParser.isReserved)
        return (isPlain ? name : MatcherParser.quoted(name)) + operation.rawValue + MatcherParser.quoted(value)
    }
}

extension LabelMatcher: Codable {
    /// The names of Alertmanager's API.
    private enum Key: String, CodingKey {
        case name, value, isRegex, isEqual
    }

    /// Reads the form of Alertmanager's API, in which `isEqual` may be left out.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let isRegex = try container.decode(Bool.self, forKey: .isRegex)
        let isEqual = try container.decodeIfPresent(Bool.self, forKey: .isEqual) ?? true
        let operation: Operation = isRegex ? (isEqual ? .matches : .doesNotMatch) : (isEqual ? .equal : .notEqual)
        do {
            try self.init(
                try container.decode(String.self, forKey: .name), operation,
                try container.decode(String.self, forKey: .value))
        } catch let error as MatcherError {
            throw DecodingError.dataCorruptedError(
                forKey: .value, in: container, debugDescription: error.description)
        }
    }

    /// Writes the form of Alertmanager's API.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(value, forKey: .value)
        try container.encode(operation.isPattern, forKey: .isRegex)
        try container.encode(operation.isPositive, forKey: .isEqual)
    }
}
