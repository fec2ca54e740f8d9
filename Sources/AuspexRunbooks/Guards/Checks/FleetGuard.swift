import AuspexSignals

/// A fleet keeps enough healthy instances, is worked on in few places at once, and may settle in between. An instance of which
/// nothing is known is not healthy, and a fleet of which nothing is known is left alone.
///
/// People who ask for a run themselves are not held back: in an outage somebody has to begin.
struct FleetGuard: RunGuard {
    let name = "fleet"
    let stages: Set<GuardStage> = [.admission, .approval, .firstChange]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard question.mode != .manual, question.stage != .admission || question.mode != .approve,
            let limit = question.plan.limits?.fleet, let world = try question.world()
        else { return nil }
        guard let fleet = world.fleet, fleet.total > 0 else { return .always(.fleetUnknown(limit.name)) }
        let atWork = question.othersAtWork.count { $0.plan.limits?.fleet?.name == limit.name }
        let most = limit.mostAtOnce.count(of: fleet.total)
        guard atWork < most else { return .always(.fleetBusy(limit.name, most: most)) }
        // Whatever is worked on may be down meanwhile.
        let left = fleet.healthy - atWork - (fleet.isTargetDown ? 0 : 1)
        let least = max(limit.minHealthy, FleetLimit.leastHealthy)
        guard Double(fleet.healthy) >= least * Double(fleet.total), Double(left) >= least * Double(fleet.total) else {
            return .always(
                .fleetUnhealthy(limit.name, healthy: fleet.healthy, total: fleet.total, least: least))
        }
        let ends = question.recent
            .filter { $0.status.isOver && $0.hasBegun && $0.plan.limits?.fleet?.name == limit.name }
            .map { $0.updatedAt + limit.settle }
        return ends.max().flatMap { $0 > question.now ? .always(.fleetSettling(limit.name, until: $0)) : nil }
    }
}

extension RunRecord {
    /// Whether it has begun any step besides those that follow an ending: of a run that got no locks these only tell people.
    fileprivate var hasBegun: Bool {
        let endings = [PlanTree.onFailure, PlanTree.onCancel, PlanTree.always]
        return steps.contains { !endings.contains(PlanTree.section($0.path)) }
    }
}
