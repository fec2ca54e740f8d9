import AuspexRunbooks
import AuspexSignals

/// The last look before an act: the pause before each step, all guards before the first step that changes something, and
/// those that count targets before each further one. An act that had to wait is looked at as if it began anew.
extension RunSupervisor {
    /// The surroundings of one run, in which each act passes the gate.
    func gated(_ run: RunRecord) -> RunDriver.Surroundings {
        var surroundings = around
        surroundings.performer = GatedPerformer(
            around.performer, run: run.id, targets: FleetTargets(run.plan), sleeper: around.sleeper, gate: self)
        return surroundings
    }

    /// The time between two looks whether a fleet is worked on in fewer places, or well again.
    private static let fleetInterval = TimeSpan.seconds(10)

    /// Whether an act may begin now.
    ///
    /// - Parameters:
    ///   - targets: The targets in fleets that the run's plan works on.
    ///   - hasWaited: Whether it has waited at the gate, so that its run may have to wait meanwhile, or have lost its locks.
    func passage(
        of order: OperationOrder, on targets: FleetTargets, in id: String, hasWaited: Bool
    ) async -> GatedPerformer.Passage {
        look()
        await auditPause()
        // People may be told something while all runs are paused.
        if case .notify = order.operation { return .go(within: nil) }
        guard pause == nil else { return .hold }
        let own = targets.at(order.id.path)
        let isNew = order.isChange && !isPassed(own, by: id)
        guard isNew || hasWaited else { return .go(within: nil) }
        // One after the other, or two lanes would both see the last place free.
        await enterAdmission()
        defer { leaveAdmission() }
        do {
            guard let run = try await around.journal.run(id) else {
                return await refusal(
                    of: order, in: id, because: .cannotTell(guard: "limits", why: "the journal has no run \(id)"))
            }
            if run.waitsForPeople { return .hold }
            if let stop = Self.stopped(run) { return stop }
            var most: TimeSpan?
            if hasWaited, order.effect != .read {
                let own = try RunState(run).ownTime(at: order.id.path, around.moments.now())
                if let own, own.left == .zero { return .refuse(own.reason) }
                most = own?.left
            }
            if isNew {
                if let why = targets.closingReason(ofLaneAt: order.id.path, in: run) { return .refuse(why) }
                if let block = await objection(toBeginning: own, in: run) {
                    return try await answer(to: order, on: own, in: run, because: block)
                }
            }
            // It took a while to find that out.
            let latest = try await around.journal.run(id)
            guard pause == nil, !(latest?.waitsForPeople ?? false) else { return .hold }
            if let stop = latest.flatMap(Self.stopped) { return stop }
            if hasWaited, order.effect != .read, try await !takeLocks(of: run) { return .later(RunState.lockInterval) }
            notePassed(order, on: own, in: id)
            return .go(within: most)
        } catch {
            // What the run has done is not taken back for a moment in which nobody answers.
            guard isNew, changing[id] == nil else { return .later(Self.fleetInterval) }
            return await refusal(
                of: order, in: id, because: .cannotTell(guard: "limits", why: "the journal does not answer: \(error)"))
        }
    }

    /// The answer to an act of a run that is to stop: what was promised to whoever stopped it holds at once.
    private static func stopped(_ run: RunRecord) -> GatedPerformer.Passage? {
        run.stopping.map { .refuse($0.reason ?? "the run was stopped") }
    }

    /// Notes that an act has passed the gate.
    func notePassed(_ order: OperationOrder, on targets: [FleetTarget], in id: String) {
        if order.isChange { changing[id, default: []].formUnion(targets) }
    }

    /// Whether a run has been let change something, and begin with all of `targets`.
    private func isPassed(_ targets: [FleetTarget], by id: String) -> Bool {
        changing[id].map { passed in targets.allSatisfy(passed.contains) } ?? false
    }

    /// Whether a run has been let change something.
    private func hasBegun(_ run: RunRecord) -> Bool { changing[run.id] != nil || run.hasChanged }

    private func waitsForPeople(_ id: String) async throws -> Bool {
        try await around.journal.run(id)?.waitsForPeople ?? false
    }

    /// Takes the locks of a run anew, which may have run out while it waited.
    ///
    /// - Returns: Whether it has them; false when another run does.
    private func takeLocks(of run: RunRecord) async throws -> Bool {
        let now = around.moments.now().wall
        return try await around.journal.acquireLocks(run.plan.locks, run: run.id, now: now, until: now + run.lockLength)
            == .acquired
    }

    /// Why a run may not begin to change these targets now; nil when it may.
    private func objection(toBeginning targets: [FleetTarget], in run: RunRecord) async -> RunGuards.Block? {
        guard hasBegun(run) else { return await objection(toChanging: run) }
        let known = run.touchedTargets.union(changing[run.id] ?? [])
        let new = targets.filter { !known.contains($0) }
        return new.isEmpty ? nil : await objection(toChanging: run, beginningWith: new)
    }

    /// What a guard's objection means for an act.
    private func answer(
        to order: OperationOrder, on targets: [FleetTarget], in run: RunRecord, because block: RunGuards.Block
    ) async throws -> GatedPerformer.Passage {
        if let wait = wait(for: block, before: targets, in: run) { return .later(wait) }
        // A person's word that came meanwhile goes before a guard's.
        if try await waitsForPeople(run.id) { return .hold }
        return await refusal(of: order, in: run.id, because: block)
    }

    /// After which time a run that has changed something asks again; nil when it is to be stopped.
    ///
    /// What cannot be told now, as after a start of the engine, may be known soon. A target that is worked on may be why the
    /// fleet is not well.
    private func wait(
        for block: RunGuards.Block, before targets: [FleetTarget], in run: RunRecord
    ) -> TimeSpan? {
        guard hasBegun(run) else { return nil }
        switch block {
        case .fleetSettling(_, let end): return end - around.moments.now().wall
        case .fleetBusy, .fleetUnknown, .cannotTell: return Self.fleetInterval
        case .fleetUnhealthy(let fleet, healthy: _, total: _, least: _):
            let atWork = run.targetsAtWork(in: fleet, passed: changing[run.id] ?? [], besides: targets)
            return atWork.isEmpty ? nil : Self.fleetInterval
        default: return nil
        }
    }

    /// Stops the run of an act that may not begin.
    private func refusal(
        of order: OperationOrder, in id: String, because block: RunGuards.Block
    ) async -> GatedPerformer.Passage {
        await stop(id, at: order, because: block)
        return .refuse("\(block)")
    }

    /// Stops a run before its first change, or before its first one to another target.
    private func stop(_ id: String, at order: OperationOrder, because block: RunGuards.Block) async {
        // First the wish, so that it is there when the act turns out not to have begun.
        mailboxes[id]?.post(
            .event(.cancel(by: RunRecord.guardName, reason: RunRecord.reason(for: block))))
        report(.blocked(block, run: id))
        do {
            try await audit(
                "run.guarded",
                ["code": .string(block.code), "why": .string("\(block)"), "path": .string(order.id.path)], run: id)
        } catch {
            // The run's own entries say it, too.
            report(.guardsFailed(error))
        }
    }

    /// Has `wake` told whenever what people make runs wait by begins or ends, from now on, once at once.
    ///
    /// - Returns: the number under which ``forget(_:)`` ends that.
    func remember(_ wake: AsyncStream<GatedPerformer.Wake>.Continuation) -> Int {
        sleeperCount += 1
        sleepers[sleeperCount] = wake
        wake.yield(.changed)
        return sleeperCount
    }

    /// Tells a sleeper nothing more.
    func forget(_ number: Int) { sleepers[number] = nil }

    /// Has all acts that wait at the gate ask again.
    func wakeSleepers() {
        for sleeper in sleepers.values { sleeper.yield(.changed) }
    }

    // MARK: - Pauses by hand

    /// What the audit says of a pause that somebody made by hand.
    static func foundPause(_ why: String, _ owner: String?) -> RunAudit {
        RunAudit(
            kind: "runs.paused",
            detail: .object(["by": .string("the file, of \(owner ?? "an unknown owner")"), "why": .string(why)]))
    }

    /// What the audit says of the end of one.
    static let lostPause = RunAudit(
        kind: "runs.unpaused", detail: .object(["by": .string("the file is not there any more")]))

    /// Writes down what was found of pauses that somebody made or ended by hand.
    func auditPause() async {
        let news = pauseNews
        pauseNews = []
        for (number, entry) in news.enumerated() {
            do {
                try await around.journal.appendAudit(entry, run: nil, at: around.moments.now().wall)
            } catch {
                pauseNews = Array(news[number...]) + pauseNews
                return report(.guardsFailed(error))
            }
        }
    }
}

extension OperationOrder {
    /// Whether it is a step of the runbook's own that changes something.
    fileprivate var isChange: Bool { effect != .read && id.path.hasPrefix(RunRecord.mainSection) }
}
