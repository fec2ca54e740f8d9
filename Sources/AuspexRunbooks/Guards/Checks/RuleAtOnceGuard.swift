/// Only so many runs are at work at once that the same rule asked for, where the rule says so.
struct RuleAtOnceGuard: RunGuard {
    let name = "limits of the rule"
    let stages: Set<GuardStage> = [.admission]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard !question.isPersonal, let own = question.own, let most = own.mostAtOnce else { return nil }
        let atWork = question.othersAtWork.count { $0.requestedBy == own.requestedBy }
        return atWork < most ? nil : .always(.tooManyOwnAtOnce(most, requestedBy: own.requestedBy))
    }
}
