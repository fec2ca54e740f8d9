/// One run works on a target at a time.
struct TargetGuard: RunGuard {
    let name = "target"
    let stages: Set<GuardStage> = [.admission, .approval]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        let locks = Set(question.plan.locks)
        if !question.isPersonal, let run = question.others.first(where: \.isUnreadable) {
            throw GuardProblem(
                why:
                    "run \(run.id) is open and its record cannot be read, so that nobody knows what it works on; look at "
                    + "what it may have done, then cancel it")
        }
        for run in question.others {
            if let lock = run.plan.locks.first(where: locks.contains) {
                return .always(.targetBusy(lock: lock, run: run.id))
            }
        }
        return nil
    }
}
