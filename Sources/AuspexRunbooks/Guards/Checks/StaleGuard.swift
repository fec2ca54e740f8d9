import AuspexSignals

/// What is no longer so is no reason to act: an event that is too old, or an alert that is over.
///
/// A person who approves vouches for the age by that, but not for the alert: whoever read of it may not know that it is over.
/// Before the first change the age says nothing either, since a run may have waited on purpose: only whether the alert still
/// fires then counts, where that can be told.
struct StaleGuard: RunGuard {
    let name = "stale"
    let stages: Set<GuardStage> = [.admission, .approval, .firstChange]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard question.mode != .manual else { return nil }
        // Without anybody to ask about the alert, its age is all there is.
        let isStanding = question.stage == .firstChange && question.hasAlert && question.view != .absent
        if !question.isPersonal, !isStanding, let since = question.since, question.now - since > guards.staleAfter {
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
