import AuspexEngine
import AuspexRules
import AuspexSignals
import Hummingbird

/// Incidents: who looks after them and what becomes of them.
struct IncidentRoutes: Sendable {
    /// The most that a listing gives at a time; one incident may be large.
    private static let mostListed = 1_000

    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/incidents", use: list)
        router.get("/api/v1/incidents/{id}", use: show)
        act(router, "ack") { _ in .acknowledge }
        act(router, "resolve") { _ in .resolve }
        act(router, "reopen") { _ in .reopen }
        act(router, "comment") { .comment(try $0.need($0.text, "text")) }
        act(router, "merge") { .merge(with: try $0.need($0.with, "with")) }
        act(router, "move") { .move(alert: try $0.need($0.alert, "alert"), to: $0.to) }
    }

    /// What a person does, with what the different acts need.
    private struct Act: Decodable {
        var by: String
        var text: String?
        var with: String?
        var alert: String?
        var to: String?

        func need(_ value: String?, _ name: String) throws -> String {
            guard let value else { throw Problem(.badRequest, "Invalid body", "\(name) is missing") }
            return value
        }
    }

    /// An incident with its title, which is made of the rest.
    private struct Titled: Encodable {
        var incident: Incident

        private enum Key: String, CodingKey {
            case title, alertCount
        }

        func encode(to encoder: any Encoder) throws {
            try incident.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(incident.title, forKey: .title)
            try container.encode(incident.alertCount, forKey: .alertCount)
        }
    }

    private func act(
        _ router: Router<BasicRequestContext>, _ name: RouterPath,
        _ kind: @escaping @Sendable (Act) throws -> IncidentAct.Kind
    ) {
        router.post("/api/v1/incidents/{id}/\(name)") { request, context in
            let body = try await request.json(Act.self)
            let id = try context.parameters.require("id")
            do {
                let incident = try await accepting {
                    try await engine.perform(try kind(body), on: id, by: body.by)
                }
                guard let incident else { return Response.accepted }
                return try .json(Titled(incident: incident))
            } catch let error as IncidentError {
                switch error {
                case .unknownIncident, .unknownAlert: throw Problem(.notFound, "Not found", error.description)
                case .badText: throw Problem(.badRequest, "Invalid body", error.description)
                case .notPossible: throw Problem(.conflict, "Not possible", error.description)
                }
            }
        }
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let filter = IncidentFilter(
            states: try request.choices("state", of: Incident.State.self), service: request.text("service"),
            severity: try request.choice("severity", of: Severity.self), alert: request.text("alert"),
            startedSince: try request.moment("since"), limit: try request.limit(default: 100, most: Self.mostListed))
        return try .json(try await engine.incidents(matching: filter).map { Titled(incident: $0.brief) })
    }

    @Sendable private func show(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        guard let incident = try await engine.incident(id) else {
            throw Problem(.notFound, "Not found", IncidentError.unknownIncident(id).description)
        }
        return try .json(Titled(incident: incident))
    }
}

extension Response {
    /// What is asked for survives a crash and will be done, but it takes long until its turn comes.
    static var accepted: Response { Response(status: .accepted) }
}
