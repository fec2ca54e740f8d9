package import AuspexSignals

/// Which replies a question leads to, and when: a function of the question, the verdict and the settings.
package struct AnswerPlan: Hashable, Sendable {
    /// The most status reports on one question. GitHub takes ten for a deployment; two are kept for the answer.
    package static let mostReports = 8

    private let settings: AnswerSettings

    /// Creates a plan.
    package init(_ settings: AnswerSettings) { self.settings = settings }

    /// What is said when a question has been taken in.
    package func taken(_ asked: AskedQuestion, at now: Timestamp) -> [Reply] {
        targets(of: asked.question).flatMap { replies(to: $0, asked, .taken, at: now) }
    }

    /// What is said when the gate cannot decide yet.
    ///
    /// - Parameters:
    ///   - verdict: What it lacks.
    ///   - isNews: Whether that is something else than the last time.
    package func waiting(_ asked: inout AskedQuestion, _ verdict: Verdict, isNews: Bool, at now: Timestamp) -> [Reply] {
        let isReport = isNews && asked.reports < Self.mostReports
        if isReport { asked.reports += 1 }
        let stage = AnswerStage.waiting(verdict, number: asked.attempts)
        return targets(of: asked.question)
            .filter { isReport || $0.mustBeRepeated }
            .flatMap { [asked] in replies(to: $0, asked, stage, at: now) }
    }

    /// What is said when the gate has decided.
    package func settled(_ asked: AskedQuestion, _ verdict: Verdict, at now: Timestamp) -> [Reply] {
        targets(of: asked.question).flatMap { replies(to: $0, asked, .settled(verdict), at: now) }
            + announcements(of: verdict, asked, at: now)
    }

    /// What is said of a verdict to those who want to hear of all.
    ///
    /// - Parameter asked: The question that has led to it; nil for none.
    package func announcements(of verdict: Verdict, _ asked: AskedQuestion? = nil, at now: Timestamp) -> [Reply] {
        let question = asked?.question
        // One that is overridden is news once more.
        let name = "verdict/\(verdict.id)" + (asked?.edition ?? "") + (verdict.override == nil ? "" : "/override")
        var replies: [Reply] = []
        if settings.cdEvents {
            let event = CDEvent.approval(verdict, question, settings, name: name, at: now)
            replies.append(news(name, .cdEvents, event.cloudEvent, question?.id, at: now))
        }
        if settings.webhook, let data = try? JSONValue(parsing: verdict.jsonData()) {
            let body: JSONValue = .object([
                "type": .string("gate.verdict"), "timestamp": .string(now.iso8601), "data": data,
            ])
            replies.append(news(name, .webhook, body, question?.id, at: now))
        }
        return replies
    }

    /// What is said of a change that is over; nothing of one that CDEvents have told of, whose hearers know.
    package func announcements(of change: Change, at now: Timestamp) -> [Reply] {
        guard settings.cdEvents, change.source != CDEvent.changeSource,
            let event = CDEvent.outcome(of: change, publicURL: settings.publicURL)
        else {
            return []
        }
        let name = "change/\(change.id)/\(change.outcome.rawValue)"
        return [news(name, .cdEvents, event.cloudEvent, nil, at: now)]
    }

    private func news(
        _ name: String, _ destination: ReplyDestination, _ body: JSONValue, _ question: String?, at now: Timestamp
    ) -> Reply {
        let id = "\(name)/\(destination.system?.rawValue ?? "")"
        return Reply(id: id, question: question, lane: id, destination: destination, body: body, at: now)
    }

    /// Whoever asked, and the commit's status where every commit gets one.
    private func targets(of question: DeploymentQuestion) -> [DeploymentQuestion.ReplyTarget] {
        guard settings.statuses, !question.sha.isEmpty, let repository = question.gitHubRepository else {
            return [question.reply]
        }
        if case .gitHubStatus = question.reply { return [question.reply] }
        return [
            question.reply,
            .gitHubStatus(repository: repository, sha: question.sha, installation: question.reply.installation),
        ]
    }

    private func replies(
        to target: DeploymentQuestion.ReplyTarget, _ asked: AskedQuestion, _ stage: AnswerStage, at now: Timestamp
    ) -> [Reply] {
        let question = asked.question
        let page = settings.page(ofVerdict: question.id)
        func reply(_ body: JSONValue, _ name: String = stage.name, isProgress: Bool = stage.isProgress) -> Reply {
            let lane = "question/\(question.id)/\(target.name)"
            return Reply(
                id: "\(lane)\(asked.edition)/\(name)", question: question.id, lane: lane, destination: .asker(target),
                body: body,
                isProgress: isProgress, at: now)
        }
        switch (target, stage) {
        case (.poll, _), (.gitHubProtectionRule, .taken), (.gitLabDeployment, .taken), (.gitLabDeployment, .waiting):
            return []
        case (.gitHubProtectionRule(_, _, let environment, _), .waiting(let verdict, _)):
            return [
                reply(
                    GitHubAnswer.protectionRule(
                        environment: environment, verdict, page: page, isReport: true, isWaiting: true))
            ]
        case (.gitHubProtectionRule(_, _, let environment, _), .settled(let verdict)):
            let isWarning = verdict.outward == .warn
            let report = GitHubAnswer.protectionRule(
                environment: environment, verdict, page: page, isReport: true, isWaiting: false)
            let answer = GitHubAnswer.protectionRule(
                environment: environment, verdict, page: page, isReport: false, isWaiting: false)
            return (isWarning ? [reply(report, "warning", isProgress: true)] : []) + [reply(answer)]
        case (.gitHubStatus, _):
            return [reply(GitHubAnswer.status(stage, environment: question.environment, page: page))]
        case (.gitHubCheck(_, let sha, _), _):
            return [reply(GitHubAnswer.check(stage, question, sha: sha, page: page, at: now))]
        case (.gitLabStatusCheck(_, _, let sha, let check), _):
            return [reply(GitLabAnswer.statusCheck(stage, sha: sha, check: check))]
        case (.gitLabDeployment, .settled(let verdict)): return [reply(GitLabAnswer.approval(verdict, page: page))]
        }
    }
}

extension AskedQuestion {
    /// What sets the ids of replies apart from those of what was said before; empty at first.
    fileprivate var edition: String { reopened.map { "/again-\($0)" } ?? "" }
}
