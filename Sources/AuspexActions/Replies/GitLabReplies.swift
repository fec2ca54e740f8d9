import AuspexSignals

/// Replies to GitLab: external status checks and approvals of deployments.
struct GitLabReplies: Sendable {
    private let api: String
    private let token: RenewedToken
    private let line: ReplyLine

    init(_ access: ReplyAccess.GitLab, _ line: ReplyLine) {
        api = access.api
        token = RenewedToken(access.token, file: access.tokenFile)
        self.line = line
    }

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
            let text = token.current
            var answer = try await attempt(reply, path, text)
            if answer.status == 401, let other = token.replacement(for: text) {
                answer = try await attempt(reply, path, other)
            }
            return ReplyLine.outcome(of: answer, at: now)
        } catch {
            return error.outcome
        }
    }

    private func attempt(
        _ reply: OutgoingReply, _ path: String, _ token: String
    ) async throws(ReplyLine.Obstacle) -> GuardedRequest.Answer {
        try await line.send(
            to: "\(api)/\(path)", headers: [("PRIVATE-TOKEN", token), ("Content-Type", "application/json")],
            body: Array(reply.body.canonicalText.utf8))
    }
}
