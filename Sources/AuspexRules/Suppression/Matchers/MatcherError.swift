/// Why something is no matcher, or no set of matchers.
package struct MatcherError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right, a clause without a full stop.
    package let reason: String
    /// Where in the text, in Unicode scalars from 0; nil when the mistake is about all of it.
    package var offset: Int?

    /// Creates an error.
    package init(_ reason: String, at offset: Int? = nil) {
        self.reason = reason
        self.offset = offset
    }

    /// `column 9: expected …`.
    package var description: String { offset.map { "column \($0 + 1): \(reason)" } ?? reason }
}
