import AuspexChanges
import AuspexEngine
import Hummingbird

/// A question for the gate, and how its answer is to be taken.
struct GateOrder: Decodable {
    let query: GateQuery
    let manner: GateManner

    init(from decoder: any Decoder) throws {
        query = try GateQuery(from: decoder)
        manner = try GateManner(from: decoder)
    }
}

/// A verdict that was overridden, with a word to whoever did it where that does not change what others were told.
private struct OverriddenVerdict: Encodable {
    private let overridden: Engine.Overridden

    init(_ overridden: Engine.Overridden) { self.overridden = overridden }

    private enum CodingKeys: String, CodingKey {
        case notice
    }

    func encode(to encoder: any Encoder) throws {
        try overridden.verdict.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(overridden.obstacle, forKey: .notice)
    }
}

extension ChangeRoutes {
    @Sendable func override(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let decision = try await request.json(BreakGlass.self)
        let id = try context.text("id")
        do {
            if let overridden = try await engine.override(id, decision) {
                return try .json(OverriddenVerdict(overridden))
            }
        } catch let error as OverrideError {
            throw Problem(error)
        }
        throw Problem(.notFound, "No such verdict", "there is no verdict \(id)")
    }
}

extension Problem {
    /// The answer to an attempt to override a verdict that is not possible.
    init(_ error: OverrideError) {
        switch error {
        case .refused: self.init(.forbidden, "Override refused", error.description)
        case .incomplete: self.init(.badRequest, "Invalid override", error.description)
        case .already, .expired: self.init(.conflict, "Not possible", error.description)
        }
    }
}
