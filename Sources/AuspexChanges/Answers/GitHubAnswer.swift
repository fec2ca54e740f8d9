import AuspexSignals

/// What GitHub is told.
enum GitHubAnswer {
    /// The name of the commit status and of the check run: one for each environment, or the answer for one would hide that
    /// for another.
    static func context(of environment: String) -> String {
        guard !environment.isEmpty else { return "auspex" }
        return "auspex/" + ShortText.cut(TextTable.printable(environment), bytes: longestEnvironment)
    }

    /// The longest name of an environment within a context; GitHub's own are 255 characters long at most.
    private static let longestEnvironment = 200
    /// The longest comment of a deployment protection rule.
    static let longestComment = 1_024
    /// The longest description of a commit status.
    static let longestDescription = 140
    /// The longest summary of a check run that is sent; GitHub takes 65,535 characters.
    static let longestSummary = 16_384

    /// The answer to a deployment protection rule: with a state it is the decision, without one a status report.
    static func protectionRule(environment: String, _ verdict: Verdict, page: String?, isReport: Bool, isWaiting: Bool)
        -> JSONValue
    {
        let comment = verdict.markdown(page: page, bytes: longestComment, isWaiting: isWaiting)
        var body: [String: JSONValue] = ["environment_name": .string(environment), "comment": .string(comment)]
        if !isReport { body["state"] = .string(verdict.mayGoOn ? "approved" : "rejected") }
        return .object(body)
    }

    /// A commit status.
    static func status(_ stage: AnswerStage, environment: String, page: String?) -> JSONValue {
        let (state, description) =
            switch stage {
            case .taken: ("pending", "the gate has been asked")
            case .waiting(let verdict, _): ("pending", verdict.line(bytes: longestDescription))
            case .settled(let verdict): (state(of: verdict), verdict.line(bytes: longestDescription))
            }
        var body: [String: JSONValue] = [
            "state": .string(state), "description": .string(description), "context": .string(context(of: environment)),
        ]
        if let page { body["target_url"] = .string(page) }
        return .object(body)
    }

    private static func state(of verdict: Verdict) -> String {
        switch verdict.outward {
        case .pass, .warn: "success"
        case .fail: "failure"
        // Nobody has found fault with the commit; the gate has no answer.
        case .inconclusive: "error"
        }
    }

    /// A check run. `head_sha` is for the one that makes it.
    static func check(
        _ stage: AnswerStage, _ question: DeploymentQuestion, sha: String, page: String?, at now: Timestamp
    ) -> JSONValue {
        var body: [String: JSONValue] = [
            "name": .string(context(of: question.environment)), "head_sha": .string(sha),
            "external_id": .string(question.id),
        ]
        if let page { body["details_url"] = .string(page) }
        switch stage {
        case .taken:
            body["status"] = .string("in_progress")
            body["output"] = output("asking", "The gate has been asked.")
        case .waiting(let verdict, _):
            body["status"] = .string("in_progress")
            body["output"] = output(
                "waiting", verdict.markdown(page: page, bytes: longestSummary, isWaiting: true))
        case .settled(let verdict):
            body["status"] = .string("completed")
            body["conclusion"] = .string(conclusion(of: verdict))
            body["completed_at"] = .string(now.iso8601)
            body["output"] = output(
                verdict.line(bytes: longestDescription), verdict.markdown(page: page, bytes: longestSummary))
        }
        return .object(body)
    }

    private static func output(_ title: String, _ summary: String) -> JSONValue {
        .object(["title": .string(title), "summary": .string(summary)])
    }

    private static func conclusion(of verdict: Verdict) -> String {
        switch verdict.outward {
        case .pass: "success"
        case .warn: "neutral"
        case .fail, .inconclusive: "failure"
        }
    }
}
