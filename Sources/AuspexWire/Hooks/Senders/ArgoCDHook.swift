import AuspexSignals

/// Reads the notifications of Argo CD. Their bodies are templates of the user's; the one that we ship is in the article
/// on webhooks:
///
/// ```json
/// {"app": "shop", "phase": "Succeeded", "health": "Healthy", "revision": "abc123", "environment": "production",
///  "repository": "https://github.com/acme/shop", "startedAt": "…", "finishedAt": "…", "author": "ada", "message": ""}
/// ```
///
/// Understood is the body of Argo CD's own example for commit statuses as well: `state`, `context`, `target_url`.
enum ArgoCDHook {
    /// What a notification tells.
    static func item(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        if body["app"] == nil, body["state"] != nil { return try status(body, context) }
        let app = try body.identifier("app")
        guard let outcome = outcome(try body.identifier("phase"), text(body, "health")) else {
            return .ignored("the phase '\(body.headline("phase"))' says nothing about the outcome")
        }
        let revision = text(body, "revision")
        let repository = RepositoryName.of(text(body, "repository"))
        let place = context.place(
            [app] + (repository.map { [$0] } ?? []), service: app, environment: text(body, "environment"))
        let started = try time(body, "startedAt")
        let ended = outcome == .pending ? nil : try time(body, "finishedAt") ?? context.receivedAt
        let start = started ?? ended ?? context.receivedAt
        // When a sync begins its revision may not be known yet, and the same one may be synced again.
        let turn = started.map { String($0.milliseconds) } ?? revision.nonEmpty ?? context.delivery
        return .change(
            Change(
                id: "argocd:\(app):\(turn)", service: place.service,
                environment: place.environment, version: revision, author: text(body, "author"),
                title: text(body, "message").headline.nonEmpty ?? "Sync \(app)".headline, startedAt: start,
                endedAt: ended.map { max(start, $0) }, outcome: outcome, source: "argocd", repository: repository))
    }

    /// A sync that went well and left the application degraded has failed: what it rolled out does not run.
    private static func outcome(_ phase: String, _ health: String) -> Change.Outcome? {
        switch phase {
        case "Running", "Terminating": .pending
        case "Succeeded": health == "Degraded" ? .failure : .success
        case "Failed", "Error": .failure
        default: nil
        }
    }

    /// The body of the example for commit statuses. It names neither a revision nor a time, so only an end is a change.
    private static func status(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        let outcome: Change.Outcome
        switch try body.identifier("state") {
        case "success": outcome = .success
        case "failure", "error": outcome = .failure
        case let state:
            return .ignored("the state '\(state.headline)' without a revision says nothing about the outcome")
        }
        guard let app = (body.label("context").split(separator: "/").last).map(String.init) else {
            throw .malformed(path: "$.context", reason: "missing; it must end with the application's name")
        }
        let place = context.place([app], service: app)
        return .change(
            Change(
                id: "argocd:\(app):\(context.delivery)", service: place.service, environment: place.environment,
                title: body.headline("description"), startedAt: context.receivedAt, endedAt: context.receivedAt,
                outcome: outcome, source: "argocd"))
    }

    /// The id of a delivery with a commit's status: the same body counts again when ten minutes are over, as the next
    /// sync of the application has the same.
    static func id(ofStatus body: HookNode, digest: String, receivedAt: Timestamp) -> String? {
        guard body["app"] == nil, body["state"] != nil else { return nil }
        return "\(digest)-\(receivedAt.milliseconds / TimeSpan.minutes(10).milliseconds)"
    }

    /// What Go's templates write for something that is not there is nothing.
    private static func text(_ body: HookNode, _ name: String) -> String {
        let text = body.label(name)
        return ["<no value>", "<nil>"].contains(text) ? "" : text
    }

    private static func time(_ body: HookNode, _ name: String) throws(HookError) -> Timestamp? {
        text(body, name).isEmpty ? nil : try body.time(name)
    }
}
