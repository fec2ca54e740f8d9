import AuspexSignals

/// Replies to GitHub: decisions on deployments, commit statuses and check runs.
struct GitHubReplies: Sendable {
    private let api: String
    private let token: RenewedToken?
    private let tokens: GitHubTokens?
    private let line: ReplyLine

    init(_ access: ReplyAccess.GitHub, _ line: ReplyLine) {
        api = access.api
        token = access.token.map { RenewedToken($0, file: access.tokenFile) }
        tokens = access.app.map { GitHubTokens(api: access.api, app: $0, line: line) }
        self.line = line
    }

    /// The header fields of every call.
    static func headers(token: String) -> [(name: String, value: String)] {
        [
            ("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28"),
            ("Authorization", "Bearer \(token)"),
        ]
    }

    func send(
        _ reply: OutgoingReply, to target: DeploymentQuestion.ReplyTarget, at now: Timestamp
    ) async -> ReplyOutcome {
        do throws(ReplyLine.Obstacle) {
            let call = try GitHubCall(reply, to: target, api: api)
            return try await send(call, at: now)
        } catch {
            return error.outcome
        }
    }

    private func send(_ call: GitHubCall, at now: Timestamp) async throws(ReplyLine.Obstacle) -> ReplyOutcome {
        guard let installation = call.installation, let tokens else {
            guard let token else {
                throw .refused(
                    "there is nothing to prove oneself with: set answers.github.app_id and private_key_file, or token_file"
                )
            }
            let text = token.current
            let first = try await attempt(call, text, at: now)
            guard first.status == 401, let other = token.replacement(for: text) else { return first.outcome }
            return try await attempt(call, other, at: now).outcome
        }
        let token = try await tokens.token(of: installation, at: now)
        let first = try await attempt(call, token.text, at: now)
        guard first.status == 401, !token.isFresh else { return first.outcome }
        // A kept token may have been revoked; a new one settles whether that was it.
        await tokens.forget(token.text, of: installation)
        return try await attempt(call, try await tokens.token(of: installation, at: now).text, at: now).outcome
    }

    private func attempt(
        _ call: GitHubCall, _ token: String, at now: Timestamp
    ) async throws(ReplyLine.Obstacle) -> (status: Int, outcome: ReplyOutcome) {
        let answer = try await line.send(
            call.method, to: call.url,
            headers: Self.headers(token: token) + [("Content-Type", "application/json")],
            body: Array(call.body.canonicalText.utf8))
        let outcome = ReplyLine.outcome(of: answer, at: now)
        guard case .sent = outcome, call.makesCheck, let id = answer.json["id"]?.int else {
            return (answer.status, outcome)
        }
        return (answer.status, .sent(remoteID: String(id)))
    }
}
