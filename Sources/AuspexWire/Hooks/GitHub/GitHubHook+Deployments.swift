import AuspexSignals
import Foundation

extension GitHubHook {
    /// `deployment`: one was asked for.
    static func deployment(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        let action = body.label("action")
        guard action.isEmpty || action == "created" else {
            return .ignored("the action '\(action.headline)' changes nothing")
        }
        return .change(try change(try body.object("deployment"), GitHubRepository(body), context))
    }

    /// `deployment_status`: how one stands.
    static func deploymentStatus(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        let action = body.label("action")
        guard action.isEmpty || action == "created" else {
            return .ignored("the action '\(action.headline)' changes nothing")
        }
        let status = try body.object("deployment_status")
        let state = try status.identifier("state")
        let environment = status.label("environment")
        var change = try change(
            try body.object("deployment"), GitHubRepository(body), context, environment: environment)
        guard let outcome = outcome(ofState: state) else {
            return .ignored("the deployment state '\(state.headline)' says nothing about the outcome")
        }
        change.outcome = outcome
        if outcome != .pending { change.endedAt = try status.neededTime("created_at") }
        return .change(change)
    }

    /// `workflow_job`: of use when the job deploys, as its events then come before those of the deployment.
    static func workflowJob(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        guard body["deployment"] != nil else { return .ignored("the job deploys nothing") }
        var change = try change(try body.object("deployment"), GitHubRepository(body), context)
        let job = try body.object("workflow_job")
        guard body.label("action") == "completed" else { return .change(change) }
        switch job.label("conclusion") {
        case "success": change.outcome = .success
        case "failure", "timed_out", "startup_failure": change.outcome = .failure
        case let conclusion:
            return .ignored("the conclusion '\(conclusion.headline)' says nothing about the outcome")
        }
        change.endedAt = try job.time("completed_at") ?? context.receivedAt
        return .change(change)
    }

    /// `deployment_protection_rule`: GitHub asks whether a job may use an environment.
    static func protectionRule(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        let action = body.label("action")
        guard action == "requested" else { return .ignored("the action '\(action.headline)' asks nothing") }
        let repository = try GitHubRepository(body)
        let deployment = try body.object("deployment")
        let id = try deployment.number("id")
        let environment = try body.identifier("environment")
        let place = context.place(
            [repository.fullName], service: repository.name, stated: attached("service", to: deployment),
            environment: environment)
        return .question(
            DeploymentQuestion(
                id: context.questionID(repository.fullName, "deployment", String(id)), service: place.service,
                environment: place.environment, sha: try deployment.identifier("sha"),
                repository: repository.fullName,
                author: deployment.login("creator").nonEmpty ?? body.login("sender"),
                reply: .gitHubProtectionRule(
                    repository: repository.fullName, callback: try body.identifier("deployment_callback_url"),
                    environment: environment, installation: try body.object("installation").number("id"))))
    }

    /// The change that a deployment is. Its id does not depend on the event that told of it.
    ///
    /// The deployer may say more in the deployment's payload: `service` when a repository holds several, and
    /// `previous_version`, which GitHub itself does not know.
    private static func change(
        _ deployment: HookNode, _ repository: GitHubRepository, _ context: HookContext, environment: String = ""
    ) throws(HookError) -> Change {
        let environment = environment.nonEmpty ?? deployment.label("environment")
        let place = context.place(
            [repository.fullName], service: repository.name, stated: attached("service", to: deployment),
            environment: environment)
        let title = deployment.headline("description").nonEmpty
        return Change(
            id: "github:\(repository.fullName):deployment:\(try deployment.number("id"))", kind: .deploy,
            service: place.service, environment: place.environment, version: try deployment.identifier("sha"),
            previousVersion: attached("previous_version", to: deployment) ?? "", author: deployment.login("creator"),
            title: title ?? "Deploy \(deployment.headline("ref")) to \(environment)".headline,
            startedAt: try deployment.neededTime("created_at"), outcome: .pending, source: "github",
            repository: repository.fullName)
    }

    /// A text of at most 200 bytes that the deployer attached, in an object or in a text that holds one; GitHub hands a payload that was
    /// given as text back as text.
    private static func attached(_ name: String, to deployment: HookNode) -> String? {
        let longest = 200
        var members = deployment["payload"]?.value
        if case .string(let text)? = members {
            members = try? HookBody.parse(Data(text.utf8), limits: HookLimits(depth: 8, values: 1_000))
        }
        guard let text = members?[name]?.string, text.utf8.count <= longest else { return nil }
        return text.withoutControls.nonEmpty
    }

    /// `inactive` only says that a newer deployment has taken over; it tells nothing about how this one went.
    private static func outcome(ofState state: String) -> Change.Outcome? {
        switch state {
        case "success": .success
        case "failure", "error": .failure
        case "pending", "queued", "in_progress", "waiting": .pending
        default: nil
        }
    }
}
