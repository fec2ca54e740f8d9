import AuspexEngine
import AuspexRules
import AuspexSignals
import Hummingbird

/// Silences.
struct SilenceRoutes: Sendable {
    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/silences", use: list)
        router.post("/api/v1/silences", use: make)
        router.post("/api/v1/silences/preview", use: preview)
        router.post("/api/v1/silences/{id}/edit", use: edit)
        router.post("/api/v1/silences/{id}/expire", use: expire)
    }

    /// A silence as people ask for it.
    private struct Wish: Decodable {
        /// `service="shop", severity=~"warn.*"`
        var matchers: String
        /// Now when it is missing.
        var startsAt: Request.Moment?
        var endsAt: Request.Moment
        var by: String
        var comment: String
    }

    private struct PreviewWish: Decodable {
        var matchers: String
    }

    private struct ExpireWish: Decodable {
        var by: String
    }

    /// A silence with how it stands.
    private struct Standing: Encodable {
        var id: String
        var matchers: String
        var state: Silence.State
        var startsAt: Timestamp
        var endsAt: Timestamp
        var createdBy: String
        var comment: String

        init(_ silence: Silence, at now: Timestamp) {
            id = silence.id
            matchers = silence.matchers.description
            state = silence.state(at: now)
            startsAt = silence.startsAt
            endsAt = silence.endsAt
            createdBy = silence.createdBy
            comment = silence.comment
        }
    }

    /// What a silence would do.
    private struct Preview: Encodable {
        var silenced: [Alert]
        /// How many there are, when not all of them are listed.
        var silencedCount: Int
        var examined: Int
        /// Matchers that no alert passes: most likely misspelt.
        var idleMatchers: [String]
    }

    private func matchers(_ text: String) throws -> LabelMatchers {
        do throws(MatcherError) {
            return try LabelMatchers(parsing: text)
        } catch {
            throw Problem(.badRequest, "Invalid matchers", error.description)
        }
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let states = try request.choices("state", of: Silence.State.self)
        let now = engine.clock.now()
        let silences = await engine.silences().filter { states?.contains($0.state(at: now)) ?? true }
        return try .json(silences.reversed().prefix(try request.limit(default: 1_000)).map { Standing($0, at: now) })
    }

    @Sendable private func make(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await make(request, replacing: nil)
    }

    @Sendable private func edit(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await make(request, replacing: try context.parameters.require("id"))
    }

    private func make(_ request: Request, replacing old: String?) async throws -> Response {
        let wish = try await request.json(Wish.self)
        let matchers = try matchers(wish.matchers)
        return try await answering {
            let (silence, isInForce) = try await engine.silence(
                matchers, from: wish.startsAt?.time, until: wish.endsAt.time, by: wish.by, comment: wish.comment,
                replacing: old)
            return try .json(
                Standing(silence, at: engine.clock.now()), status: isInForce ? .created : .accepted)
        }
    }

    @Sendable private func expire(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let wish = try await request.json(ExpireWish.self)
        let id = try context.parameters.require("id")
        return try await answering {
            let (silence, isOver) = try await engine.expireSilence(id, by: wish.by)
            guard isOver, let silence else { return .accepted }
            return try .json(Standing(silence, at: engine.clock.now()))
        }
    }

    @Sendable private func preview(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let wish = try await request.json(PreviewWish.self)
        let preview = await engine.preview(try matchers(wish.matchers))
        let listed = preview.silenced.prefix(try request.limit(default: 1_000))
        return try .json(
            Preview(
                silenced: Array(listed), silencedCount: preview.silenced.count, examined: preview.examined,
                idleMatchers: preview.idleMatchers.map(\.description)))
    }

    private func answering(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await accepting(body)
        } catch let error as SilenceError {
            switch error {
            case .unknown: throw Problem(.notFound, "Not found", error.description)
            case .taken, .expired, .full: throw Problem(.conflict, "Not possible", error.description)
            case .empty, .tooLong, .endsBeforeItStarts, .endsInThePast:
                throw Problem(.badRequest, "Invalid silence", error.description)
            }
        }
    }
}
