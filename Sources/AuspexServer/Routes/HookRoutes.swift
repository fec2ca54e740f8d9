import AuspexEngine
import AuspexSignals
import AuspexWire
import Foundation
import HTTPTypes
import Hummingbird

/// The doors for CI systems: each webhook proves itself by its signature over the raw body.
struct HookRoutes: Sendable {
    let engine: Engine
    private let github: GitHubWebhook?
    private let limits = GitHubWebhook.Limits()

    init(engine: Engine, configuration: EngineConfiguration.Hooks) throws {
        self.engine = engine
        github = try configuration.githubSecret.map { secret in
            GitHubWebhook(
                secrets: try WebhookSecrets(
                    current: secret.value, previous: configuration.githubPreviousSecret?.value))
        }
    }

    func add(to router: Router<BasicRequestContext>) {
        router.post("/hooks/github", use: receiveGitHub)
    }

    /// What a webhook is answered.
    private struct Answer: Encodable {
        /// `accepted`, `duplicate`, `ignored` or `pong`.
        var result: String
        /// Why, where that is not obvious.
        var detail: String?
        /// The change that the event was taken for.
        var change: String?
    }

    @Sendable private func receiveGitHub(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard let github else {
            engine.metrics.add(to: .webhooksRefused)
            throw Problem(
                .forbidden, "Webhook not set up",
                "set hooks.github_secret_file to a file with the secret that the webhook at GitHub has")
        }
        let body = try await request.body(upTo: limits.bytes)
        let headers = GitHubWebhook.Headers(
            signatures: request.headers[values: .gitHubSignature], events: request.headers[values: .gitHubEvent],
            deliveries: request.headers[values: .gitHubDelivery], contentType: request.headers[.contentType])
        let delivery: GitHubDelivery
        do throws(GitHubError) {
            delivery = try github.receive(
                headers: headers, body: Data(body.readableBytesView), receivedAt: engine.clock.now())
        } catch {
            engine.metrics.add(to: .webhooksRefused)
            throw Problem(.init(code: error.status), "Webhook refused", error.description)
        }
        switch delivery.content {
        case .ping: return try .json(Answer(result: "pong"))
        case .ignored(let reason): return try .json(Answer(result: "ignored", detail: reason.description))
        case .proposal(let proposal):
            let detail = "pull request \(proposal.number) has changed nothing yet"
            return try .json(Answer(result: "ignored", detail: detail))
        case .change(let change):
            let isNew = try await accepting { try await engine.report(change, delivery: "github/\(delivery.id)") }
            let answer = Answer(result: isNew ? "accepted" : "duplicate", change: change.id)
            return try .json(answer, status: isNew ? .accepted : .ok)
        }
    }
}

extension HTTPField.Name {
    fileprivate static var gitHubSignature: Self { name("X-Hub-Signature-256") }
    fileprivate static var gitHubEvent: Self { name("X-GitHub-Event") }
    fileprivate static var gitHubDelivery: Self { name("X-GitHub-Delivery") }

    private static func name(_ text: String) -> Self {
        // The names above are tokens, so the fallback is never taken.
        HTTPField.Name(text) ?? .server
    }
}
