package import AuspexChanges
package import AuspexSignals
import AuspexStore
import Logging

/// Questions of other systems, and the answers to them.
extension Engine {
    /// Takes a question of another system whether a deployment may go on. When this returns it survives a crash; it is then
    /// decided, asked again while the verdict is inconclusive and `gate.wait` is not over, and the answer sent where the
    /// question says.
    ///
    /// - Parameter delivery: The delivery that brought it. GitLab asks again about a merge request in the same words when
    ///   somebody wants a failed status check again; after an answer that was no, that is another question.
    /// - Returns: whether it was news; a question that was asked before is not answered again.
    /// - Throws: ``EngineError/deskFull(_:)`` when too many are open.
    package func ask(_ question: DeploymentQuestion, delivery: String? = nil) async throws -> Bool {
        var question = question
        if let delivery, case .gitLabStatusCheck = question.reply,
            try await questions.store.question(id: question.id)?.settlement?.mayGoOn == false
        {
            question.id = DeploymentQuestion.plainID("\(question.id):\(delivery)")
        }
        return try await questions.take(question)
    }

    /// A question as it stands; nil when there is none of this id.
    package func question(id: String) async throws -> AskedQuestion? { try await questions.store.question(id: id) }

    /// The open questions, oldest first.
    package func openQuestions(limit: Int) async throws -> [AskedQuestion] {
        try await questions.store.openQuestions(limit: limit)
    }

    /// The replies that have not arrived yet, oldest first.
    package func waitingReplies(limit: Int) async throws -> [Reply] {
        try await questions.store.waitingReplies(limit: limit)
    }

    /// How long a reply that was given up is of interest to whoever looks after the server.
    package static var givenUpOfLate: TimeSpan { .hours(48) }

    /// The replies of the last two days that were given up, newest first.
    package func givenUpReplies(limit: Int) async throws -> [Reply] {
        try await questions.store.givenUpReplies(since: clock.now() - Self.givenUpOfLate, limit: limit)
    }

    /// Asks a question anew whose answer has become too old to be acted on; see ``QuestionDesk/renew(_:)``.
    package func renewQuestion(_ id: String) async throws { try await questions.renew(id) }

    /// Works on a question now, whatever time was set; see ``QuestionDesk/retry(_:)``.
    ///
    /// - Returns: whether there is such a question.
    package func retryQuestion(_ id: String) async throws -> Bool { try await questions.retry(id) }

    /// Tells those who want to hear of all verdicts of this one. One that is not the last word, since it lacks something or
    /// the service is still being watched, is no news. What goes wrong is logged: the verdict stands all the same.
    package func announce(_ verdict: Verdict) async {
        guard verdict.final, verdict.outward != .inconclusive else { return }
        do {
            try await questions.announce(verdict)
        } catch {
            questions.logger.error(
                "a verdict cannot be announced", metadata: ["id": "\(verdict.id)", "reason": "\(error)"])
        }
    }
}

extension Engine: QuestionDecider {
    @concurrent func decide(_ question: DeploymentQuestion) async throws -> Verdict {
        try await decide(GateQuery(question), id: question.id)
    }

    @concurrent func undecided(_ question: DeploymentQuestion, because reason: String) async throws -> Verdict {
        let query = GateQuery(question)
        let request = Gate.Request(
            id: question.id, service: query.service, environment: query.environment, sha: query.sha,
            version: query.version)
        var verdict = Gate.decide(
            request, GateFacts(),
            policy: configuration.gate.policy(service: query.service, environment: query.environment), now: clock.now())
        verdict.missing = ["the gate could not decide: \(reason)"]
        return try await keep(verdict)
    }
}

extension GateQuery {
    /// What a question of another system asks.
    package init(_ question: DeploymentQuestion) {
        self.init(
            service: question.service, environment: question.environment, sha: question.sha,
            version: question.version, author: question.author)
        origin = question.repository
    }
}
