/// Only so many runs begin within an hour that the same rule asked for, where the rule says so.
struct RuleHourGuard: RunGuard {
    let name = "limits of the rule"
    let stages: Set<GuardStage> = [.admission]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard !question.isPersonal, let own = question.own, let most = own.mostPerHour else { return nil }
        let made = question.lastHour.count { $0.requestedBy == own.requestedBy }
        return made < most ? nil : .always(.tooManyOwnPerHour(most, requestedBy: own.requestedBy))
    }
}
