import AuspexSignals

/// What is no longer so is no reason to act: an event that is too old, or an alert that is over.
///
/// A person who approves vouches for the age by that, but not for the alert: whoever read of it may not know that it is over.
struct StaleGuard: RunGuard {
    let name = "stale"
    let stages: Set<GuardStage> = [.admission, .approval, .firstChange]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard question.mode != .manual else { return nil }
        if !question.isPersonal, let since = question.since, question.now - since > guards.staleAfter {
            return .always(.stale(age: question.now - since, most: guards.staleAfter))
        }
        guard question.hasAlert, let world = try question.world() else { return nil }
        switch world.alert {
        case .firing?: return nil
        case .over?: return .always(.alertOver)
        case .unknown?, nil: throw GuardProblem(why: "nothing is known of the alert any more")
        }
    }
}
