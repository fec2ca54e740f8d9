import AuspexSignals

/// A fleet keeps enough healthy instances, is worked on in few places at once, and may settle in between. An instance of which
/// nothing is known is not healthy, and a fleet of which nothing is known is left alone. All targets count, those of one run
/// in its lanes, too, and it is asked again before each. What is said of an instance that the run has just been done with is
/// of the middle of that until there is a newer reading, which is waited for.
///
/// People who ask for a run themselves are not held back: in an outage somebody has to begin.
struct FleetGuard: RunGuard {
    let name = "fleet"
    let stages: Set<GuardStage> = [.admission, .approval, .firstChange, .nextTarget]

    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection? {
        guard question.mode != .manual, question.stage != .admission || question.mode != .approve else { return nil }
        let limits = question.stage == .nextTarget ? question.targets.map(\.limit) : question.plan.fleets
        guard !limits.isEmpty, let world = try question.world() else { return nil }
        for limit in limits {
            if let block = block(of: limit, question, world.fleets[limit.name]) { return .always(block) }
        }
        return nil
    }

    private func block(of limit: FleetLimit, _ question: GuardQuestion, _ fleet: FleetCount?) -> RunGuards.Block? {
        guard let fleet, fleet.total > 0 else { return .fleetUnknown(limit.name) }
        let atWork = question.targetsAtWork(in: limit.name)
        let most = limit.mostAtOnce.count(of: fleet.total)
        guard atWork < most else { return .fleetBusy(limit.name, most: most) }
        if let end = question.settled(limit), end > question.now { return .fleetSettling(limit.name, until: end) }
        // Whatever is worked on may be down meanwhile. Of a further target it is not known whether it is the alert's.
        let isDown = fleet.isTargetDown && question.stage != .nextTarget
        let taken = atWork + (isDown ? 0 : 1)
        let least = max(limit.minHealthy, FleetLimit.leastHealthy)
        func isEnough(_ healthy: Int) -> Bool { Double(healthy - taken) >= least * Double(fleet.total) }
        if isEnough(fleet.healthy) { return nil }
        // Those that the run has changed since they were heard of may be well.
        if isEnough(fleet.healthy + question.changedSince(limit, fleet.unwell)) {
            return .fleetSettling(limit.name, until: question.now + Self.lookInterval)
        }
        return .fleetUnhealthy(limit.name, healthy: fleet.healthy, total: fleet.total, least: least)
    }

    /// The time between two looks for newer readings.
    private static let lookInterval = TimeSpan.seconds(10)
}

extension GuardQuestion {
    /// How many targets in a fleet are worked on: by other runs, each of which has one at least, and by this one.
    fileprivate func targetsAtWork(in fleet: String) -> Int {
        let others = othersAtWork.reduce(0) { count, other in
            guard other.plan.fleets.contains(where: { $0.name == fleet }) else { return count }
            return count + max(1, other.targetsAtWork(in: fleet, passed: passed(by: other)).count)
        }
        guard stage == .nextTarget, let run else { return others }
        return others + run.targetsAtWork(in: fleet, passed: passed(by: run), besides: targets).count
    }

    /// The targets that a run has been let begin with, though its record may not say so yet.
    private func passed(by run: RunRecord) -> Set<FleetTarget> { facts?.passedTargets[run.id] ?? [] }

    /// When the fleet has settled after the last work on it, by other runs or on other targets of this one; nil when there
    /// was none.
    fileprivate func settled(_ limit: FleetLimit) -> Timestamp? {
        let runs = recent.filter { run in
            run.status.isOver && run.hasBegun && run.plan.fleets.contains { $0.name == limit.name }
        }
        var ends = runs.map(\.updatedAt)
        if stage == .nextTarget, let run {
            let own = run.targets(in: limit.name, passed: passed(by: run), besides: targets)
            ends += own.filter(run.isOver).compactMap { run.work(on: $0)?.endedAt }
        }
        return ends.max().map { $0 + limit.settle }
    }

    /// How many of these instances are known only by readings from before this run was done with them.
    fileprivate func changedSince(_ limit: FleetLimit, _ unwell: [FleetCount.Unwell]) -> Int {
        guard stage == .nextTarget, let run, !unwell.isEmpty else { return 0 }
        let words = FleetTargets(plan)
        let done = run.targets(in: limit.name, passed: passed(by: run), besides: targets).filter(run.isOver)
            .compactMap { target in
                run.work(on: target)?.endedAt.map { (endedAt: $0, words: words.words(of: target)) }
            }
        return unwell.count { reading in
            done.contains { $0.endedAt >= reading.saidAt && reading.isNamed(in: $0.words) }
        }
    }
}

extension FleetCount.Unwell {
    /// Whether one of `words`, in lower case, is its name, or that of its host.
    fileprivate func isNamed(in words: Set<String>) -> Bool {
        let host = instance.lastIndex(of: ":").map { String(instance[..<$0]) }
        return ProtectedTargets.match([instance, host].compactMap(\.self), in: words) != nil
    }
}

extension RunRecord {
    /// Whether it has begun any step besides those that follow an ending: of a run that got no locks these only tell people.
    fileprivate var hasBegun: Bool {
        let endings = [PlanTree.onFailure, PlanTree.onCancel, PlanTree.always]
        return steps.contains { !endings.contains(PlanTree.section($0.path)) }
    }
}
