/// A runbook that fails again and again acts only with a person's approval.
struct BreakerGuard: RunGuard {
    let name = "breaker"
    let stages: Set<GuardStage> = [.admission, .firstChange]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        question.facts?.breaker.map { .byItself(.breakerOpen($0)) }
    }
}
