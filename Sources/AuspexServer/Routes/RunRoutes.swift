import AuspexEngine
import AuspexRunbooks
import AuspexSignals
import AuspexStore
import Hummingbird

/// Runs and the audit.
struct RunRoutes: Sendable {
    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        RunbookRoutes(engine: engine).add(to: router)
        RunWordRoutes(engine: engine).add(to: router)
        RunOutputRoutes(engine: engine).add(to: router)
        router.get("/api/v1/runs", use: list)
        router.post("/api/v1/runs", use: start)
        router.get("/api/v1/runs/{id}", use: show)
        router.post("/api/v1/runs/{id}/approve", use: approve)
        router.post("/api/v1/runs/{id}/cancel", use: cancel)
        router.post("/api/v1/runs/{id}/decide", use: decide)
        router.get("/api/v1/pause") { _, _ in try Response.json(["reason": await engine.desk.pause]) }
        router.post("/api/v1/pause", use: pause)
        router.post("/api/v1/unpause", use: unpause)
        router.get("/api/v1/approvals", use: approvals)
        router.get("/api/v1/audit", use: audit)
    }

    /// A person asks for a run.
    private struct StartRequest: Decodable {
        var runbook: String
        var parameters: [String: JSONValue]?
        var by: PersonName
        /// The hash of the plan that the person has seen.
        var planHash: String
    }

    /// A parameter that is true or false.
    private enum Flag: String, CaseIterable {
        case `true`
        case `false`
    }

    private struct ApproveRequest: Decodable {
        var by: PersonName
        var planHash: String
    }

    /// A person stops a run, or all of them.
    private struct CancelRequest: Decodable {
        var by: PersonName
        var reason: String
        /// Whether there was nothing to remedy; no when missing.
        var needless: Bool?
    }

    private struct UnpauseRequest: Decodable {
        var by: PersonName
    }

    private struct DecideRequest: Decodable {
        var by: PersonName
        var decision: Decision
        /// The step's path; unneeded when there is only one question.
        var step: String?
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let since = try request.moment("since") ?? Timestamp(milliseconds: 0)
        let limit = try request.limit(default: 100)
        let status = try request.choice("status", of: RunStatus.self)
        guard try request.choice("open", of: Flag.self) == .true else {
            return try .json(try await engine.desk.runs(since: since, status: status, limit: limit))
        }
        let open = try await engine.desk.openRuns().filter { run in
            run.createdAt >= since && status.map { $0 == run.status } ?? true
        }
        return try .json(Array(open.suffix(limit).reversed()))
    }

    @Sendable private func approvals(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try .json(try await engine.desk.openRuns().filter(\.awaitsApproval))
    }

    @Sendable private func show(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await answering { try await engine.desk.run(try context.parameters.require("id")) }
    }

    @Sendable private func start(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(StartRequest.self)
        return try await answering(status: .accepted) {
            try await engine.desk.start(
                runbook: body.runbook, parameters: body.parameters ?? [:], by: body.by.text, planHash: body.planHash)
        }
    }

    @Sendable private func approve(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(ApproveRequest.self)
        return try await answering(status: .accepted) {
            try await engine.desk.approve(
                try context.parameters.require("id"), by: body.by.text, planHash: body.planHash)
        }
    }

    @Sendable private func cancel(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(CancelRequest.self)
        return try await answering(status: .accepted) {
            try await engine.desk.cancel(
                try context.parameters.require("id"), by: body.by.text, reason: body.reason,
                isNeedless: body.needless ?? false)
        }
    }

    @Sendable private func pause(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(CancelRequest.self)
        try await engine.desk.pause(by: body.by.text, reason: body.reason)
        return Response(status: .noContent)
    }

    @Sendable private func unpause(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(UnpauseRequest.self)
        try await engine.desk.unpause(by: body.by.text)
        return Response(status: .noContent)
    }

    @Sendable private func decide(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.json(DecideRequest.self)
        return try await answering(status: .accepted) {
            try await engine.desk.decide(
                try context.parameters.require("id"), by: body.by.text, body.decision, path: body.step)
        }
    }

    /// Answers with a run, secrets masked, or with why not.
    private func answering(
        status: HTTPResponse.Status = .ok, _ body: () async throws -> RunRecord
    ) async throws -> Response {
        do {
            return try .json(try await body(), status: status)
        } catch let error as EngineError {
            switch error {
            case .unknownRun, .unknownRunbook: throw Problem(.notFound, "Not found", error.description)
            default: throw Problem(.conflict, "Not possible", error.description)
            }
        } catch let error as PlanError {
            throw Problem(.badRequest, "The plan cannot be made", error.description)
        }
    }

    @Sendable private func audit(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let after = try request.text("after").map { text in
            guard let number = Int64(text) else {
                throw Problem(.badRequest, "Invalid parameter", "after=\(text) must be an entry's sequence number")
            }
            return number
        }
        let (run, limit) = (request.text("run"), try request.limit(default: 1_000))
        if let newest = try request.choice("newest", of: Flag.self), newest == .true {
            guard after == nil else {
                throw Problem(.badRequest, "Invalid parameter", "after and newest=true exclude each other")
            }
            return try .json(try await engine.audit.newest(runID: run, limit: limit))
        }
        return try .json(try await engine.audit.entries(runID: run, after: after ?? 0, limit: limit))
    }
}
