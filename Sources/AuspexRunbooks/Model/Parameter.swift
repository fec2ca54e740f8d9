package import AuspexSignals

/// A value that whoever starts a run must or may give, and what it may look like.
package struct Parameter: Hashable, Sendable {
    /// What kind of value.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Text without control characters.
        case string
        /// A whole number.
        case int
        /// `true` or `false`.
        case bool
        /// An absolute path without `..`.
        case path
        /// A host name, an IPv4 address, or an IPv6 address in brackets.
        case host
        /// A list of texts of a known form, for `for_each`.
        case list
    }

    /// Longest value in characters where the runbook says nothing.
    package static let defaultMaxLength = 256
    /// Most elements of a list where the runbook says nothing, and the most that it may allow: what touches more at
    /// once is no remedy any more.
    package static let (defaultMaxItems, mostItems) = (20, 100)

    /// Its name: letters, digits and `_`.
    package var name: String
    /// What kind of value.
    package var kind: Kind
    /// Whether a run without it is refused.
    package var isRequired = false
    /// The value where none is given.
    package var defaultValue: JSONValue?
    /// The RE2 pattern that the whole value must match.
    package var pattern: String?
    /// The only values allowed.
    package var choices: [String]?
    /// Longest value in characters.
    package var maxLength = Self.defaultMaxLength
    /// Whether the value is masked wherever it would be shown.
    package var isSensitive = false
    /// Most elements of a list.
    package var maxItems = Self.defaultMaxItems

    /// Creates a parameter.
    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Whether the form of its values is known, so that a value may stand inside a larger text: numbers and flags
    /// always, text only with a pattern or a list of choices.
    package var isBounded: Bool {
        switch kind {
        case .int, .bool, .host: true
        case .string, .path: pattern != nil || choices != nil
        case .list: false
        }
    }

    /// What each element of a list is, under the name `name`.
    func element(named name: String) -> Parameter {
        var element = Parameter(name: name, kind: .string)
        element.pattern = pattern
        element.choices = choices
        element.maxLength = maxLength
        element.isSensitive = isSensitive
        return element
    }

    /// Whether `text` can name a parameter.
    package static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
