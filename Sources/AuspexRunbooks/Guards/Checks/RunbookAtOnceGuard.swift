/// Only so many runs of a runbook are at work at once, where the runbook says so, also of those that people ask for and of
/// those that are part of other runs.
struct RunbookAtOnceGuard: RunGuard {
    let name = "limits of the runbook"
    let stages: Set<GuardStage> = [.admission, .approval]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        for part in question.plan.parts {
            guard let most = part.limits.mostAtOnce else { continue }
            let atWork = question.othersAtWork.reduce(0) { $0 + $1.plan.count(of: part.runbook, atOnce: true) }
            guard atWork + question.plan.count(of: part.runbook, atOnce: true) <= most else {
                return .always(.tooManyOfRunbookAtOnce(most, runbook: part.runbook))
            }
        }
        return nil
    }
}
