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

    /// Puts a question on the desk.
    ///
    /// - Parameters:
    ///   - query: What is asked.
    ///   - name: What the asker calls it; nil for a new name.
    /// - Returns: the name.
    func ask(_ query: GateQuery, name: String?) async throws -> String {
        if let name, !Self.isName(name) {
            throw Problem(.badRequest, "Invalid body", "id must be 1 to 64 letters, digits, '-' and '_', not '\(name)'")
        }
        let name = name ?? engine.ids.next()
        let question = DeploymentQuestion(
            id: prefix + name, service: query.service, environment: query.environment, sha: query.sha,
            version: query.version)
        _ = try await accepting { try await engine.ask(question) }
        return name
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
