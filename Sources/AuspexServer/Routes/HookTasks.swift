import AuspexEngine
import AuspexSignals
import AuspexWire

/// What has to be done about a delivery: all of it, or the sender repeats it.
struct HookTasks {
    private(set) var changes: [Change] = []
    private(set) var questions: [DeploymentQuestion] = []
    private var commits: [PushedCommits] = []
    private var ignored: [String] = []

    init(_ delivery: HookDelivery) {
        for item in delivery.items {
            switch item {
            case .change(let change): changes.append(change)
            case .question(let question): questions.append(question)
            case .commits(let pushed): commits.append(pushed)
            case .ignored(let reason): ignored.append(reason)
            case .ping: break
            }
        }
    }

    /// Whether there is nothing to do.
    var isEmpty: Bool { changes.isEmpty && questions.isEmpty && commits.isEmpty }

    /// Why parts of the delivery are of no use, the first three reasons; nil when all of it is.
    var reasons: String? { ignored.isEmpty ? nil : ignored.prefix(3).joined(separator: "; ") }

    /// Does it and remembers the delivery. What is done again changes nothing twice.
    ///
    /// - Returns: whether it was news.
    func run(_ engine: Engine, delivery: String) async throws -> Bool {
        // The usual case, one event, is kept together with the delivery at one go.
        if commits.isEmpty, questions.isEmpty, changes.count == 1 {
            return try await engine.report(changes[0], delivery: delivery)
        }
        return try await engine.once(delivery) {
            // Commits first, as the changes may bring them.
            for pushed in commits { try await engine.report(pushed) }
            for change in changes { try await engine.report(change) }
            for question in questions { _ = try await engine.ask(question, delivery: delivery) }
        }
    }
}
