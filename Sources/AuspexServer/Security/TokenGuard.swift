import HTTPTypes
import Hummingbird

/// Asks for `Authorization: Bearer …` where a token is configured. Webhooks prove themselves by their signature and
/// health checks need no proof.
struct TokenGuard<Context: RequestContext>: RouterMiddleware {
    /// The token; nil when none is configured.
    let token: String?
    /// Where clients of Datadog's gates have their token. The name is a token, so the fallback is never taken.
    private static var datadogKey: HTTPField.Name { HTTPField.Name("DD-API-KEY") ?? .authorization }
    /// Paths that need no token.
    static var openPaths: Set<String> { ["/healthz", "/readyz", "/version"] }

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard let token, !Self.openPaths.contains(path), !path.hasPrefix("/hooks/") else {
            return try await next(request, context)
        }
        var given = request.headers[.authorization] ?? ""
        if path.hasPrefix("/api/v2/deployments/"), let key = request.headers[Self.datadogKey] {
            given = "Bearer \(key)"
        }
        guard constantTimeEqual(Array(given.utf8), Array("Bearer \(token)".utf8)) else {
            throw Problem(
                .unauthorized, "Token needed", "send the header Authorization: Bearer <token of api.token_file>",
                headers: [.wwwAuthenticate: "Bearer"])
        }
        return try await next(request, context)
    }
}
