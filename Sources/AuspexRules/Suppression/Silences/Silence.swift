package import AuspexSignals

/// For some time, nobody is told of the alerts that have these labels. What is done about them goes on.
package struct Silence: Hashable, Sendable, Identifiable {
    /// How a silence stands at a moment.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// It has not begun.
        case pending
        /// It holds notices back.
        case active
        /// It is over, and never begins again.
        case expired
    }

    /// The longest identifier, author and comment, in bytes.
    static let longestID = 128
    static let longestAuthor = 256
    static let longestComment = 4_096

    /// Unique.
    package let id: String
    /// Which alerts.
    package let matchers: LabelMatchers
    /// Its first moment.
    package internal(set) var startsAt: Timestamp
    /// The first moment that does not belong to it any more.
    package internal(set) var endsAt: Timestamp
    /// Who made it.
    package let createdBy: String
    /// Why.
    package let comment: String

    /// Makes a silence.
    ///
    /// - Throws: ``SilenceError`` when a text is empty or too long, or the end does not lie after the start.
    package init(
        id: String, matchers: LabelMatchers, startsAt: Timestamp, endsAt: Timestamp, createdBy: String,
        comment: String
    ) throws(SilenceError) {
        guard startsAt < endsAt else { throw .endsBeforeItStarts(startsAt: startsAt, endsAt: endsAt) }
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.createdBy = createdBy
        self.comment = comment
        try checkTexts()
    }

    /// How it stands at `time`.
    package func state(at time: Timestamp) -> State {
        if time >= endsAt { return .expired }
        return time < startsAt ? .pending : .active
    }

    /// Whether it holds back, at `time`, notices of an alert with these labels (``Alert/matchedLabels``).
    package func silences(_ labels: Labels, at time: Timestamp) -> Bool {
        state(at: time) == .active && matchers.matches(labels)
    }

    /// The silence ended at `time`; one that has not begun is then over without ever having been.
    func ended(at time: Timestamp) -> Silence {
        var copy = self
        copy.startsAt = min(startsAt, time)
        copy.endsAt = time
        return copy
    }

    private func checkTexts() throws(SilenceError) {
        try Self.check("id", id, Self.longestID)
        try Self.check(author: createdBy, "createdBy")
        try Self.check("comment", comment, Self.longestComment)
    }

    /// Checks the name of who does something to a silence, which stands under `name`.
    package static func check(author: String, _ name: String) throws(SilenceError) {
        try check(name, author, longestAuthor)
    }

    private static func check(_ name: String, _ text: String, _ longest: Int) throws(SilenceError) {
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { throw .empty(name) }
        guard text.utf8.count <= longest else { throw .tooLong(name, bytes: text.utf8.count, longest: longest) }
    }
}

extension Silence: Codable {
    private enum Key: String, CodingKey {
        case id, matchers, startsAt, endsAt, createdBy, comment
    }

    /// Reads what ``encode(to:)`` writes, and checks it like ``init(id:matchers:startsAt:endsAt:createdBy:comment:)``; one
    /// that was ended before it began has its end at its start.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        id = try container.decode(String.self, forKey: .id)
        matchers = try container.decode(LabelMatchers.self, forKey: .matchers)
        startsAt = try container.decode(Timestamp.self, forKey: .startsAt)
        endsAt = try container.decode(Timestamp.self, forKey: .endsAt)
        createdBy = try container.decode(String.self, forKey: .createdBy)
        comment = try container.decode(String.self, forKey: .comment)
        do throws(SilenceError) {
            guard startsAt <= endsAt else { throw .endsBeforeItStarts(startsAt: startsAt, endsAt: endsAt) }
            try checkTexts()
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    /// Writes all of it.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(id, forKey: .id)
        try container.encode(matchers, forKey: .matchers)
        try container.encode(startsAt, forKey: .startsAt)
        try container.encode(endsAt, forKey: .endsAt)
        try container.encode(createdBy, forKey: .createdBy)
        try container.encode(comment, forKey: .comment)
    }
}
