import AuspexChanges
import AuspexEngine
import Hummingbird

/// The gate for those who ask again and again until they like the answer, such as Argo Rollouts' web metric.
struct PollRoutes: Sendable {
    let engine: Engine
    let cache: VerdictCache

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/gate", use: decide)
    }

    /// Always 200 for a well-formed question: Argo takes any other status for a broken metric.
    @Sendable private func decide(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard let service = request.text("service"), !service.isEmpty else {
            throw Problem(
                .badRequest, "Invalid parameter", "service is missing: name the service that is to be changed")
        }
        let query = GateQuery(
            service: service, environment: request.text("environment") ?? "", sha: request.text("sha") ?? "",
            version: request.text("version") ?? "")
        return try .json(PolledVerdict(try await cache.verdict(on: query)))
    }
}
