package import AuspexSignals

/// A value in a document together with its place.
package struct DocumentNode: Sendable {
    /// How a scalar is written, which decides whether it can be a number, a truth value or null.
    package enum Style: Hashable, Sendable {
        /// Without quotes.
        case plain
        /// In `'single quotes'`.
        case singleQuoted
        /// In `"double quotes"`.
        case doubleQuoted
        /// As a block, after `|` or `>`.
        case block
    }

    /// One key of a mapping with its value.
    package struct Entry: Sendable {
        /// The key.
        package let key: String
        /// Where the key stands.
        package let keyLocation: SourceLocation
        /// The value.
        package let value: DocumentNode
    }

    /// What a node is.
    package enum Value: Sendable {
        /// Text.
        case scalar(String, Style)
        /// A list.
        case sequence([DocumentNode])
        /// Keys with values, in the order of the file, each key once.
        case mapping([Entry])
    }

    /// What it is.
    package let value: Value
    /// Where it begins.
    package let location: SourceLocation
    /// The text that it was read from.
    let source: SourceText

    /// `text`, `nothing`, `a list` or `a mapping`, for messages.
    package var kind: String {
        switch value {
        case .scalar: isNull ? "nothing" : "'\(excerpt)'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// Whether it is a plain `null`, `~` or empty.
    package var isNull: Bool {
        if case .scalar(let text, .plain) = value { ["", "~", "null"].contains(text) } else { false }
    }

    /// The text of a scalar that is not null, whatever it looks like: the schema decides the type, so `country: no` is
    /// the text `no`.
    package var text: String? {
        if case .scalar(let text, _) = value, !isNull { text } else { nil }
    }

    /// The elements of a list.
    package var elements: [DocumentNode]? {
        if case .sequence(let elements) = value { elements } else { nil }
    }

    /// The entries of a mapping.
    package var entries: [Entry]? {
        if case .mapping(let entries) = value { entries } else { nil }
    }

    /// The value of a mapping's `key`; linear in the number of keys.
    package subscript(key: String) -> DocumentNode? {
        entries?.first { $0.key == key }?.value
    }

    /// The place of the `offset`-th Unicode scalar of a scalar's text, so that a mistake inside an expression is shown
    /// where it was written. The place of the node for anything else.
    package func location(ofOffset offset: Int) -> SourceLocation {
        guard case .scalar(let text, let style) = value else { return location }
        return source.location(of: offset, in: text, style: style, start: location)
    }

    /// The first characters of a scalar, for messages.
    private var excerpt: String {
        guard case .scalar(let text, _) = value else { return "" }
        let longest = 40
        return text.count > longest ? text.prefix(longest) + "…" : text
    }
}

/// One document of a stream.
package struct Document: Sendable {
    /// Its root.
    package let root: DocumentNode

    /// Where it begins.
    package var location: SourceLocation { root.location }

    /// The text of the root's `kind`, by which documents of several kinds share a file; nil without one.
    package var kind: String? { root["kind"]?.text }
}
