import AuspexSignals

/// What GitHub asks in its checks.
extension GitHubHook {
    /// `merge_group`: the merge queue waits for checks.
    static func mergeGroup(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        let action = body.label("action")
        guard action == "checks_requested" else { return .ignored("the action '\(action.headline)' asks nothing") }
        let sha = try body.object("merge_group").identifier("head_sha")
        return .question(try question(body, context, sha: sha, installation: installation(body)))
    }

    /// `check_suite` and `check_run`: an app is asked for its checks when a commit is new, and by whoever wants them again.
    static func check(
        _ event: String, _ body: HookNode, _ context: HookContext
    ) throws(HookError) -> HookDelivery.Item {
        let action = body.label("action")
        guard ["requested", "rerequested"].contains(action), let installation = try installation(body) else {
            return .ignored("a check's result tells of tests, not of changes")
        }
        let sha = try body.object(event).identifier("head_sha")
        // Asked again, it is another question.
        let turn = action == "rerequested" ? context.delivery : "first"
        return .question(try question(body, context, sha: sha, installation: installation, turn: turn))
    }

    private static func installation(_ body: HookNode) throws(HookError) -> Int64? {
        try body["installation"]?.number("id")
    }

    private static func question(
        _ body: HookNode, _ context: HookContext, sha: String, installation: Int64?, turn: String = "first"
    ) throws(HookError) -> DeploymentQuestion {
        let repository = try GitHubRepository(body)
        let place = context.place([repository.fullName], service: repository.name)
        let name = repository.fullName
        return DeploymentQuestion(
            id: context.questionID(name, "commit", sha, turn), service: place.service, environment: place.environment,
            sha: sha, repository: name, author: body.login("sender"),
            reply: installation.map { .gitHubCheck(repository: name, sha: sha, installation: $0) }
                ?? .gitHubStatus(repository: name, sha: sha, installation: nil))
    }
}
