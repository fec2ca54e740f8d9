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
        router.get("/api/v1/pause") { _, _ in try Response.json(["reason": await engine.desk.pause]) }
        router.get("/version") { _, _ in try Response.json(["version": version]) }
        router.get("/metrics") { _, _ -> Response in
            .text(
                engine.metrics.exposition(version: version), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
