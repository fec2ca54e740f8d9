import AuspexChanges
import AuspexEngine
import AuspexSignals
import Foundation
import Hummingbird

/// Questions of other systems for those who look after the server: what is open, and what has not arrived.
struct QuestionRoutes: Sendable {
    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/questions", use: list)
        router.post("/api/v1/questions/{id}/retry", use: retry)
    }

    private struct Listing: Encodable {
        var questions: [AskedQuestion]
        var replies: [Waiting]
    }

    /// A reply that has not arrived, and may have been given up. The body is left out: it is long, and the verdict says the same.
    private struct Waiting: Encodable {
        var id: String
        var question: String?
        var system: String
        var state: Reply.State
        var attempts: Int
        var lastError: String?
        var createdAt: Timestamp
        var nextAt: Timestamp
        var deadline: Timestamp

        init(_ reply: Reply) {
            id = reply.id
            question = reply.question
            system = reply.destination.system?.rawValue ?? ""
            state = reply.state
            attempts = reply.attempts
            lastError = reply.lastError
            createdAt = reply.createdAt
            nextAt = reply.nextAt
            deadline = reply.deadline
        }
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let limit = try request.limit(default: 100)
        let waiting = try await engine.waitingReplies(limit: limit)
        let givenUp = try await engine.givenUpReplies(limit: limit)
        // One that was given up between the two looks is in both.
        let over = Set(givenUp.map(\.id))
        return try .json(
            Listing(
                questions: try await engine.openQuestions(limit: limit),
                replies: (waiting.filter { !over.contains($0.id) } + givenUp).map(Waiting.init)))
    }

    @Sendable private func retry(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.text("id")
        guard try await accepting({ try await engine.retryQuestion(id) }) else {
            throw Problem(.notFound, "No such question", "there is no question \(id)")
        }
        return Response(status: .noContent)
    }
}

extension BasicRequestContext {
    /// A part of the path, percent encoding undone: ids of other systems have any characters.
    func text(_ name: String) throws -> String {
        let text = try parameters.require(name)
        guard let plain = text.removingPercentEncoding else {
            throw Problem(
                .badRequest, "Invalid path", "'\(text)' has a % that is followed by no two hexadecimal digits")
        }
        return plain
    }
}
