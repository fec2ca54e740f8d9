/// Only so many runs of a runbook begin within an hour, where the runbook says so, besides those that people ask for. Those
/// that are part of other runs count.
struct RunbookHourGuard: RunGuard {
    let name = "limits of the runbook"
    let stages: Set<GuardStage> = [.admission]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard !question.isPersonal else { return nil }
        for part in question.plan.parts {
            guard let most = part.limits.mostPerHour else { continue }
            let made = question.lastHour.reduce(0) { $0 + $1.plan.count(of: part.runbook) }
            guard made + question.plan.count(of: part.runbook) <= most else {
                return .always(.tooManyOfRunbookPerHour(most, runbook: part.runbook))
            }
        }
        return nil
    }
}
