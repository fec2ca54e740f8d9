package import AuspexSignals

/// Where questions of other systems and the replies to them are kept. What has returned survives a crash.
package protocol QuestionStore: Sendable {
    /// Takes in a question with the replies that it leads to at once, all or nothing.
    ///
    /// - Parameter most: How many questions may be open.
    /// - Returns: what has become of it. A question of an id that is known changes nothing.
    func insert(_ question: AskedQuestion, replies: [Reply], most: Int) async throws -> QuestionIntake

    /// Keeps how a question stands, with the replies that follow, all or nothing. Replies that are known stay as they are;
    /// progress that waits in the lane of a new reply is superseded.
    func save(_ question: AskedQuestion, replies: [Reply]) async throws

    /// Keeps a question of which something else is said from now on, with the replies that say it, all or nothing. What was
    /// said before to whoever asked, and has not arrived, is superseded.
    func amend(_ question: AskedQuestion, replies: [Reply]) async throws

    /// Closes a question that cannot be read, so that it holds nobody up; the audit says so.
    func discardQuestion(_ id: String, because reason: String, at now: Timestamp) async throws

    /// Gives a reply up that cannot be read, so that it holds nobody up; the audit says so.
    func discardReply(_ id: String, because reason: String, at now: Timestamp) async throws

    /// Keeps replies that belong to no question. Those that are known stay as they are.
    ///
    /// - Parameter most: How many may wait.
    /// - Returns: whether there was room; if not, none is kept.
    func insert(_ replies: [Reply], most: Int) async throws -> Bool

    /// Keeps what an attempt has made of a reply. One that failed with another behind it in its lane is superseded when it
    /// is progress; one that is given up leaves an entry in the audit.
    ///
    /// - Returns: the reply as it is kept.
    func save(_ reply: Reply, at now: Timestamp) async throws -> Reply

    /// The question of this id; nil when there is none.
    func question(id: String) async throws -> AskedQuestion?

    /// The open questions, oldest first; without those that cannot be read.
    func openQuestions(limit: Int) async throws -> [AskedQuestion]

    /// The ids of the open questions for which the gate is to be asked at `now`, the longest overdue first.
    func dueQuestions(at now: Timestamp, limit: Int) async throws -> [String]

    /// The reply of this id; nil when there is none.
    func reply(id: String) async throws -> Reply?

    /// The replies that wait, oldest first; without those that cannot be read.
    func waitingReplies(limit: Int) async throws -> [Reply]

    /// The replies stored since a moment that were given up, newest first; without those that cannot be read.
    func givenUpReplies(since: Timestamp, limit: Int) async throws -> [Reply]

    /// All replies to a question, in the order in which they were stored; without those that cannot be read.
    func replies(to question: String) async throws -> [Reply]

    /// The replies to be sent to each of the systems at `now`, the longest overdue first, of each lane the first; at most
    /// `limit` to each.
    func dueReplies(
        to systems: [ReplyDestination.System], at now: Timestamp, limit: Int
    ) async throws -> [ReplyDestination.System: [ReplyTicket]]

    /// What the receiver calls what it has made of the newest reply of the lane that has arrived; nil for nothing.
    func remoteID(inLane lane: String) async throws -> String?

    /// How many questions are open and how many replies wait.
    func counts() async throws -> (questions: Int, replies: Int)
}

/// What has become of a question that came.
package enum QuestionIntake: Hashable, Sendable {
    /// It is on the desk.
    case taken
    /// It has been there before.
    case known
    /// Too many are open.
    case full
}

/// A reply that is due, by its name and lane.
package struct ReplyTicket: Hashable, Sendable {
    /// The reply's id.
    package let id: String
    /// Its lane.
    package let lane: String

    /// Creates a ticket.
    package init(id: String, lane: String) {
        self.id = id
        self.lane = lane
    }
}
