import AuspexEngine
import AuspexRunbooks
import AuspexSignals
import Hummingbird

/// What people say to and ask of the guards of runs: promotions, breakers, locks, and how runbooks do.
struct GuardRoutes: Sendable {
    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/promotions") { _, _ in try Response.json(try await engine.desk.promotions()) }
        router.post("/api/v1/runbooks/{id}/promotion", use: promote)
        router.post("/api/v1/runbooks/{id}/promotion/revoke", use: revoke)
        router.get("/api/v1/breakers") { _, _ in try Response.json(try await engine.desk.openBreakers()) }
        router.post("/api/v1/runbooks/{id}/reset", use: reset)
        router.get("/api/v1/locks") { _, _ in try Response.json(try await engine.desk.heldLocks()) }
        router.get("/api/v1/runbooks/{id}/statistics", use: statistics)
    }

    private struct PromotionRequest: Decodable {
        var rule: String
        var to: Promotion.Level
        var by: PersonName
        var reason: String?
    }

    private struct RevocationRequest: Decodable {
        var rule: String
        var by: PersonName
        var reason: String?
    }

    private struct ResetRequest: Decodable {
        var by: PersonName
        var reason: String?
    }

    @Sendable private func promote(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(PromotionRequest.self)
        return try await answering {
            try .json(
                try await engine.desk.promote(
                    rule: body.rule, runbook: try context.parameters.require("id"), to: body.to, by: body.by.text,
                    reason: body.reason ?? ""))
        }
    }

    @Sendable private func revoke(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(RevocationRequest.self)
        return try await answering {
            try await engine.desk.revoke(
                rule: body.rule, runbook: try context.parameters.require("id"), by: body.by.text,
                reason: body.reason ?? "")
            return Response(status: .noContent)
        }
    }

    @Sendable private func reset(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(ResetRequest.self)
        return try await answering {
            try await engine.desk.resetBreaker(
                of: try context.parameters.require("id"), by: body.by.text, reason: body.reason ?? "")
            return Response(status: .noContent)
        }
    }

    @Sendable private func statistics(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let since = try request.moment("since")
        return try await answering {
            try .json(try await engine.desk.statistics(of: try context.parameters.require("id"), since: since))
        }
    }

    /// Answers, or says why not.
    private func answering(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as PromotionError {
            switch error {
            case .badText: throw Problem(.badRequest, "Invalid text", error.description)
            case _ where error.isUnknown: throw Problem(.notFound, "Not found", error.description)
            default: throw Problem(.conflict, "Not possible", error.description)
            }
        } catch let error as EngineError {
            throw Problem(.notFound, "Not found", error.description)
        }
    }
}
