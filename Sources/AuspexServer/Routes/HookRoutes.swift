import AuspexChanges
import AuspexEngine
import AuspexSignals
import AuspexWire
import Foundation
import HTTPTypes
import Hummingbird

/// The doors for CI/CD systems, `/hooks/{sender}`: each webhook proves itself, is stored, and answered before anything is
/// decided.
struct HookRoutes: Sendable {
    private let engine: Engine
    private let budget: BodyBudget
    private let receiver: HookReceiver
    private let inFlight = DeliveriesInFlight()

    init(engine: Engine, receiver: HookReceiver, budget: BodyBudget) {
        self.engine = engine
        self.receiver = receiver
        self.budget = budget
    }

    func add(to router: Router<BasicRequestContext>) {
        for sender in HookSender.allCases {
            router.post("/hooks/\(sender.rawValue)") { request, _ in try await receive(sender, request) }
        }
    }

    private func receive(_ sender: HookSender, _ request: Request) async throws -> Response {
        let delivery: HookDelivery
        do {
            try receiver.checkIsOpen(sender)
            delivery = try await budget.withBody(of: request, upTo: receiver.limits.bytes) { body in
                try receiver.receive(
                    sender, headers: HookHeaders(request), body: Data(body.readableBytesView),
                    receivedAt: engine.clock.now())
            }
        } catch let error as HookError {
            engine.metrics.add(to: .webhooksRefused)
            throw error.problem
        }
        return try await answer(to: delivery)
    }

    private func answer(to delivery: HookDelivery) async throws -> Response {
        let tasks = HookTasks(delivery)
        guard !tasks.isEmpty else {
            if delivery.items.contains(.ping) { return try .json(HookAnswer(result: .pong)) }
            engine.metrics.add(to: .webhooksIgnored)
            return try .json(HookAnswer(result: .ignored, detail: tasks.reasons))
        }
        let isNew = try await accepting {
            try await inFlight.once(delivery.key) { try await tasks.run(engine, delivery: delivery.key) }
        }
        if !isNew { engine.metrics.add(to: .webhooksRepeated) }
        return try .json(
            HookAnswer(
                result: isNew ? .accepted : .duplicate, detail: tasks.reasons, changes: tasks.changes.map(\.id),
                questions: tasks.questions.map { HookAnswer.Question($0.id) }),
            status: isNew ? .accepted : .ok)
    }
}

extension HookReceiver {
    /// A receiver with what is configured.
    ///
    /// - Parameters:
    ///   - hooks: The secrets and names.
    ///   - answers: How events that we send can be told.
    /// - Throws: for a secret that cannot be one.
    init(_ hooks: EngineConfiguration.Hooks, answers: AnswerSettings) throws {
        var secrets: [HookKey: WebhookSecrets] = [:]
        for (key, secret) in hooks.secrets {
            secrets[key] = try WebhookSecrets(
                key, current: secret.value, previous: hooks.previousSecrets[key]?.value)
        }
        self.init(secrets: secrets, names: hooks.services, ownSources: answers.eventSources)
    }
}

extension HookHeaders {
    /// Those of a request.
    init(_ request: Request) { self.init(request.headers.map { ($0.name.rawName, $0.value) }) }
}

extension HookError {
    /// The answer.
    var problem: Problem {
        let title =
            switch self {
            case .closed: "Webhook not set up"
            case .missingProof, .malformedProof, .wrongProof, .staleTimestamp: "Webhook not proved"
            default: "Webhook refused"
            }
        return Problem(.init(code: status), title, description)
    }
}
