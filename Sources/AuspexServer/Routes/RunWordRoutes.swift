import AuspexEngine
import AuspexRunbooks
import Hummingbird

/// What people say to one run besides yes and no: wait, go on, leave a step out, try again.
struct RunWordRoutes: Sendable {
    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.post("/api/v1/runs/{id}/hold") { request, context in
            let body = try await request.json(Reasoned.self)
            return try await answering(context) {
                try await engine.desk.hold($0, by: body.by.text, reason: body.reason)
            }
        }
        router.post("/api/v1/runs/{id}/resume") { request, context in
            let body = try await request.json(Said.self)
            return try await answering(context) { try await engine.desk.resume($0, by: body.by.text) }
        }
        router.post("/api/v1/runs/{id}/skip") { request, context in
            let body = try await request.json(Skip.self)
            return try await answering(context) {
                try await engine.desk.skip($0, path: body.step, by: body.by.text, reason: body.reason)
            }
        }
        router.post("/api/v1/runs/{id}/retry") { request, context in
            let body = try await request.json(Retry.self)
            return try await answering(context) { try await engine.desk.retry($0, path: body.step, by: body.by.text) }
        }
    }

    private struct Said: Decodable {
        var by: PersonName
    }

    private struct Reasoned: Decodable {
        var by: PersonName
        var reason: String
    }

    private struct Skip: Decodable {
        var by: PersonName
        /// The step's path.
        var step: String
        var reason: String
    }

    private struct Retry: Decodable {
        var by: PersonName
        /// The step's path.
        var step: String
    }

    /// Answers with the run, secrets masked, or with why not.
    private func answering(
        _ context: BasicRequestContext, _ body: (String) async throws -> RunRecord
    ) async throws -> Response {
        do {
            return try .json(try await body(try context.parameters.require("id")), status: .accepted)
        } catch let error as EngineError {
            guard case .unknownRun = error else { throw Problem(.conflict, "Not possible", error.description) }
            throw Problem(.notFound, "Not found", error.description)
        }
    }
}
