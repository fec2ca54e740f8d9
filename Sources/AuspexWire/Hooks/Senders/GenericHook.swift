import AuspexSignals

/// Reads our own format, for senders that no other door fits.
///
/// ```json
/// {"type": "change", "id": "deploy-42", "service": "shop", "environment": "production", "version": "v2",
///  "startedAt": "2026-03-01T12:00:00Z", "outcome": "success"}
/// {"type": "gate", "id": "run-42", "service": "shop", "environment": "production", "sha": "abc123"}
/// ```
///
/// A key that is not known is refused with the nearest one that is.
enum GenericHook {
    private static let types = ["change", "gate"]
    private static let changeKeys = [
        "type", "id", "kind", "service", "environment", "version", "previousVersion", "author", "title", "startedAt",
        "endedAt", "outcome", "repository", "committedAt", "commits",
    ]
    private static let gateKeys = ["type", "id", "service", "environment", "version", "sha", "repository", "author"]

    /// What a body tells or asks.
    static func item(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        guard body.value.object != nil else { throw body.wrong("must be an object") }
        switch try choice(body, "type", types) {
        case "change"?:
            try check(body, changeKeys)
            return .change(try change(body, context))
        case "gate"?:
            try check(body, gateKeys)
            return .question(try question(body, context))
        default: throw .malformed(path: "$.type", reason: "missing; it must be change or gate")
        }
    }

    private static func change(_ body: HookNode, _ context: HookContext) throws(HookError) -> Change {
        let place = try place(body, context)
        let kind = try choice(body, "kind", Change.Kind.allCases.map(\.rawValue))
        let outcome = try choice(body, "outcome", Change.Outcome.allCases.map(\.rawValue))
        let started = try body.time("startedAt") ?? context.receivedAt
        return Change(
            id: try body.identifier("id"), kind: kind.flatMap(Change.Kind.init(rawValue:)) ?? .deploy,
            service: place.service, environment: place.environment, version: try text(body, "version"),
            previousVersion: try text(body, "previousVersion"), author: try text(body, "author"),
            title: body.headline("title"), startedAt: started, endedAt: try body.time("endedAt"),
            outcome: outcome.flatMap(Change.Outcome.init(rawValue:)) ?? .pending, source: "generic",
            repository: try text(body, "repository").nonEmpty, committedAt: try body.time("committedAt"),
            commits: try commits(body))
    }

    private static func commits(_ body: HookNode) throws(HookError) -> Int? {
        guard body["commits"] != nil else { return nil }
        let number = try body.number("commits")
        guard let count = Int(exactly: number), count >= 0 else {
            throw .malformed(path: "$.commits", reason: "must be a whole number from 0")
        }
        return count
    }

    private static func question(_ body: HookNode, _ context: HookContext) throws(HookError) -> DeploymentQuestion {
        let place = try place(body, context)
        let id = body["id"] == nil ? nil : try body.identifier("id")
        if let id, id.utf8.count > 100 || !id.utf8.allSatisfy(DeploymentQuestion.isPlain) {
            throw .malformed(path: "$.id", reason: "must be at most 100 of a-z, A-Z, 0-9, '.', '_', '-' and ':'")
        }
        return DeploymentQuestion(
            id: context.questionID(id ?? context.delivery), service: place.service, environment: place.environment,
            sha: try text(body, "sha"), version: try text(body, "version"), repository: try text(body, "repository"),
            author: try text(body, "author"), reply: .poll)
    }

    private static func place(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookContext.Place {
        let service = try body.identifier("service")
        let repository = try text(body, "repository")
        return context.place(
            [service] + (repository.isEmpty ? [] : [repository]), service: service,
            environment: try text(body, "environment"))
    }

    /// A text that may be missing. Whoever writes our own format is told when something else stands in its place.
    private static func text(_ body: HookNode, _ name: String) throws(HookError) -> String {
        guard let node = body[name], node.value.string != "" else { return "" }
        return try body.identifier(name)
    }

    private static func choice(_ body: HookNode, _ name: String, _ choices: [String]) throws(HookError) -> String? {
        guard let node = body[name] else { return nil }
        if let text = node.value.string, choices.contains(text) { return text }
        let hint = node.value.string.flatMap { nearestName(to: $0, among: choices) }.map { "; did you mean '\($0)'?" }
        throw node.wrong("must be one of \(choices.joined(separator: ", "))\(hint ?? "")")
    }

    private static func check(_ body: HookNode, _ keys: [String]) throws(HookError) {
        for name in (body.value.object ?? [:]).keys.sorted() where !keys.contains(name) {
            throw .malformed(
                path: "$.\(name.cut(to: HookLimits.identifierBytes))",
                reason: "unknown key\(suggestion(for: name, among: keys))")
        }
    }
}
