import HTTPTypes
import Hummingbird

/// Refuses requests that a web page could have sent from a visitor's browser.
///
/// The server listens on loopback by default, where any page that the operator opens can reach it: by a form or a fetch
/// (told by a foreign `Origin`), or by a name that resolves to 127.0.0.1 (told by a foreign `Host`).
struct HostGuard<Context: RequestContext>: RouterMiddleware {
    /// Where probes of an orchestrator ask, by whatever address; nothing is told there that a page could use.
    private static var openPaths: Set<String> { ["/healthz", "/readyz"] }

    /// Where a GET stores something: the gate keeps each verdict.
    private static var storingPaths: Set<String> { ["/api/v1/gate", "/api/v1/gate/"] }

    /// Host names, without port, under which the server may be addressed.
    private let allowedHosts: Set<String>

    /// - Parameter hosts: names and addresses, in letters of any size, IPv6 with or without brackets.
    init(allowedHosts hosts: Set<String>) {
        allowedHosts = Set(hosts.map(Self.normalized))
    }

    /// The names of the machine itself.
    static var loopbackNames: Set<String> { ["localhost", "127.0.0.1", "[::1]"] }

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if Self.openPaths.contains(request.uri.path) { return try await next(request, context) }
        let host = Self.name(inAuthority: request.head.authority ?? "")
        guard allowedHosts.contains(host) else {
            throw Problem(
                .misdirectedRequest, "Unknown host",
                "this server is not '\(host)'; address it by one of \(allowedHosts.sorted()), or add the name to api.hosts"
            )
        }
        if request.method != .get || Self.storingPaths.contains(request.uri.path) { try checkOrigin(of: request) }
        return try await next(request, context)
    }

    private func checkOrigin(of request: Request) throws(Problem) {
        if let origin = request.headers[.origin] {
            let name = origin.split(separator: "//", maxSplits: 1).last.map { Self.name(inAuthority: String($0)) }
            guard let name, allowedHosts.contains(name) else {
                throw Problem(.forbidden, "Foreign origin", "requests from pages of \(origin) are not accepted")
            }
        }
        // An image or a link has no origin, but browsers say where it stands.
        if let field = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[field],
            ["cross-site", "same-site"].contains(site.lowercased())
        {
            throw Problem(.forbidden, "Foreign origin", "requests from pages of other sites are not accepted")
        }
    }

    /// `LocalHost:7070` → `localhost`, `[::1]:7070` → `[::1]`.
    static func name(inAuthority authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return normalized(authority[...end]) }
        return authority.split(separator: ":", omittingEmptySubsequences: false).first.map(normalized) ?? ""
    }

    /// A host as it is compared: in small letters, IPv6 in brackets.
    private static func normalized(_ host: some StringProtocol) -> String {
        let host = host.lowercased()
        return host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    }
}
