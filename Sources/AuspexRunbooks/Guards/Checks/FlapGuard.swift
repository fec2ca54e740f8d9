/// An alert that comes and goes is no reason to act: its rule looks too closely, or the remedy does not help. It goes on when
/// the alert has been calm for a while.
struct FlapGuard: RunGuard {
    let name = "flapping"
    let stages: Set<GuardStage> = [.admission]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard question.mode != .manual, question.hasAlert, let firings = try question.world()?.firings,
            firings > guards.mostFirings
        else { return nil }
        return .always(.flapping(times: firings, within: guards.flapWindow))
    }
}
