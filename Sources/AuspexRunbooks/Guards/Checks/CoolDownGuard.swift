import AuspexSignals

/// A target is left alone for a while after a run on it, but not by people.
struct CoolDownGuard: RunGuard {
    let name = "cool-down"
    let stages: Set<GuardStage> = [.admission]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard !question.isPersonal else { return nil }
        let coolDown = max(guards.coolDown, question.own?.coolDown ?? .zero, question.plan.coolDown)
        let locks = Set(question.plan.locks)
        for run in question.recent where question.now - run.createdAt < coolDown {
            guard !run.isUnreadable else {
                throw GuardProblem(
                    why:
                        "run \(run.id) was made within \(coolDown) and its record cannot be read, so that nobody knows "
                        + "what it worked on")
            }
            if let lock = run.plan.locks.first(where: locks.contains) {
                return .always(.coolingDown(lock: lock, run: run.id, until: run.createdAt + coolDown))
            }
        }
        return nil
    }
}
