import AuspexChanges
import AuspexSignals

/// Answers that do not hold any more: those that are too old to be acted on, and those that somebody has overridden.
extension QuestionDesk {
    /// Opens a question again whose answer has become too old to be acted on.
    func renew(_ id: String) async throws {
        guard busyQuestions.insert(id).inserted else { return }
        defer { busyQuestions.remove(id) }
        guard var asked = try await store.question(id: id), asked.settlement?.isExpired(at: clock.now()) == true else {
            return
        }
        asked.reopen(at: clock.now(), wait: wait)
        try await store.amend(asked, replies: [])
        bell.ring()
    }

    /// Whether a reply says that a deployment may go on and that is too old to be acted on. Then the question is opened
    /// again.
    func isOutdated(_ reply: Reply, at now: Timestamp) async throws -> Bool {
        guard reply.isFinal, let id = reply.question, let settlement = try await store.question(id: id)?.settlement,
            settlement.mayGoOn, settlement.isExpired(at: now)
        else { return false }
        try await renew(id)
        return true
    }

    /// Tells of a verdict that was overridden: answers its question if that is open, and tells whoever was told no before.
    ///
    /// - Returns: why whoever asked is not told; nil when nothing is in the way.
    func correct(by verdict: Verdict) async throws -> String? {
        // While the gate is being asked this has to wait.
        guard busyQuestions.insert(verdict.id).inserted else {
            corrections[verdict.id] = verdict
            bell.ring()
            return nil
        }
        defer { busyQuestions.remove(verdict.id) }
        guard var asked = try await store.question(id: verdict.id) else {
            try await announce(verdict)
            return nil
        }
        return try await correct(&asked, by: verdict)
    }

    /// The same for a question that is in hand.
    func correct(_ asked: inout AskedQuestion, by verdict: Verdict) async throws -> String? {
        if asked.settlement?.mayGoOn == true {
            try await announce(verdict)
            return nil
        }
        let now = clock.now()
        asked.beginAnew()
        asked.settlement = AskedQuestion.Settlement(verdict, at: now)
        let (able, unable) = try await answers(to: asked, verdict, at: now)
        try await store.amend(asked, replies: able)
        metrics.add(to: .questionsAnswered)
        bell.ring()
        guard let system = unable.first?.destination.system else { return nil }
        return "\(system.rawValue) has been told no already, and takes no other answer; start the deployment anew"
    }

    /// The answers to a question: those that can be sent, and those to whom has had one already and takes no other.
    func answers(
        to asked: AskedQuestion, _ verdict: Verdict, at now: Timestamp
    ) async throws -> (able: [Reply], unable: [Reply]) {
        let replies = plan.settled(asked, verdict, at: now)
        guard asked.reopened != nil else { return (replies, []) }
        let told = Set(
            try await store.replies(to: asked.question.id).filter { $0.isFinal && $0.state == .sent }.map(\.lane))
        let unable = replies.filter { told.contains($0.lane) && !$0.takesCorrections }
        return (replies.filter { !unable.contains($0) }, unable)
    }
}
