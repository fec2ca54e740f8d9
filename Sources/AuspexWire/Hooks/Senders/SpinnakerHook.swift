import AuspexSignals

/// Reads the events of Spinnaker's echo, one or an array of them.
///
/// A stage that deploys is a change, and so is a pipeline that has no such stage but reports how it went.
enum SpinnakerHook {
    /// The stages that bring a version to servers.
    ///
    /// Source: Spinnaker, orca: the deploying stages of its clouds.
    private static let deploying: Set<String> = [
        "deploy", "deployManifest", "createServerGroup", "cloneServerGroup", "deployService", "deployCloudFormation",
        "rollingPush", "rollbackCluster", "rollbackServerGroup", "undoRolloutManifest", "updateLambda",
    ]
    /// Those of them that bring an earlier version back.
    private static let undoing: Set<String> = ["rollbackCluster", "rollbackServerGroup", "undoRolloutManifest"]

    /// What the events tell.
    static func items(_ body: HookNode, _ context: HookContext) throws(HookError) -> [HookDelivery.Item] {
        guard body.value.array != nil else { return [try item(body, context)] }
        var items: [HookDelivery.Item] = []
        for event in body.elements { items.append(try item(event, context)) }
        return items.isEmpty ? [.ignored("no events")] : items
    }

    private static func item(_ event: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        guard event.value.object != nil else { throw event.wrong("must be an object") }
        guard let details = event["details"] else {
            return .ignored("a trigger's body names artifacts, not a service; send the events of echo")
        }
        let type = try details.identifier("type")
        let parts = type.split(separator: ":")
        if parts.first == "orca", parts.count == 3 {
            let content = try event.object("content")
            let application = details.label("application").nonEmpty
            switch parts[1] {
            case "stage": return try stage(content, application, ending: parts[2], context)
            case "pipeline": return try pipeline(content, application, ending: parts[2], context)
            default: break
            }
        }
        return .ignored(
            type == "build"
                ? "a build is no deployment; the stages that deploy it tell of those"
                : "events of the kind '\(type.headline)' are not read")
    }

    private static func stage(
        _ content: HookNode, _ application: String?, ending: Substring, _ context: HookContext
    ) throws(HookError) -> HookDelivery.Item {
        let stage = content["context"]
        let details = content["stageDetails"] ?? stage?["stageDetails"]
        let type = details?.label("type").nonEmpty ?? stage?.label("type").nonEmpty ?? content.label("type")
        guard deploying.contains(type) else {
            return .ignored("a stage of the type '\(type.headline)' deploys nothing")
        }
        let execution = try Execution(content, application)
        let name = details?.label("name").nonEmpty ?? content.label("name").nonEmpty ?? type
        guard let outcome = outcome(ending) else { return unknown(ending) }
        return .change(
            try change(
                execution, context, id: "\(execution.id):\(content.label("stageId").nonEmpty ?? name)",
                names: ["\(execution.application)/\(execution.name)/\(name)"], title: "\(execution.name): \(name)",
                environment: stage?.label("account").nonEmpty ?? stage?.label("credentials") ?? "",
                outcome: outcome == .success && undoing.contains(type) ? .rolledBack : outcome, times: content))
    }

    private static func pipeline(
        _ content: HookNode, _ application: String?, ending: Substring, _ context: HookContext
    ) throws(HookError) -> HookDelivery.Item {
        let execution = try Execution(content, application)
        let stages = execution.node["stages"]?.elements ?? []
        if stages.contains(where: { deploying.contains($0.label("type")) }) {
            return .ignored("the pipeline's stages that deploy tell of themselves")
        }
        guard var outcome = outcome(ending) else { return unknown(ending) }
        // A pipeline that somebody stopped may be told as complete.
        let isStopped = ["TERMINAL", "CANCELED", "STOPPED"].contains(execution.node.label("status"))
        if outcome == .success, isStopped { outcome = .failure }
        return .change(
            try change(
                execution, context, id: execution.id, names: [], title: execution.name, environment: "",
                outcome: outcome, times: execution.node))
    }

    private static func unknown(_ ending: Substring) -> HookDelivery.Item {
        .ignored("'\(ending.prefix(HookLimits.titleCharacters))' says nothing about the outcome")
    }

    private static func outcome(_ ending: Substring) -> Change.Outcome? {
        switch ending {
        case "starting": .pending
        case "complete": .success
        case "failed": .failure
        default: nil
        }
    }

    private static func change(
        _ execution: Execution, _ context: HookContext, id: String, names: [String], title: String,
        environment: String, outcome: Change.Outcome, times: HookNode
    ) throws(HookError) -> Change {
        let place = context.place(
            names + ["\(execution.application)/\(execution.name)", execution.application],
            service: execution.application, environment: environment)
        let begun = try execution.node.time("startTime") ?? context.receivedAt
        let started = try times.time("startTime") ?? begun
        let ended = outcome == .pending ? nil : try times.time("endTime") ?? context.receivedAt
        let trigger = execution.node["trigger"]
        return Change(
            id: "spinnaker:\(execution.application):\(id)", service: place.service, environment: place.environment,
            version: trigger?["parameters"]?.label("version") ?? "", author: trigger?.label("user") ?? "",
            title: title.headline, startedAt: started, endedAt: ended.map { max(started, $0) }, outcome: outcome,
            source: "spinnaker")
    }

    /// What runs.
    private struct Execution {
        let node: HookNode
        let id: String
        let application: String
        /// The pipeline.
        let name: String

        init(_ content: HookNode, _ application: String?) throws(HookError) {
            node = try content.object("execution")
            id = try node["id"] == nil ? content.identifier("executionId") : node.identifier("id")
            if let application {
                self.application = application
            } else {
                self.application = try node.identifier("application")
            }
            name = node.label("name")
        }
    }
}
