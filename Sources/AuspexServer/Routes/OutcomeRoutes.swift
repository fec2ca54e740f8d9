import AuspexChanges
import AuspexEngine
import AuspexRules
import AuspexSignals
import Foundation
import Hummingbird

/// How changes turned out: who is to blame for an incident, what a person says, and the metrics of delivery.
struct OutcomeRoutes: Sendable {
    /// The environment whose deploys count when none is named, and the word for all of them.
    private static let usualEnvironment = "production"
    private static let anyEnvironment = "any"
    /// How far back the metrics of delivery go when nothing says.
    private static let usualSpan = TimeSpan.hours(24 * 90)
    /// The longest span that can be asked for.
    private static let longestSpan = TimeSpan.hours(24 * 3_660)

    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/incidents/{id}/blame", use: blame)
        router.get("/api/v1/changes/{id}", use: show)
        router.post("/api/v1/changes/{id}/outcome", use: state)
        router.get("/api/v1/delivery", use: delivery)
    }

    private struct Statement: Decodable {
        var harmful: Bool
        var by: String
        var reason: String?
    }

    private struct Shown: Encodable {
        var change: Change
        var outcome: ChangeOutcome
    }

    /// What the metrics can be split by besides service and team.
    private enum Split: String, CaseIterable {
        case week
    }

    @Sendable private func blame(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        guard let incident = try await engine.incident(id) else {
            throw Problem(.notFound, "Not found", IncidentError.unknownIncident(id).description)
        }
        return try .json(try await engine.outcomes.blame(for: incident))
    }

    /// The identifier in the path. Senders make identifiers with slashes and colons, which stand there escaped.
    private static func changeID(_ context: BasicRequestContext) throws -> String {
        let text = try context.parameters.require("id")
        return text.removingPercentEncoding ?? text
    }

    @Sendable private func show(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try Self.changeID(context)
        guard let (change, outcome) = try await engine.outcomes.outcome(of: id) else {
            throw Problem(.notFound, "Not found", OutcomeError.unknownChange(id).description)
        }
        return try .json(Shown(change: change, outcome: outcome))
    }

    @Sendable private func state(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try Self.changeID(context)
        let body = try await request.json(Statement.self)
        return try await OutcomeError.answering {
            let outcome = try await accepting {
                try await engine.outcomes.state(body.harmful, of: id, by: body.by, reason: body.reason ?? "")
            }
            return try .json(outcome)
        }
    }

    @Sendable private func delivery(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let until = try request.moment("until") ?? engine.clock.now()
        let since = try request.moment("since") ?? until - Self.usualSpan
        guard since < until, until - since <= Self.longestSpan else {
            throw Problem(
                .badRequest, "Invalid parameter", "since must lie before until, by at most \(Self.longestSpan)")
        }
        let environment = request.text("environment") ?? Self.usualEnvironment
        let question = DeliveryReport.Question(
            service: request.text("service"), team: request.text("team"),
            environment: environment == Self.anyEnvironment ? nil : environment, since: since, until: until,
            isByWeek: try request.choice("by", of: Split.self) == .week)
        do {
            return try .json(try await engine.outcomes.delivery(question))
        } catch let error as EngineError {
            throw Problem(.badRequest, "Too many changes", error.description)
        }
    }
}

extension OutcomeError {
    /// Turns what cannot be said into the answer that tells why.
    static func answering(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as OutcomeError {
            switch error {
            case .unknownChange: throw Problem(.notFound, "Not found", error.description)
            case .badText: throw Problem(.badRequest, "Invalid text", error.description)
            }
        }
    }
}
