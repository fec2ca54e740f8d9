/// Nothing begins while all runs are paused, whoever asks for it. Before each step the pause is looked at apart from this,
/// for a run that is under way waits then and is not stopped.
struct PauseGuard: RunGuard {
    let name = "pause"
    let stages: Set<GuardStage> = [.admission, .approval]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        question.facts?.pausedBecause.map { .always(.paused($0)) }
    }
}
