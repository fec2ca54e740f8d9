package import AuspexSignals

/// Something that another system is to be told, stored before it is sent. The body never changes, so that it may arrive
/// twice.
package struct Reply: Hashable, Sendable, Codable {
    /// How it stands.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is to be sent.
        case waiting
        /// It has arrived.
        case sent
        /// It will not be sent again: it was refused, or its time is over.
        case givenUp = "given_up"
        /// What came after it has made it pointless.
        case superseded
    }

    /// Unique, and the same for the same thing to say.
    package var id: String
    /// The question that it answers; nil for news that nobody asked for.
    package var question: String?
    /// Replies of one lane are sent one after the other, in their order.
    package var lane: String
    /// Where it goes.
    package var destination: ReplyDestination
    /// What it says, in the receiver's form.
    package var body: JSONValue
    /// Whether it is only said until there is an answer. What follows in its lane makes it pointless.
    package var isProgress: Bool
    /// When it was stored.
    package var createdAt: Timestamp
    /// After this moment it is not tried again.
    package var deadline: Timestamp
    /// When it is tried next.
    package var nextAt: Timestamp
    /// How often it was tried.
    package var attempts = 0
    /// What was in the way the last time; nil when nothing was.
    package var lastError: String?
    /// How it stands.
    package var state = State.waiting
    /// What the receiver calls what it has made of it; nil when it calls it nothing.
    package var remoteID: String?

    /// Whether it is the answer to whoever asked.
    package var isFinal: Bool { if case .asker = destination { !isProgress } else { false } }

    /// Whether the receiver takes another answer later.
    package var takesCorrections: Bool {
        if case .asker(let target) = destination { target.takesCorrections } else { true }
    }

    /// How long an answer is tried for. A deployment at GitHub waits for thirty days; a day outlasts most outages.
    package static let answerLife = TimeSpan.hours(24)
    /// How long news of an unfinished decision is tried for.
    package static let progressLife = TimeSpan.minutes(10)

    /// Creates a reply that is to be sent at once.
    package init(
        id: String, question: String?, lane: String, destination: ReplyDestination, body: JSONValue,
        isProgress: Bool = false, at now: Timestamp
    ) {
        self.id = id
        self.question = question
        self.lane = lane
        self.destination = destination
        self.body = body
        self.isProgress = isProgress
        createdAt = now
        nextAt = now
        deadline = now + (isProgress ? Self.progressLife : Self.answerLife)
    }
}
