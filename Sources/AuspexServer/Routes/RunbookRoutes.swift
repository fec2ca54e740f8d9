import AuspexEngine
import AuspexRunbooks
import AuspexSignals
import Hummingbird

/// The runbooks in force: what they are, and what a wish for one would come to.
struct RunbookRoutes: Sendable {
    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/runbooks", use: list)
        router.get("/api/v1/runbooks/{id}", use: show)
        router.post("/api/v1/runbooks/{id}/plan", use: plan)
    }

    /// A runbook in a listing.
    private struct Summary: Encodable {
        var id: String
        var version: Int64
        var title: String
        var owner: String
    }

    private struct PlanRequest: Decodable {
        var parameters: [String: JSONValue]?
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let summaries = engine.desk.runbooks.values.sorted { $0.id < $1.id }
            .map { Summary(id: $0.id, version: $0.version, title: $0.title, owner: $0.owner) }
        return try .json(summaries)
    }

    @Sendable private func show(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        guard let runbook = engine.desk.runbooks[id] else {
            let known = engine.desk.runbooks.keys.sorted()
            throw Problem(.notFound, "Not found", EngineError.unknownRunbook(id, known: known).description)
        }
        return try .json(RunbookInspection(runbook))
    }

    @Sendable private func plan(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(PlanRequest.self)
        do {
            return try .json(
                try await engine.desk.foresee(
                    runbook: try context.parameters.require("id"), parameters: body.parameters ?? [:]))
        } catch let error as EngineError {
            throw Problem(.notFound, "Not found", error.description)
        } catch let error as PlanError {
            throw Problem(.badRequest, "The plan cannot be made", error.description)
        }
    }
}
