import AuspexChanges
import AuspexEngine
import AuspexSignals
import Hummingbird

/// Changes and the gate.
struct ChangeRoutes: Sendable {
    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/changes", use: list)
        router.post("/api/v1/changes", use: report)
        router.get("/api/v1/changes/{id}/judgement", use: judgement)
        router.post("/api/v1/gate", use: decide)
        router.get("/api/v1/gate/{id}", use: verdict)
        router.post("/api/v1/gate/{id}/override", use: override)
    }

    /// A change as a pipeline reports it; what is left out has its default.
    private struct Report: Decodable {
        var id: String
        var kind: Change.Kind?
        var service: String
        var environment: String?
        var version: String?
        var previousVersion: String?
        var author: String?
        var title: String?
        var startedAt: Request.Moment?
        var endedAt: Request.Moment?
        var outcome: Change.Outcome?
        var repository: String?
        var committedAt: Request.Moment?
        var commits: Int?
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let filter = ChangeFilter(
            service: request.text("service"), environment: request.text("environment"),
            since: try request.moment("since"), until: try request.moment("until"),
            limit: try request.limit(default: 100))
        return try .json(try await engine.changes(filter))
    }

    @Sendable private func report(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let report = try await request.json(Report.self)
        guard !report.id.isEmpty, !report.service.isEmpty else {
            throw Problem(.badRequest, "Invalid body", "id and service must not be empty")
        }
        guard report.commits ?? 1 > 0 else { throw Problem(.badRequest, "Invalid body", "commits must be at least 1") }
        let change = Change(
            id: report.id, kind: report.kind ?? .deploy, service: report.service,
            environment: report.environment ?? "", version: report.version ?? "",
            previousVersion: report.previousVersion ?? "", author: report.author ?? "", title: report.title ?? "",
            startedAt: report.startedAt?.time ?? engine.clock.now(), endedAt: report.endedAt?.time,
            outcome: report.outcome ?? .pending, source: "api", repository: report.repository,
            committedAt: report.committedAt?.time, commits: report.commits)
        _ = try await accepting { try await engine.report(change) }
        return try .json(change, status: .accepted)
    }

    @Sendable private func decide(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let order = try await request.json(GateOrder.self)
        do {
            let verdict = try await engine.decide(order.query, as: order.manner)
            await engine.announce(verdict)
            return try .json(verdict)
        } catch let error as OverrideError {
            throw Problem(error)
        } catch let error as EngineError {
            throw Problem(.badRequest, "Invalid question", error.description)
        } catch let error as GitError {
            throw Problem(.badRequest, "The change cannot be measured", error.description)
        }
    }

    @Sendable private func judgement(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.text("id")
        guard let judgement = await engine.judgement(ofChange: id) else {
            throw Problem(.notFound, "No such judgement", "no change \(id) is watched, or was of late")
        }
        return try .json(judgement)
    }

    @Sendable private func verdict(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.text("id")
        let known = try await engine.verdict(id: id)
        // A question of another system is asked again while its verdict is inconclusive.
        if let open = try await engine.question(id: id), open.settlement == nil {
            // The one that is too old is that of an answer that has been taken back.
            guard var verdict = known, engine.clock.now() <= verdict.expiresAt else {
                return try .json(OpenQuestion(open.question), status: .accepted)
            }
            verdict.final = false
            return try .json(verdict, status: .accepted)
        }
        guard let verdict = known else {
            throw Problem(.notFound, "No such verdict", "there is no verdict \(id)")
        }
        return try .json(verdict)
    }

    /// A question that nothing has been decided of yet, with the members of a verdict that pollers look at.
    private struct OpenQuestion: Encodable {
        var id: String
        var service: String
        var environment: String
        var sha: String
        var version: String
        var verdict = Verdict.Outcome.inconclusive
        var final = false

        init(_ question: DeploymentQuestion) {
            id = question.id
            service = question.service
            environment = question.environment
            sha = question.sha
            version = question.version
        }
    }
}
