package import AuspexSignals

/// Somebody's decision to go on whatever the verdict is, as in an emergency.
package struct BreakGlass: Hashable, Sendable, Codable {
    /// Shorter reasons explain nothing to whoever reads the audit; in characters.
    private static let shortestReason = 10
    /// The longest texts, in bytes.
    private static let (longestReason, longestName) = (2_048, 256)

    /// Why, at least 10 characters.
    package var reason: String
    /// Who.
    package var by: String

    /// Creates a decision; ``mistake`` says whether it can be one.
    package init(reason: String, by: String) {
        self.reason = reason
        self.by = by
    }

    /// What is wrong with it and what would be right; nil when it can be used.
    package var mistake: String? {
        func length(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).map(\.count).reduce(0, +) }
        if length(reason) < Self.shortestReason {
            return "the reason '\(reason)' is too short; say in at least \(Self.shortestReason) characters why"
        }
        if reason.utf8.count > Self.longestReason { return "the reason is longer than \(Self.longestReason) bytes" }
        if length(by) == 0 { return "by is empty; say who breaks the glass" }
        if by.utf8.count > Self.longestName { return "by is longer than \(Self.longestName) bytes" }
        return nil
    }
}

extension Verdict {
    /// That somebody went on whatever the verdict was.
    package struct Override: Hashable, Sendable, Codable {
        /// Why.
        package var reason: String
        /// Who.
        package var by: String
        /// When.
        package var at: Timestamp

        /// Creates an override.
        package init(_ decision: BreakGlass, at time: Timestamp) {
            reason = decision.reason
            by = decision.by
            at = time
        }
    }
}
