/// Two runs never work at once on services of which one depends on the other: each would see the trouble that the other
/// makes.
struct DependencyGuard: RunGuard {
    let name = "dependencies"
    let stages: Set<GuardStage> = [.admission, .approval, .firstChange]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        // A proposal works on nothing; it is asked about again when it is approved.
        guard question.stage != .admission || question.mode != .approve, let world = try question.world() else {
            return nil
        }
        let atWork = Set(question.othersAtWork.map(\.id))
        return world.related.first { atWork.contains($0.run) }.map { .always(.dependencyBusy($0)) }
    }
}
