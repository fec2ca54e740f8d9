import AuspexSignals

/// The runbooks that a plan carries out: its own, and those that are part of it. What limits the runs of each holds also
/// where it is part of another.
extension Plan {
    /// A runbook with what limits its runs.
    package struct Part: Hashable, Sendable {
        /// The runbook's id.
        package var runbook: String
        /// Its limits; empty for what holds for all.
        package var limits: RunbookLimits
    }

    /// The runbook itself, then those inside it, each call by itself.
    package var parts: [Part] {
        [Part(runbook: runbook, limits: limits ?? RunbookLimits())] + allSteps.flatMap(\.parts)
    }

    /// The fleets that its runbooks work on, each limit once.
    package var fleets: [FleetLimit] {
        parts.compactMap(\.limits.fleet).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// How long its runbooks want their targets left alone, the longest of them; zero for as long as all do.
    var coolDown: TimeSpan { parts.compactMap(\.limits.coolDown).max() ?? .zero }

    /// How many runs of the runbook `id` it is worth: itself, or the calls of it.
    ///
    /// - Parameter isAtOnce: Whether only those count that may be under way at the same time.
    package func count(of id: String, atOnce isAtOnce: Bool = false) -> Int {
        runbook == id ? 1 : Self.count(of: id, in: allSteps, isAtOnce)
    }

    private static func count(of id: String, in steps: [Step], _ isAtOnce: Bool) -> Int {
        let counts = steps.map { count(of: id, in: $0, isAtOnce) }
        return isAtOnce ? counts.max() ?? 0 : counts.reduce(0, +)
    }

    private static func count(of id: String, in step: Step, _ isAtOnce: Bool) -> Int {
        switch step.action {
        case .operation, .wait, .verify, .pause, .approval: return 0
        case .group(let group): return group.runbook == id ? 1 : count(of: id, in: group.steps, isAtOnce)
        case .branch(let branch):
            return (branch.arms.map(\.steps) + [branch.otherwise]).map { count(of: id, in: $0, isAtOnce) }.max() ?? 0
        case .parallel(let parallel):
            let counts = parallel.lanes.map { count(of: id, in: $0.group.steps, isAtOnce) }
            return counts.sorted(by: >).prefix(isAtOnce ? parallel.maxConcurrency : counts.count).reduce(0, +)
        }
    }
}

extension Plan.Step {
    /// The runbooks inside it, each call by itself.
    var parts: [Plan.Part] {
        flattened.compactMap { step in
            guard case .group(let group) = step.action, let runbook = group.runbook else { return nil }
            return Plan.Part(runbook: runbook, limits: group.limits ?? RunbookLimits())
        }
    }
}
