import Synchronization

/// Answers which services depend on which, each question only once: the answer is one walk through the graph, which may
/// have a hundred thousand edges, and conditions ask for every fact.
///
/// A class so that copies share what is known. It holds nothing but answers that the graph gives, so nobody can tell by its
/// answers who asked before.
final class ServiceReachMemo: Sendable {
    private struct Question: Hashable {
        var service: String
        var dependency: String
        var steps: Int
    }

    /// Answers that are kept; all are given up when there are more.
    private static let most = 50_000

    let graph: ServiceGraph
    private let answers = Mutex<[Question: Bool]>([:])

    init(_ graph: ServiceGraph) {
        self.graph = graph
    }

    /// Whether `service` depends on `dependency`, directly or through others, in at most so many steps.
    func depends(_ service: String, on dependency: String, steps: Int) -> Bool {
        let question = Question(
            service: graph.canonicalName(service), dependency: graph.canonicalName(dependency), steps: steps)
        if let known = answers.withLock({ $0[question] }) { return known }
        let answer = graph.depends(question.service, on: question.dependency, steps: steps)
        answers.withLock { answers in
            if answers.count >= Self.most { answers = [:] }
            answers[question] = answer
        }
        return answer
    }
}
