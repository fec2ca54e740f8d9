package import AuspexSignals
import Crypto
package import Foundation

/// Receives the webhooks of all senders: checks the proof on the raw body, then reads what it tells.
package struct HookReceiver: Sendable {
    private let proofs: [HookSender: [HookProof]]
    private let names: [ServiceName]
    private let ownSources: Set<String>
    /// What a delivery may cost.
    package let limits: HookLimits

    /// Creates a receiver. A sender without a secret is refused.
    ///
    /// - Parameters:
    ///   - secrets: The secrets by what they are for.
    ///   - names: What names of senders mean; the first that matches counts.
    ///   - ownSources: The sources of the CDEvents that we send; when they come back they tell nothing.
    ///   - limits: What a delivery may cost.
    package init(
        secrets: [HookKey: WebhookSecrets], names: [ServiceName] = [], ownSources: Set<String> = [],
        limits: HookLimits = HookLimits()
    ) {
        var proofs: [HookSender: [HookProof]] = [:]
        for key in HookKey.allCases {
            if let secrets = secrets[key] { proofs[key.sender, default: []].append(HookProof(key, secrets)) }
        }
        self.proofs = proofs
        self.names = names
        self.ownSources = ownSources
        self.limits = limits
    }

    /// Refuses a sender that has no secret; costs nothing.
    package func checkIsOpen(_ sender: HookSender) throws(HookError) {
        guard proofs[sender] == nil else { return }
        throw .closed(settings: HookKey.allCases.filter { $0.sender == sender }.map(\.rawValue))
    }

    /// Verifies and reads one delivery.
    ///
    /// - Parameters:
    ///   - sender: Who is said to have sent it.
    ///   - headers: Its headers.
    ///   - body: Its body exactly as received.
    ///   - receivedAt: When it arrived.
    /// - Throws: ``HookError``, whose ``HookError/status`` is the answer.
    package func receive(
        _ sender: HookSender, headers: HookHeaders, body: Data, receivedAt: Timestamp
    ) throws(HookError) -> HookDelivery {
        try verify(sender, headers: headers, body: body, receivedAt: receivedAt)
        return try Self.decode(
            sender, headers: headers, body: body, receivedAt: receivedAt, names: names, ownSources: ownSources,
            limits: limits)
    }

    /// Verifies and reads the call of a gate of Flagger, which waits for its answer.
    package func receiveFlaggerGate(
        headers: HookHeaders, body: Data, receivedAt: Timestamp
    ) throws(HookError) -> DeploymentQuestion {
        try verify(.flagger, headers: headers, body: body, receivedAt: receivedAt)
        let context = HookContext(
            sender: .flagger, delivery: Self.digest(.flagger, body), receivedAt: receivedAt, names: names)
        return try FlaggerHook.question(HookNode(HookBody.parse(body, limits: limits)), context)
    }

    private func verify(
        _ sender: HookSender, headers: HookHeaders, body: Data, receivedAt: Timestamp
    ) throws(HookError) {
        try checkIsOpen(sender)
        guard body.count <= limits.bytes else { throw .bodyTooLarge(bytes: body.count, limit: limits.bytes) }
        let known = proofs[sender] ?? []
        guard let proof = known.first(where: { $0.isGiven(headers) }) else {
            throw .missingProof(expected: known.map(\.header))
        }
        try proof.verify(headers, body, now: receivedAt)
    }

    /// Reads one delivery without looking at a proof: for those that were verified or recorded before.
    package static func decode(
        _ sender: HookSender, headers: HookHeaders, body: Data, receivedAt: Timestamp, names: [ServiceName] = [],
        ownSources: Set<String> = [], limits: HookLimits = HookLimits()
    ) throws(HookError) -> HookDelivery {
        try checkContentType(try headers.mediaType(), sender)
        let given = try givenID(sender, headers, body)
        let root = HookNode(try HookBody.parse(body, limits: limits))
        let inside = try idInside(root, sender, headers, body, receivedAt)
        let id = given ?? inside ?? digest(sender, body)
        let context = HookContext(
            sender: sender, delivery: id, receivedAt: receivedAt, names: names, ownSources: ownSources)
        let items = try items(root, headers, context)
        guard items.count <= limits.items else {
            throw root.wrong("tells of \(items.count) things; send at most \(limits.items) at a time")
        }
        return HookDelivery(id: id, sender: sender, items: items)
    }

    private static func items(
        _ root: HookNode, _ headers: HookHeaders, _ context: HookContext
    ) throws(HookError) -> [HookDelivery.Item] {
        switch context.sender {
        case .github:
            guard let event = try headers.identifier("X-GitHub-Event") else { throw .missingHeader("X-GitHub-Event") }
            return try GitHubHook.items(event, root, context)
        case .gitlab: return try GitLabHook.items(root, context)
        case .jenkins: return [try JenkinsHook.item(root, context)]
        case .circleci: return [try CircleCIHook.item(root, context)]
        case .argocd: return [try ArgoCDHook.item(root, context)]
        case .flagger: return [try FlaggerHook.item(root, context)]
        case .spinnaker: return try SpinnakerHook.items(root, context)
        case .cdevents: return try CDEventsHook.items(root, headers, context)
        case .generic: return [try GenericHook.item(root, context)]
        }
    }

    private static func checkContentType(_ type: String, _ sender: HookSender) throws(HookError) {
        if type == "application/json" { return }
        if sender == .cdevents, CDEventsHook.contentTypes.contains(type) { return }
        // What these send is configured by hand, and the type may be left out.
        if type.isEmpty, [.jenkins, .argocd, .spinnaker].contains(sender) { return }
        throw .unsupportedContentType(type)
    }

    /// The id that the headers give a delivery.
    private static func givenID(
        _ sender: HookSender, _ headers: HookHeaders, _ body: Data
    ) throws(HookError) -> String? {
        switch sender {
        case .github:
            let name = "X-GitHub-Delivery"
            guard let id = try headers.identifier(name) else { throw .missingHeader(name) }
            return id
        case .gitlab:
            for name in [StandardSignature.id, "Idempotency-Key"] {
                if let id = try headers.identifier(name) { return id }
            }
            // Events that one event causes share its UUID, so it does not tell them apart.
            return try headers.identifier("X-Gitlab-Event-UUID").map { "\($0)-\(digest(sender, body).prefix(16))" }
        case .generic: return try headers.identifier(StandardSignature.id)
        default: return nil
        }
    }

    /// The id that a delivery has in its body.
    private static func idInside(
        _ root: HookNode, _ sender: HookSender, _ headers: HookHeaders, _ body: Data, _ receivedAt: Timestamp
    ) throws(HookError) -> String? {
        switch sender {
        case .circleci: root.label("id").nonEmpty
        case .argocd: ArgoCDHook.id(ofStatus: root, digest: digest(sender, body), receivedAt: receivedAt)
        case .cdevents: try CDEventsHook.id(of: root, headers)
        default: nil
        }
    }

    /// SHA-256 of the sender and the body: the id of a delivery that has none.
    private static func digest(_ sender: HookSender, _ body: Data) -> String {
        var hash = SHA256()
        hash.update(data: Data("\(sender.rawValue)\n".utf8))
        hash.update(data: body)
        return Hexadecimal.text(of: hash.finalize())
    }
}
