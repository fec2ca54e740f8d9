import AuspexSignals

/// Replies to GitLab: external status checks and approvals of deployments.
struct GitLabReplies: Sendable {
    let access: ReplyAccess.GitLab
    let line: ReplyLine

    func send(
        _ reply: OutgoingReply, to target: DeploymentQuestion.ReplyTarget, at now: Timestamp
    ) async -> ReplyOutcome {
        let path: String
        switch target {
        case .gitLabStatusCheck(let project, let mergeRequest, _, _):
            path = "projects/\(project)/merge_requests/\(mergeRequest)/status_check_responses"
        case .gitLabDeployment(let project, let deployment):
            path = "projects/\(project)/deployments/\(deployment)/approval"
        case .poll, .gitHubProtectionRule, .gitHubStatus, .gitHubCheck: return .refused("this is no reply to GitLab")
        }
        do throws(ReplyLine.Obstacle) {
            let answer = try await line.send(
                to: "\(access.api)/\(path)",
                headers: [("PRIVATE-TOKEN", access.token), ("Content-Type", "application/json")],
                body: Array(reply.body.canonicalText.utf8))
            return ReplyLine.outcome(of: answer, at: now)
        } catch {
            return error.outcome
        }
    }
}
