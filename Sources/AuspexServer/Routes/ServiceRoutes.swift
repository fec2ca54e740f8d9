import AuspexEngine
import AuspexRules
import AuspexSignals
import Hummingbird

/// Services and what they depend on.
struct ServiceRoutes: Sendable {
    /// Dependencies that one request may tell.
    private static let mostLinks = 10_000

    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/services", use: list)
        router.post("/api/v1/services/edges") { request, _ in try await take(request, withdrawn: false) }
        router.post("/api/v1/services/edges/withdraw") { request, _ in try await take(request, withdrawn: true) }
    }

    private struct Links: Decodable {
        var edges: [ServiceLink]
    }

    private struct Service: Encodable {
        var service: ServiceDescription
        var origin: ServiceOrigin?
        var lastSeen: Timestamp?
    }

    private struct Edge: Encodable {
        var service: String
        var dependency: String
        var origin: ServiceOrigin
        var lastSeen: Timestamp?
    }

    private struct Listing: Encodable {
        var services: [Service]
        var edges: [Edge]
        var statistics: ServiceGraphStatistics
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let graph = await engine.services()
        let services = graph.services.map { service in
            let provenance = graph.provenance(of: service.name)
            return Service(service: service, origin: provenance?.origin, lastSeen: provenance?.lastSeen)
        }
        let edges = graph.edges.map { edge in
            Edge(
                service: edge.link.service, dependency: edge.link.dependency, origin: edge.origin,
                lastSeen: edge.provenance.lastSeen)
        }
        return try .json(Listing(services: services, edges: edges, statistics: graph.statistics))
    }

    private func take(_ request: Request, withdrawn isWithdrawn: Bool) async throws -> Response {
        let links = try await request.json(Links.self).edges
        guard links.count <= Self.mostLinks else {
            throw Problem(
                .badRequest, "Invalid body", "edges has \(links.count) entries; at most \(Self.mostLinks) are accepted")
        }
        for (place, link) in links.enumerated() {
            for (key, name) in [("service", link.service), ("dependency", link.dependency)]
            where !ServiceGraph.isName(name) {
                throw Problem(
                    .badRequest, "Invalid body",
                    "edges[\(place)].\(key): '\(name)' is no name of a service: it needs a letter, and at most "
                        + "\(ServiceGraph.longestName) bytes")
            }
        }
        try await accepting { try await engine.tell(links, withdrawn: isWithdrawn) }
        return Response(status: .noContent)
    }
}
