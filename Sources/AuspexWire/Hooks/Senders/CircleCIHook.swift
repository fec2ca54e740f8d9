import AuspexSignals

/// Reads the outbound webhooks of CircleCI: a job or a workflow has ended.
enum CircleCIHook {
    /// What an event tells. A webhook should be subscribed to one of the two, or each deploy counts twice.
    static func item(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        switch try body.identifier("type") {
        case "ping": .ping
        case "job-completed": try change(body, try body.object("job"), "job", context)
        case "workflow-completed": try change(body, try body.object("workflow"), "workflow", context)
        case let type: .ignored("events of the kind '\(type.headline)' are not read")
        }
    }

    private static func change(
        _ body: HookNode, _ unit: HookNode, _ kind: String, _ context: HookContext
    ) throws(HookError) -> HookDelivery.Item {
        let status = try unit.identifier("status")
        let outcome: Change.Outcome
        switch status {
        case "success": outcome = .success
        case "failed", "error": outcome = .failure
        // "canceled" and "unauthorized": it was not carried out.
        default: return .ignored("the status '\(status.headline)' says nothing about the outcome")
        }
        let project = try body.object("project")
        let slug = project.label("slug")
        let name = try unit.identifier("name")
        let pipeline = body["pipeline"]
        let source = pipeline?["vcs"]
        let repository = repository(slug, source)
        let place = context.place(
            ["\(slug)/\(name)", slug] + (repository.map { ["\($0)/\(name)", $0] } ?? []),
            service: try project.identifier("name"))
        let happened = try body.time("happened_at") ?? context.receivedAt
        let ended = try unit.time("stopped_at") ?? happened
        let started = try unit.time(firstOf: "started_at", "created_at") ?? ended
        return .change(
            Change(
                id: "circleci:\(kind):\(try unit.identifier("id"))", service: place.service,
                environment: place.environment, version: version(pipeline),
                author: source?["commit"]?["author"]?.label("name") ?? "",
                title: title(kind, name, source), startedAt: min(started, ended), endedAt: ended, outcome: outcome,
                source: "circleci", repository: repository))
    }

    private static func title(_ kind: String, _ name: String, _ source: HookNode?) -> String {
        let subject = source?["commit"]?.headline("subject") ?? ""
        return ("\(kind) \(name)" + (subject.isEmpty ? "" : ": \(subject)")).headline
    }

    /// The commit; projects of GitHub's app and of GitLab have it among the trigger's parameters.
    private static func version(_ pipeline: HookNode?) -> String {
        pipeline?["vcs"]?.label("revision").nonEmpty
            ?? pipeline?["trigger_parameters"]?["git"]?.label("checkout_sha") ?? ""
    }

    /// `owner/name` of a slug such as `github/owner/name` or `gh/owner/name`; other slugs have no names in them.
    private static func repository(_ slug: String, _ source: HookNode?) -> String? {
        let parts = slug.split(separator: "/", maxSplits: 1)
        if parts.count == 2, ["github", "gh", "bitbucket", "bb"].contains(parts[0]) { return String(parts[1]) }
        return source.flatMap { RepositoryName.of($0.label("origin_repository_url")) }
    }
}
