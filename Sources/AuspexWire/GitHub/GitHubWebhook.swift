package import AuspexSignals
package import Foundation

/// Receives the deliveries of GitHub webhooks: checks the signature on the raw body, then reads the event.
///
/// Understood are `deployment`, `deployment_status`, `push`, `pull_request` and `ping`; every other event is a result
/// of its own, not an error, so that a webhook may send everything.
package struct GitHubWebhook: Sendable {
    /// The headers of a delivery, each with all its values.
    package struct Headers: Hashable, Sendable {
        /// The values of `X-Hub-Signature-256`.
        package var signatures: [String]
        /// The values of `X-GitHub-Event`.
        package var events: [String]
        /// The values of `X-GitHub-Delivery`.
        package var deliveries: [String]
        /// The value of `Content-Type`.
        package var contentType: String?

        /// Creates the headers.
        package init(signatures: [String], events: [String], deliveries: [String], contentType: String?) {
            self.signatures = signatures
            self.events = events
            self.deliveries = deliveries
            self.contentType = contentType
        }
    }

    /// What a delivery may cost.
    package struct Limits: Hashable, Sendable {
        /// Bytes of the body; GitHub itself sends at most 25 MB.
        package var bytes: Int
        /// Levels of objects and arrays; GitHub's events have about eight.
        package var depth: Int

        /// Creates limits.
        package init(bytes: Int = 25_000_000, depth: Int = 64) {
            self.bytes = bytes
            self.depth = depth
        }
    }

    private let secrets: WebhookSecrets
    private let limits: Limits

    /// Creates a receiver. There is none without a secret.
    package init(secrets: WebhookSecrets, limits: Limits = Limits()) {
        self.secrets = secrets
        self.limits = limits
    }

    /// Verifies and reads one delivery.
    ///
    /// - Parameters:
    ///   - headers: Its headers.
    ///   - body: Its body exactly as received.
    ///   - receivedAt: When it arrived; used where the event has no time of its own.
    /// - Throws: ``GitHubError``, whose ``GitHubError/status`` is the answer.
    package func receive(
        headers: Headers, body: Data, receivedAt: Timestamp
    ) throws(GitHubError) -> GitHubDelivery {
        guard body.count <= limits.bytes else { throw .bodyTooLarge(bytes: body.count, limit: limits.bytes) }
        try GitHubSignature.verify(headers: headers.signatures, body: body, secrets: secrets)
        let event = try single(headers.events, "X-GitHub-Event")
        let delivery = try single(headers.deliveries, "X-GitHub-Delivery")
        try checkContentType(headers.contentType)
        return try Self.decode(event: event, delivery: delivery, body: body, receivedAt: receivedAt, limits: limits)
    }

    /// Reads one event without looking at a signature: for deliveries that were verified or recorded before.
    package static func decode(
        event: String, delivery: String, body: Data, receivedAt: Timestamp, limits: Limits = Limits()
    ) throws(GitHubError) -> GitHubDelivery {
        guard body.count <= limits.bytes else { throw .bodyTooLarge(bytes: body.count, limit: limits.bytes) }
        guard JSONNesting.isWithin(limits.depth, body) else { throw .nestedTooDeeply(limit: limits.depth) }
        switch event {
        case "deployment":
            return try decodePayload(GitHubDeploymentEvent.self, event, body).delivery(id: delivery)
        case "deployment_status":
            return try decodePayload(GitHubDeploymentStatusEvent.self, event, body).delivery(id: delivery)
        case "push":
            return try decodePayload(GitHubPushEvent.self, event, body).delivery(id: delivery, receivedAt: receivedAt)
        case "pull_request":
            return try decodePayload(GitHubPullRequestEvent.self, event, body).delivery(id: delivery)
        default:
            let origin = try decodePayload(GitHubAnyEvent.self, event, body)
            return GitHubDelivery(
                id: delivery, event: event, repository: origin.repository?.fullName ?? "",
                content: event == "ping" ? .ping : .ignored(.event(event)))
        }
    }

    private static func decodePayload<Event: Decodable>(
        _ type: Event.Type, _ event: String, _ body: Data
    ) throws(GitHubError) -> Event {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw .malformed(event: event, error)
        }
    }

    private func single(_ values: [String], _ name: String) throws(GitHubError) -> String {
        guard let value = values.first, !value.isEmpty else { throw .missingHeader(name) }
        guard values.count == 1 else { throw .duplicateHeader(name) }
        // Event names and the UUIDs of deliveries are much shorter, and of these characters only.
        let longest = 100
        let allowed = value.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, value.utf8.count <= longest else { throw .malformedHeader(name) }
        return value
    }

    private func checkContentType(_ value: String?) throws(GitHubError) {
        let mediaType = (value ?? "").lowercased().prefix { $0 != ";" && $0 != " " }
        guard mediaType == "application/json" else { throw .unsupportedContentType(String(mediaType.prefix(100))) }
    }
}

extension GitHubError {
    /// Says where in the payload a decoding error occurred.
    fileprivate static func malformed(event: String, _ error: any Error) -> GitHubError {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return .malformedPayload(event: event, path: path(context.codingPath + [key]), reason: "missing")
        case DecodingError.valueNotFound(_, let context):
            return .malformedPayload(event: event, path: path(context.codingPath), reason: "null")
        case DecodingError.typeMismatch(let type, let context):
            return .malformedPayload(event: event, path: path(context.codingPath), reason: "expected \(type)")
        case DecodingError.dataCorrupted(let context):
            return .malformedPayload(
                event: event, path: path(context.codingPath), reason: context.debugDescription)
        default:
            return .malformedPayload(event: event, path: "", reason: "not JSON")
        }
    }
}
