import AuspexEngine
import AuspexSignals
import AuspexWire
import HTTPTypes
import Hummingbird
import NIOCore

/// The doors for alerts of other systems.
struct AlertRoutes: Sendable {
    let engine: Engine
    let budget: BodyBudget
    private let limits = AlertLimits()

    init(engine: Engine, budget: BodyBudget) {
        self.engine = engine
        self.budget = budget
    }

    func add(to router: Router<BasicRequestContext>) {
        router.post("/api/v2/alerts", use: prometheus)
        router.post("/hooks/alertmanager", use: webhook)
    }

    /// What Prometheus and vmalert send to an Alertmanager. Answered 200 when all alerts are on disk, 400 when some were
    /// refused, and 503 when the backlog is full; Prometheus sends them again in any case.
    @Sendable private func prometheus(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await take(request) { body, now throws(AlertWireError) in
            try AlertmanagerAlerts.decode(body, limits: limits, now: now)
        }
        return Response(status: .ok)
    }

    /// What an Alertmanager or Grafana sends to a webhook, with the token of `hooks.alertmanager_token_file`.
    @Sendable private func webhook(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard let token = engine.configuration.hooks.alertmanagerToken?.value else {
            engine.metrics.add(to: .webhooksRefused)
            throw Problem(
                .forbidden, "Webhook not set up",
                "set hooks.alertmanager_token_file to a file with the token that the sender's http_config has")
        }
        let given = request.headers[.authorization] ?? ""
        guard constantTimeEqual(Array(given.utf8), Array("Bearer \(token)".utf8)) else {
            engine.metrics.add(to: .webhooksRefused)
            throw Problem(
                .unauthorized, "Token needed",
                "send the header Authorization: Bearer <token of hooks.alertmanager_token_file>",
                headers: [.wwwAuthenticate: "Bearer"])
        }
        try await take(request) { body, now throws(AlertWireError) in
            try AlertmanagerWebhook.decode(body, limits: limits, now: now).alerts
        }
        return Response(status: .ok)
    }

    private func take(
        _ request: Request, _ decode: ([UInt8], Timestamp) throws(AlertWireError) -> DecodedAlerts
    ) async throws {
        let now = engine.clock.now()
        let decoded = try await budget.withBody(of: request, upTo: limits.bytes) { body in
            do throws(AlertWireError) {
                return try decode(Array(body.readableBytesView), now)
            } catch {
                throw Problem(.init(code: error.status), "Not a request with alerts", error.description)
            }
        }
        engine.metrics.add(decoded.refused, to: .outsideAlertsRefused)
        if !decoded.alerts.isEmpty { try await accepting { try await engine.receive(decoded.alerts, at: now) } }
        if let problem = decoded.problem { throw Problem(.badRequest, "Alerts refused", problem) }
    }
}
