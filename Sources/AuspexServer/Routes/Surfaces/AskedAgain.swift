import AuspexChanges
import AuspexEngine
import AuspexSignals
import Hummingbird

/// Questions whose asker comes back for the answer.
struct AskedAgain: Sendable {
    /// How a question stands.
    enum State {
        case open(AskedQuestion)
        case settled(Verdict)
    }

    let engine: Engine
    /// What the ids of these questions begin with.
    let prefix: String

    /// Puts a question on the desk. One that was asked before is asked anew when its answer is too old to be acted on.
    ///
    /// - Parameters:
    ///   - query: What is asked.
    ///   - name: What the asker calls it; nil for a new name.
    /// - Returns: the name.
    /// - Throws: 409 when something else was asked by this name.
    func ask(_ query: GateQuery, name: String?) async throws -> String {
        if let name, !Self.isName(name) {
            throw Problem(.badRequest, "Invalid body", "id must be 1 to 64 letters, digits, '-' and '_', not '\(name)'")
        }
        let name = name ?? engine.ids.next()
        let question = DeploymentQuestion(
            id: prefix + name, service: query.service, environment: query.environment, sha: query.sha,
            version: query.version)
        try await accepting {
            guard try await !engine.ask(question) else { return }
            try await check(question, name)
            try await engine.renewQuestion(question.id)
        }
        return name
    }

    /// An answer must not be taken for that to another question.
    private func check(_ question: DeploymentQuestion, _ name: String) async throws {
        guard let known = try await engine.question(id: question.id)?.question, known != question else { return }
        let asked = [known.service, known.environment, known.sha, known.version].filter { !$0.isEmpty }
        throw Problem(
            .conflict, "Another question",
            "the id \(name) is that of a question about \(asked.joined(separator: ", ")); "
                + "take another id for each question, such as the execution's with the environment behind it")
    }

    /// How the question of a name stands.
    ///
    /// - Throws: 404 when there is none.
    func state(of name: String) async throws -> State {
        guard Self.isName(name), let asked = try await engine.question(id: prefix + name) else {
            throw Problem(.notFound, "No such question", "there is no question \(name)")
        }
        guard asked.settlement != nil, let verdict = try await engine.verdict(id: prefix + name) else {
            return .open(asked)
        }
        return .settled(verdict)
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == 0x2d || byte == 0x5f
            }
    }
}
