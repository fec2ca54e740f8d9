/// In a storm of alerts nothing acts by itself: what looks like many faults is most often one.
struct StormGuard: RunGuard {
    let name = "storm"
    let stages: Set<GuardStage> = [.admission, .firstChange]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard question.mode == .auto else { return nil }
        return try question.world()?.isStorm ?? false ? .byItself(.storm) : nil
    }
}
