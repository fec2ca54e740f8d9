import AuspexSignals

/// Only so many runs begin within an hour, besides those that people ask for.
struct HourGuard: RunGuard {
    let name = "limits"
    let stages: Set<GuardStage> = [.admission]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard !question.isPersonal, question.lastHour.count >= guards.mostPerHour else { return nil }
        return .always(.tooManyPerHour(guards.mostPerHour))
    }
}

extension GuardQuestion {
    /// The other runs that were made within the hour.
    var lastHour: [RunRecord] { recent.filter { now - $0.createdAt < RunGuards.hour } }
}
