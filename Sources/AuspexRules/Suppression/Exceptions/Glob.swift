/// A pattern for whole texts: `*` stands for any characters, also none, `?` for one, and a backslash before `*`, `?` or
/// itself takes its meaning away. Everything else stands for itself; a character is a Unicode scalar.
package struct Glob: Hashable, Sendable, CustomStringConvertible {
    /// The longest pattern, in bytes.
    package static let longestPattern = 1_024

    private enum Token: Hashable, Sendable {
        case exactly(Unicode.Scalar)
        case one
        case any
    }

    /// Why a text is no pattern, and where, in Unicode scalars from 0.
    struct Mistake: Error {
        let offset: Int
        let reason: String
    }

    /// The pattern as it was written.
    package let text: String
    private let tokens: [Token]

    init(_ text: String) throws(Mistake) {
        guard text.utf8.count <= Self.longestPattern else {
            throw Mistake(offset: 0, reason: "a value has at most \(Self.longestPattern) bytes, not \(text.utf8.count)")
        }
        self.text = text
        var tokens: [Token] = []
        var escapeStart: Int?
        for (offset, scalar) in text.unicodeScalars.enumerated() {
            if let start = escapeStart {
                guard ["*", "?", "\\"].contains(scalar) else {
                    throw Mistake(offset: start, reason: Self.escapeHint)
                }
                tokens.append(.exactly(scalar))
                escapeStart = nil
                continue
            }
            switch scalar {
            case "\\": escapeStart = offset
            case "?": tokens.append(.one)
            // Two in a row mean what one means, and cost more.
            case "*": if tokens.last != .any { tokens.append(.any) }
            default: tokens.append(.exactly(scalar))
            }
        }
        if let escapeStart { throw Mistake(offset: escapeStart, reason: Self.escapeHint) }
        self.tokens = tokens
    }

    private static let escapeHint = #"a backslash stands before '*', '?' or '\' only; write '\\' for a backslash"#

    /// The pattern as it was written.
    package var description: String { text }

    /// Whether the pattern fits the whole of `text`. Linear in the length of `text`, times the pattern's length at worst.
    package func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var (token, place) = (0, 0)
        // The last star and how far what it stands for reaches: that alone needs to be tried again.
        var star: (token: Int, place: Int)?
        while place < scalars.count {
            if token < tokens.count, tokens[token] == .any {
                star = (token, place)
                token += 1
            } else if token < tokens.count, tokens[token] == .one || tokens[token] == .exactly(scalars[place]) {
                token += 1
                place += 1
            } else if let (starToken, starPlace) = star {
                star = (starToken, starPlace + 1)
                (token, place) = (starToken + 1, starPlace + 1)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .any }
    }
}
