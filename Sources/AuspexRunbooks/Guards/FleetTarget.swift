/// One target in a fleet, as far as a plan tells its targets apart: what a lane works on or, outside of lanes, what the
/// runbook works on that names the fleet.
package struct FleetTarget: Hashable, Sendable {
    /// What is to be left of the fleet.
    package var limit: FleetLimit
    /// The path of the lane, or of the step that calls the runbook; empty for the run as a whole.
    package var path: String

    /// Whether it is `other`, or holds it: what is done to the one is done to the other.
    func holds(_ other: FleetTarget) -> Bool {
        path.isEmpty || path == other.path || other.path.hasPrefix(path + "/")
    }
}

/// Which targets the steps of a plan work on.
package struct FleetTargets: Sendable {
    private let tree: PlanTree
    private let own: FleetLimit?
    private let plan: Plan
    private let hasAny: Bool

    /// The targets of `plan`.
    package init(_ plan: Plan) {
        self.plan = plan
        tree = PlanTree(plan)
        own = plan.limits?.fleet
        hasAny = !plan.fleets.isEmpty
    }

    /// The targets that the step at `path` works on, one for each fleet that its runbook, and those around it, name.
    package func at(_ path: String) -> [FleetTarget] {
        guard hasAny, let lane = tree[path]?.lane else { return [] }
        var targets = own.map { [FleetTarget(limit: $0, path: lane)] } ?? []
        for node in tree.ancestry(of: path) {
            guard case .group(let group) = node.step.action, let limit = group.limits?.fleet else { continue }
            targets.append(FleetTarget(limit: limit, path: lane.hasPrefix(node.path + "/") ? lane : node.path))
        }
        return targets
    }

    /// The words by which the steps of a target name what they work on, in lower case; see ``Plan/targetWords``.
    func words(of target: FleetTarget) -> Set<String> {
        let words = target.path.isEmpty ? plan.targetWords : tree[target.path]?.step.targetWords ?? []
        return Set(words.map { $0.lowercased() })
    }

    /// Why nothing may begin any more in the lane that the step at `path` is in: as many of the lanes beside it have failed as
    /// may. Nil when it may, and outside of lanes.
    package func closingReason(ofLaneAt path: String, in run: RunRecord) -> String? {
        guard let lane = tree[path].flatMap({ tree[$0.lane] }), let parent = lane.parent,
            case .parallel(let parallel)? = tree[parent]?.step.action
        else { return nil }
        let failed = lane.siblings.count(where: run.hasFailed)
        return failed < parallel.maxErrors ? nil : "\(failed) lanes failed"
    }
}

extension RunRecord {
    /// The targets in fleets that the run has begun to change, for all that its record says.
    package var touchedTargets: Set<FleetTarget> {
        guard !plan.fleets.isEmpty else { return [] }
        let targets = FleetTargets(plan)
        return changes.filter(\.hasCertainlyBegun).reduce(into: []) { $0.formUnion(targets.at($1.path)) }
    }

    /// The targets in a fleet that the run is at work on, apart from those that hold one of `next`, which it is about to begin
    /// with. Each counts once: where one holds another, that is the inner one.
    ///
    /// - Parameter passed: The targets that it was let begin with, though its record may not say so yet.
    package func targetsAtWork(
        in fleet: String, passed: Set<FleetTarget>, besides next: [FleetTarget] = []
    ) -> Set<String> {
        let atWork = targets(in: fleet, passed: passed, besides: next).filter { !isOver($0) }
        let inner = atWork.filter { target in !atWork.contains { $0.path != target.path && target.holds($0) } }
        return Set(inner.map(\.path))
    }

    /// The targets in a fleet that the run has been let begin with, apart from those that hold one of `next`.
    func targets(
        in fleet: String, passed: Set<FleetTarget>, besides next: [FleetTarget]
    ) -> Set<FleetTarget> {
        touchedTargets.union(passed).filter { target in
            target.limit.name == fleet && !next.contains(where: target.holds)
        }
    }

    /// The attempt whose end is the end of the work on a target; nil where that is the run's end.
    func work(on target: FleetTarget) -> StepRecord? { target.path.isEmpty ? nil : lastAttempt(at: target.path) }

    /// Whether nothing is done to a target any more.
    func isOver(_ target: FleetTarget) -> Bool { work(on: target)?.isSettled ?? status.isOver }
}

extension StepRecord {
    /// Whether it has passed the gate, and not only been written down.
    var hasCertainlyBegun: Bool {
        mayHaveHappened && ([.done, .failed, .timedOut].contains(state) || process != nil)
    }
}
