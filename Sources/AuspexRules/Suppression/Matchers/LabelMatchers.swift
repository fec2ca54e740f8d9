package import AuspexSignals

/// Tests of labels that all have to pass. Never without one that a missing label fails, so that no set fits everything.
package struct LabelMatchers: Hashable, Sendable, CustomStringConvertible {
    /// Matchers that one set may have.
    package static let mostMatchers = 100

    /// The tests, in the order in which they were written.
    package let matchers: [LabelMatcher]

    /// Puts tests together.
    ///
    /// - Throws: ``MatcherError`` when there are none, too many, or a thing without any labels would pass them all.
    package init(_ matchers: [LabelMatcher]) throws(MatcherError) {
        guard !matchers.isEmpty else { throw MatcherError("at least one matcher is needed, such as service=\"shop\"") }
        guard matchers.count <= Self.mostMatchers else {
            throw MatcherError("\(matchers.count) matchers are too many; at most \(Self.mostMatchers) are accepted")
        }
        guard !matchers.allSatisfy(\.matchesEmpty) else {
            throw MatcherError(
                "this fits everything: at least one matcher must not fit a missing label, such as service=\"shop\"")
        }
        self.matchers = matchers
    }

    /// Reads `service="shop", severity=~"warn.*"`, with or without braces around it.
    ///
    /// - Throws: ``MatcherError`` with the place of the mistake.
    package init(parsing text: String) throws(MatcherError) {
        try self.init(try MatcherParser.matchers(in: text))
    }

    /// Whether all tests pass.
    package func matches(_ labels: Labels) -> Bool { matchers.allSatisfy { $0.matches(labels) } }

    /// `service="shop", severity=~"warn.*"`, which ``init(parsing:)`` reads back.
    package var description: String { matchers.map(\.description).joined(separator: ", ") }
}

extension LabelMatchers: Codable {
    /// Reads a list of matchers.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(try container.decode([LabelMatcher].self))
        } catch let error as MatcherError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Writes a list of matchers.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(matchers)
    }
}
