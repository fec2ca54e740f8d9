import AuspexChanges
import AuspexEngine
import AuspexSignals
import Hummingbird

/// The gate as a webhook stage of Spinnaker: ask once, then poll the `statusUrl` until the status is final.
struct SpinnakerRoutes: Sendable {
    let engine: Engine
    private let asked: AskedAgain

    init(engine: Engine) {
        self.engine = engine
        asked = AskedAgain(engine: engine, prefix: "spinnaker-")
    }

    func add(to router: Router<BasicRequestContext>) {
        router.post("/api/v1/gate/spinnaker", use: ask)
        router.get("/api/v1/gate/spinnaker/{id}", use: status)
    }

    /// What a stage sends.
    private struct Stage: Decodable {
        /// The execution's id, so that a stage that is started again asks nothing new; a new one when missing.
        var id: String?
        var service: String
        var environment: String?
        var sha: String?
        var version: String?
    }

    /// What a stage reads.
    private struct Status: Encodable {
        var id: String
        /// `RUNNING`, `SUCCEEDED` or `TERMINAL`.
        var status: String
        var statusUrl: String
        var reason: String
        /// What was decided; left out while that is not known.
        var verdict: PolledVerdict?
    }

    @Sendable private func ask(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let stage = try await request.json(Stage.self)
        guard !stage.service.isEmpty else { throw Problem(.badRequest, "Invalid body", "service must not be empty") }
        let query = GateQuery(
            service: stage.service, environment: stage.environment ?? "", sha: stage.sha ?? "",
            version: stage.version ?? "")
        let id = try await asked.ask(query, name: stage.id)
        return try .json(running(id, "the gate has been asked"))
    }

    @Sendable private func status(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        switch try await asked.state(of: id) {
        case .open(let question): return try .json(running(id, question.obstacle ?? "the gate has been asked"))
        case .settled(let verdict):
            return try .json(
                Status(
                    id: id, status: verdict.mayGoOn ? "SUCCEEDED" : "TERMINAL", statusUrl: url(of: id),
                    reason: verdict.summary, verdict: PolledVerdict(verdict)))
        }
    }

    private func running(_ id: String, _ reason: String) -> Status {
        Status(id: id, status: "RUNNING", statusUrl: url(of: id), reason: reason)
    }

    private func url(of id: String) -> String {
        let configuration = engine.configuration
        return "\(configuration.answers.publicURL ?? "http://\(configuration.listen)")/api/v1/gate/spinnaker/\(id)"
    }
}
