package import AuspexSignals

/// What is to be sent to another system.
package struct OutgoingReply: Hashable, Sendable {
    /// Its name, the same each time that it is sent.
    package var id: String
    /// Where it goes.
    package var destination: ReplyDestination
    /// What it says.
    package var body: JSONValue
    /// What the receiver calls what an earlier reply of the same kind has made; nil for nothing.
    package var remoteID: String?

    /// Creates a reply.
    package init(id: String, destination: ReplyDestination, body: JSONValue, remoteID: String? = nil) {
        self.id = id
        self.destination = destination
        self.body = body
        self.remoteID = remoteID
    }
}

/// What has become of a reply.
package enum ReplyOutcome: Hashable, Sendable {
    /// It has arrived; the receiver calls what it has made of it `remoteID`, if anything.
    case sent(remoteID: String?)
    /// It may arrive later; not before `after`, where the receiver has said so.
    case failed(String, after: TimeSpan?)
    /// It never will.
    case refused(String)
}

/// Who sends replies to other systems.
package protocol ReplySender: Sendable {
    /// Sends a reply once. The same reply may be sent again later.
    ///
    /// - Parameter now: The time, for signatures and tokens.
    func send(_ reply: OutgoingReply, at now: Timestamp) async -> ReplyOutcome
}
