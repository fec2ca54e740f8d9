/// What one delivery of a webhook may cost.
package struct HookLimits: Hashable, Sendable {
    /// Bytes of the body; GitHub itself sends at most 25 MB.
    package var bytes: Int
    /// Levels of objects and arrays; GitHub's events have about eight.
    package var depth: Int
    /// Values in the body, those within objects and arrays included; they take up to 100 bytes of memory each.
    package var values: Int
    /// Changes, questions and the like in one delivery.
    package var items: Int

    /// Creates limits.
    package init(bytes: Int = 25_000_000, depth: Int = 64, values: Int = 1_000_000, items: Int = 1_000) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
        self.items = items
    }

    /// Bytes of a text that identifies something, such as a service or a version; longer ones are refused where they are
    /// needed and cut elsewhere.
    static let identifierBytes = 512
    /// Characters of a title; the rest is left out, as are further lines.
    static let titleCharacters = 200
}
