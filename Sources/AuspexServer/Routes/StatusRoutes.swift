import AuspexDocuments
import AuspexEngine
import Hummingbird

/// How the server itself does.
struct StatusRoutes: Sendable {
    let engine: Engine
    let version: String

    func add(to router: Router<BasicRequestContext>) {
        router.get("/healthz") { _, _ in Response.text("ok\n") }
        router.get("/readyz") { _, _ -> Response in
            if let problem = engine.problem { return .text(problem + "\n", status: .serviceUnavailable) }
            return .text("ready\n")
        }
        router.post("/api/v1/reload", use: reload)
        router.get("/version") { _, _ in try Response.json(["version": version]) }
        router.get("/metrics") { _, _ -> Response in
            let text = engine.metrics.exposition(version: version) + (await engine.desk.exposition())
            return .text(text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// Puts the rules and runbooks of the configured files in force, or says every mistake in them.
    @Sendable private func reload(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        do {
            try await engine.reload()
            return Response(status: .noContent)
        } catch let error as DocumentError {
            throw Problem(.unprocessableContent, "Not reloaded, the last good ones stay in force", error.description)
        }
    }
}
