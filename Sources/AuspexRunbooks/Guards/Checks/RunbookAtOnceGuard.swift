/// Only so many runs of a runbook are at work at once, where the runbook says so, also of those that people ask for.
struct RunbookAtOnceGuard: RunGuard {
    let name = "limits of the runbook"
    let stages: Set<GuardStage> = [.admission, .approval]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        let runbook = question.plan.runbook
        guard let most = question.plan.limits?.mostAtOnce else { return nil }
        let atWork = question.othersAtWork.count { $0.plan.runbook == runbook }
        return atWork < most ? nil : .always(.tooManyOfRunbookAtOnce(most, runbook: runbook))
    }
}
