import AuspexChanges
import AuspexEngine
import AuspexSignals
import Hummingbird

/// The gate in the form of Datadog's deployment gates: ask for an evaluation, then poll it.
struct DatadogRoutes: Sendable {
    let engine: Engine
    private let asked: AskedAgain

    init(engine: Engine) {
        self.engine = engine
        asked = AskedAgain(engine: engine, prefix: "evaluation-")
    }

    func add(to router: Router<BasicRequestContext>) {
        router.post("/api/v2/deployments/gates/evaluation", use: ask)
        router.get("/api/v2/deployments/gates/evaluation/{id}", use: result)
    }

    /// What a client sends.
    private struct Ask: Decodable {
        struct Body: Decodable {
            var attributes: Attributes
        }

        struct Attributes: Decodable {
            var service: String
            var env: String?
            var version: String?
        }

        var data: Body
    }

    @Sendable private func ask(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let attributes = try await request.json(Ask.self).data.attributes
        guard !attributes.service.isEmpty else {
            throw Problem(.badRequest, "Invalid body", "data.attributes.service must not be empty")
        }
        let query = GateQuery(
            service: attributes.service, environment: attributes.env ?? "", version: attributes.version ?? "")
        let id = try await asked.ask(query, name: nil)
        return try .json(
            GateEvaluation(
                id, status: .inProgress, page: page(id),
                engine.configuration.gate.policy(service: query.service, environment: query.environment)),
            status: .accepted)
    }

    @Sendable private func result(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        switch try await asked.state(of: id) {
        case .open(let asked):
            let policy = engine.configuration.gate.policy(
                service: asked.question.service, environment: asked.question.environment)
            return try .json(GateEvaluation(id, status: .inProgress, page: page(id), policy))
        case .settled(let verdict): return try .json(GateEvaluation(id, verdict, page: page(id)))
        }
    }

    private func page(_ id: String) -> String {
        let configuration = engine.configuration
        return "\(configuration.answers.publicURL ?? "http://\(configuration.listen)")/api/v1/gate/evaluation-\(id)"
    }
}
