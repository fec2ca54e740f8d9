import AuspexEngine
import AuspexRunbooks
import Hummingbird

/// What steps print while they are at work.
struct RunOutputRoutes: Sendable {
    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/runs/{id}/output", use: output)
    }

    @Sendable private func output(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard let step = request.text("step") else {
            throw Problem(.badRequest, "Invalid parameter", "step must be the path of a step, such as steps/restart")
        }
        let channel = try request.choice("channel", of: StepOutput.Channel.self) ?? .output
        let position = try request.text("from").map { text in
            guard let number = Int(text), number >= 0 else {
                throw Problem(.badRequest, "Invalid parameter", "from=\(text) must be 0 or the last answer's next")
            }
            return number
        }
        do {
            return try .json(
                try await engine.desk.output(
                    of: try context.parameters.require("id"), path: step, channel, from: position ?? 0))
        } catch let error as EngineError {
            switch error {
            case .unknownRun, .noOutput: throw Problem(.notFound, "Not found", error.description)
            default: throw Problem(.conflict, "Not possible", error.description)
            }
        }
    }
}
