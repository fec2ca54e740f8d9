import AuspexSignals

/// A remedy that does not last is a fault that somebody has to find: after some remedies of the same target for the same
/// rule people are told instead.
struct RecurrenceGuard: RunGuard {
    let name = "recurrence"
    let stages: Set<GuardStage> = [.admission]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard question.mode != .manual, guards.mostRemedies > 0, let facts = question.facts else { return nil }
        let remedies = facts.ofAsker.filter { run in
            run.requestedBy == question.requestedBy && question.now - run.createdAt < guards.recurrenceWindow
                && run.isRemedy
        }
        for lock in question.plan.locks {
            // What one worked on whose record cannot be read nobody knows.
            let times = remedies.count { $0.isUnreadable || $0.plan.locks.contains(lock) }
            guard times < guards.mostRemedies else {
                return .always(.recurring(lock: lock, times: times, within: guards.recurrenceWindow))
            }
        }
        return nil
    }
}

extension RunRecord {
    /// Whether it did what its runbook says, with success or not, and that is more than to look and to tell.
    fileprivate var isRemedy: Bool {
        guard mode != .shadow else { return false }
        // It happened, and may have done anything, whatever a person who looked for what it did called it then.
        guard !isUnreadable else { return true }
        return (status == .verified || status == .failed)
            && plan.steps.flatMap(\.flattened).contains(where: \.isChange)
    }
}
