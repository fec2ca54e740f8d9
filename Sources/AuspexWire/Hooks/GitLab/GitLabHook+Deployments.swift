import AuspexSignals

extension GitLabHook {
    /// `deployment`: one begins, ends or waits for approvals.
    static func deployment(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        let project = try GitLabProject(body)
        let id = try body.number("deployment_id")
        let status = try body.identifier("status")
        let place = context.place([project.path], service: project.name, environment: body.label("environment"))
        let author = body["user"]?.label("username") ?? ""
        if status == "blocked" {
            return .question(
                DeploymentQuestion(
                    id: context.questionID(project.path, "deployment", String(id)), service: place.service,
                    environment: place.environment, sha: try commit(body), repository: project.path, author: author,
                    reply: .gitLabDeployment(project: project.id, deployment: id)))
        }
        guard let outcome = outcome(of: status) else {
            return .ignored("the deployment status '\(status.headline)' says nothing about the outcome")
        }
        let time = try body.time("status_changed_at") ?? context.receivedAt
        let title = body.headline("commit_title").nonEmpty
        return .change(
            Change(
                id: "gitlab:\(project.path):deployment:\(id)", service: place.service, environment: place.environment,
                version: try commit(body), author: author,
                title: title ?? "Deploy \(body.headline("ref")) to \(body.headline("environment"))".headline,
                startedAt: time, endedAt: outcome == .pending ? nil : time, outcome: outcome, source: "gitlab",
                repository: project.path))
    }

    /// One that is canceled was not carried out, which tells nothing about it.
    private static func outcome(of status: String) -> Change.Outcome? {
        switch status {
        case "created", "running": .pending
        case "success": .success
        case "failed": .failure
        default: nil
        }
    }

    /// The whole name of the commit, which only its address has, else the short one.
    private static func commit(_ body: HookNode) throws(HookError) -> String {
        if let name = body.label("commit_url").split(separator: "/").last, GitObject.isName(name) {
            return String(name)
        }
        return try body.identifier("short_sha")
    }
}
