import AuspexChanges
import AuspexEngine
import AuspexSignals
import Hummingbird

/// The risk models of services.
struct RiskModelRoutes: Sendable {
    /// The most bytes that a model may have; one of 22,757 changes has about a million.
    private static let largestModel = 16 << 20
    /// The longest name of a service in bytes.
    private static let longestService = 256

    let engine: Engine
    let budget: BodyBudget

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/risk/models", use: list)
        router.post("/api/v1/risk/models/import", use: put)
        router.post("/api/v1/risk/score", use: score)
    }

    /// A change whose risk is asked for, without a verdict.
    private struct Question: Decodable {
        var service: String
        var measures: ChangeMeasures
        var commits: Int?
    }

    @Sendable private func score(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let question = try await request.json(Question.self)
        let scorer = await engine.outcomes.book.scorer(for: question.service)
        return try .json(scorer.assess(measures: question.measures, commits: question.commits ?? 1))
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try .json(try await engine.outcomes.book.status(of: request.text("service")))
    }

    /// Puts the model in the body in force for the service in the query; without one for all that have none of their own.
    @Sendable private func put(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let service = request.text("service") ?? ""
        guard service.utf8.count <= Self.longestService else {
            throw Problem(
                .badRequest, "Invalid parameter", "service may have \(Self.longestService) bytes at most")
        }
        try request.requireJSON()
        return try await budget.withBody(of: request, upTo: Self.largestModel) { body in
            let model: RiskModel
            do throws(RiskModelError) {
                model = try RiskModel(json: String(buffer: body))
            } catch {
                throw Problem(.badRequest, "Invalid model", error.description)
            }
            return try await OutcomeError.answering {
                try .json(
                    try await accepting {
                        try await engine.use(model, for: service, by: request.text("by") ?? "api")
                    })
            }
        }
    }
}
