extension Plan {
    /// What is carried out at the path of a step or of its probe: the act, or what a wait polls. Nil where nothing is.
    package func operation(at path: String) -> Operation? { PlanTree(self).operation(at: path) }
}

extension PlanTree {
    /// What is carried out at the path of a step or of its probe; see ``Plan/operation(at:)``.
    func operation(at path: String) -> Operation? {
        guard let step = self[path]?.step else { return nil }
        if isProbe(path) { return step.probe?.operation }
        return switch step.action {
        case .operation(let operation): operation
        case .wait(let wait): wait.operation
        case .verify, .branch, .group, .parallel, .pause, .approval: nil
        }
    }
}
