import AuspexSignals

/// Reads the events of GitLab's webhooks.
enum GitLabHook {
    /// What an event tells.
    static func items(_ body: HookNode, _ context: HookContext) throws(HookError) -> [HookDelivery.Item] {
        let kind = try body.identifier("object_kind")
        switch kind {
        case "deployment": return [try deployment(body, context)]
        case "push": return try push(body, context)
        case "merge_request": return [try mergeRequest(body, context)]
        case "feature_flag": return [try featureFlag(body, context)]
        case "tag_push": return [.ignored("'\(body.headline("ref"))' is a tag")]
        default: return [.ignored(reason(kind) ?? "events of the kind '\(kind.headline)' are not read")]
        }
    }

    private static func reason(_ kind: String) -> String? {
        switch kind {
        case "pipeline": "a pipeline is no deployment; deployment events tell of those that it makes"
        case "build", "job": "a job is no deployment; deployment events tell of the one that it makes"
        case "release": "a release is published, not deployed; deployment events tell when it is"
        case "issue", "work_item", "note": "an issue or a note changes nothing that runs"
        default: nil
        }
    }

    /// A feature flag was turned on or off. GitLab tells neither when nor whether it was created, so each event is a
    /// change of its own.
    private static func featureFlag(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        let project = try GitLabProject(body)
        let flag = try body.object("object_attributes")
        let name = try flag.identifier("name")
        let state = flag["active"]?.value.bool == false ? "off" : "on"
        let place = context.place([project.path], service: project.name)
        return .change(
            Change(
                id: "gitlab:\(project.path):flag:\(name):\(context.delivery)", kind: .flag, service: place.service,
                environment: place.environment, version: state, author: body["user"]?.label("username") ?? "",
                title: "Feature flag \(name) \(state)".headline, startedAt: context.receivedAt,
                endedAt: context.receivedAt, outcome: .success, source: "gitlab", repository: project.path))
    }
}

/// A project in GitLab's events.
struct GitLabProject {
    let id: Int64
    /// `group/name`.
    let path: String
    let defaultBranch: String
    /// The last part of the path, which unlike the project's title is fit for a service's name.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    init(_ body: HookNode) throws(HookError) {
        let node = try body.object("project")
        id = try node.number("id")
        path = try node.identifier("path_with_namespace")
        defaultBranch = node.label("default_branch")
    }
}
