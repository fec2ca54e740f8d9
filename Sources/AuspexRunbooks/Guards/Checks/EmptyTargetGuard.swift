/// A run without a target does nothing; never is everything meant by that.
struct EmptyTargetGuard: RunGuard {
    let name = "target"
    let stages: Set<GuardStage> = [.admission]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard !question.plan.locks.isEmpty else { return .always(.noTarget(lock: "")) }
        return question.plan.locks.first(where: Self.isEmpty).map { .always(.noTarget(lock: $0)) }
    }

    /// Whether a lock names a kind of thing and not one of them, such as `service/`.
    private static func isEmpty(_ lock: String) -> Bool {
        let parts = lock.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.allSatisfy(\.isWhitespace) }
        return parts.count == 1 ? parts[0] : parts.dropFirst().allSatisfy { $0 }
    }
}
