/// No rule may have something done to what is protected, and only with a person's approval to the engine's own host and
/// database.
struct ProtectedGuard: RunGuard {
    let name = "protected"
    let stages: Set<GuardStage> = [.admission, .approval, .firstChange]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard question.mode != .manual else { return nil }
        let labels = try question.world()?.labels ?? [:]
        let words = Set(
            labels.values.reduce(into: question.plan.targetWords) { $0.formUnion(Plan.words(of: $1)) }
                .map { $0.lowercased() })
        if let name = ProtectedTargets.match(guards.protected.listed, in: words) { return .always(.protected(name)) }
        return guards.protected.ownMatch(in: words).map { .byItself(.ownHost($0)) }
    }
}
