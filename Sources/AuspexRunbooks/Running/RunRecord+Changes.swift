/// What a run has changed.
extension RunRecord {
    /// Where the steps stand that a runbook is about.
    package static let mainSection = "\(PlanTree.main)/"

    /// The attempts at steps of the runbook's own that change something, oldest first. Whoever is told something is not
    /// changed by that, and what only holds other steps changes nothing itself.
    var changes: [StepRecord] {
        let candidates = steps.filter { $0.effect != .read && $0.path.hasPrefix(Self.mainSection) }
        guard !candidates.isEmpty else { return [] }
        let tree = PlanTree(plan)
        return candidates.filter { tree[$0.path]?.step.isChange ?? true }
    }

    /// Whether a step of the runbook's own has changed something, so that the run is seen through. One of which only the
    /// intent is known has not: it is asked about again after a restart, and so is one without a process that a restart
    /// interrupted, for it may never have passed the gate.
    package var hasChanged: Bool { changes.contains(where: \.hasCertainlyBegun) }

    /// Whether it has taken back the change that its alert's incident comes from: by its own runbook, or by one inside it
    /// whose steps were done.
    package var hasRolledBack: Bool {
        if plan.rollsBack ?? false { return true }
        let done = steps.filter { $0.state == .done && $0.path.hasPrefix(Self.mainSection) }
        guard !done.isEmpty else { return false }
        let tree = PlanTree(plan)
        return done.contains { entry in
            guard case .group(let group)? = tree[entry.path]?.step.action else { return false }
            return group.rollsBack ?? false
        }
    }

    /// Whether a step of the runbook's own may have changed something, for all that is known.
    var mayHaveChanged: Bool { changes.contains(where: \.mayHaveHappened) }
}
