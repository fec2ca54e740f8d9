/// In a freeze and in a maintenance nothing acts by itself. A silence only keeps people from being told, so it is none of
/// this guard's business.
struct WindowGuard: RunGuard {
    let name = "windows"
    let stages: Set<GuardStage> = [.admission, .firstChange]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard question.mode == .auto, let windows = try question.world()?.windows, !windows.isEmpty else { return nil }
        return .byItself(.frozen(windows))
    }
}
