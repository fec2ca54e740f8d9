/// Only so many runs are at work at once.
struct AtOnceGuard: RunGuard {
    let name = "limits"
    let stages: Set<GuardStage> = [.admission, .approval]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        question.othersAtWork.count < guards.mostAtOnce ? nil : .always(.tooManyAtOnce(guards.mostAtOnce))
    }
}
