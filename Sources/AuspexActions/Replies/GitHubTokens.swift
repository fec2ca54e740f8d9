import AuspexSignals

/// The tokens of a GitHub App's installations, each fetched when it is needed and kept until it expires.
actor GitHubTokens {
    /// A token ends this long before GitHub says, so that it does not expire on its way.
    static let margin = TimeSpan.minutes(1)
    /// How many installations' tokens are kept. Those that expire first make room.
    static let most = 10_000

    /// A token and whether it was fetched just now.
    struct Token {
        var text: String
        var isFresh: Bool
    }

    private struct Kept {
        var text: String
        var expiresAt: Timestamp
    }

    private let api: String
    private let app: GitHubApp
    private let line: ReplyLine
    private var kept: [Int64: Kept] = [:]

    init(api: String, app: GitHubApp, line: ReplyLine) {
        self.api = api
        self.app = app
        self.line = line
    }

    /// A token of the installation.
    ///
    /// - Throws: `ReplyLine.Obstacle` when there is none to be had.
    func token(of installation: Int64, at now: Timestamp) async throws(ReplyLine.Obstacle) -> Token {
        if let token = kept[installation], now < token.expiresAt { return Token(text: token.text, isFresh: false) }
        let answer = try await line.send(
            to: "\(api)/app/installations/\(installation)/access_tokens",
            headers: GitHubReplies.headers(token: try proof(at: now)), body: nil)
        guard case .sent = ReplyLine.outcome(of: answer, at: now) else {
            throw ReplyLine.Obstacle(
                ReplyLine.outcome(of: answer, at: now).about("token of installation \(installation)"))
        }
        guard let text = answer.json["token"]?.string, !text.isEmpty,
            let expiresAt = answer.json["expires_at"]?.string.flatMap({ Timestamp(iso8601: $0) })
        else { throw ReplyLine.Obstacle(.failed("the answer has no token with expires_at", after: nil)) }
        makeRoom()
        kept[installation] = Kept(text: text, expiresAt: expiresAt - Self.margin)
        return Token(text: text, isFresh: true)
    }

    /// Forgets a token that is not taken any more.
    func forget(_ text: String, of installation: Int64) {
        if kept[installation]?.text == text { kept[installation] = nil }
    }

    private func proof(at now: Timestamp) throws(ReplyLine.Obstacle) -> String {
        do {
            return try app.token(at: now)
        } catch {
            throw .refused("the app's token cannot be signed: \(error)")
        }
    }

    private func makeRoom() {
        guard kept.count >= Self.most, let first = kept.min(by: { $0.value.expiresAt < $1.value.expiresAt }) else {
            return
        }
        kept[first.key] = nil
    }
}

extension ReplyOutcome {
    /// The outcome with what it is about before its reason.
    func about(_ what: String) -> ReplyOutcome {
        switch self {
        case .sent: self
        case .failed(let reason, let after): .failed("\(what): \(reason)", after: after)
        case .refused(let reason): .refused("\(what): \(reason)")
        }
    }
}
