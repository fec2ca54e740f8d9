/// Only so many runs of a runbook begin within an hour, where the runbook says so, besides those that people ask for.
struct RunbookHourGuard: RunGuard {
    let name = "limits of the runbook"
    let stages: Set<GuardStage> = [.admission]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        let runbook = question.plan.runbook
        guard !question.isPersonal, let most = question.plan.limits?.mostPerHour else { return nil }
        let made = question.lastHour.count { $0.plan.runbook == runbook }
        return made < most ? nil : .always(.tooManyOfRunbookPerHour(most, runbook: runbook))
    }
}
