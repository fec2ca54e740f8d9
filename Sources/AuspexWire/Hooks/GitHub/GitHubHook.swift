import AuspexSignals

/// Reads the events of GitHub's webhooks. Every event has a decided result, so that a webhook may send all of them.
enum GitHubHook {
    /// What an event tells.
    ///
    /// - Parameter event: `X-GitHub-Event`.
    static func items(
        _ event: String, _ body: HookNode, _ context: HookContext
    ) throws(HookError) -> [HookDelivery.Item] {
        guard body.value.object != nil else { throw body.wrong("must be an object") }
        switch event {
        case "ping": return [.ping]
        case "deployment": return [try deployment(body, context)]
        case "deployment_status": return [try deploymentStatus(body, context)]
        case "deployment_protection_rule": return [try protectionRule(body, context)]
        case "workflow_job": return [try workflowJob(body, context)]
        case "push": return try push(body, context)
        case "pull_request": return try pullRequest(body, context)
        case "merge_group": return [try mergeGroup(body, context)]
        case "check_suite", "check_run": return [try check(event, body, context)]
        default: return [.ignored(reason(event) ?? "events of the kind '\(event)' are not read")]
        }
    }

    private static func reason(_ event: String) -> String? {
        switch event {
        case "deployment_review": "people review the deployment; what becomes of it, a deployment_status tells"
        case "workflow_run": "a workflow's run is no deployment; deployment and deployment_status tell of those"
        case "release": "a release is published, not deployed; deployment_status tells when it is"
        case "status": "a commit's status tells of checks, not of changes"
        default: nil
        }
    }
}

/// A repository in GitHub's events.
struct GitHubRepository {
    let name: String
    let fullName: String
    let defaultBranch: String
    /// When it was last pushed to: seconds since 1970 in `push` events.
    let pushedAt: Timestamp?

    init(_ body: HookNode) throws(HookError) {
        let node = try body.object("repository")
        name = try node.identifier("name")
        fullName = try node.identifier("full_name")
        defaultBranch = node.label("default_branch")
        pushedAt = try? node.time("pushed_at")
    }
}

extension HookNode {
    /// The login of somebody at GitHub; empty when the member is missing.
    func login(_ name: String) -> String { self[name]?.label("login") ?? "" }
}
