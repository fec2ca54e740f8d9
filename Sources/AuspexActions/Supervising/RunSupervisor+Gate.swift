import AuspexRunbooks
import AuspexSignals

/// The last look before an act: the pause before each step, all guards before the first step that changes something, and
/// those that count targets before each further one.
extension RunSupervisor {
    /// The surroundings of one run, in which each act passes the gate.
    func gated(_ run: RunRecord) -> RunDriver.Surroundings {
        var surroundings = around
        surroundings.performer = GatedPerformer(
            around.performer, run: run.id, targets: FleetTargets(run.plan), sleeper: around.sleeper, gate: self)
        return surroundings
    }

    /// The time between two looks whether a fleet is worked on in fewer places.
    private static let fleetInterval = TimeSpan.seconds(10)

    /// Whether an act may begin now.
    ///
    /// - Parameter targets: The targets in fleets that it works on.
    func passage(
        of order: OperationOrder, on targets: [FleetTarget], in id: String
    ) async -> GatedPerformer.Passage {
        look()
        await auditPause()
        // People may be told something while all runs are paused.
        if case .notify = order.operation { return .go }
        if let pause { return .hold(pause) }
        guard order.isChange, !isPassed(targets, by: id) else { return .go }
        // One after the other, or two lanes would both see the last place free.
        await enterAdmission()
        defer { leaveAdmission() }
        let objection: RunGuards.Block?
        do {
            if let run = try await around.journal.run(id) {
                switch await self.objection(toBeginning: targets, in: run) {
                case .fleetSettling(_, let end) where hasBegun(run):
                    return .later(end - around.moments.now().wall)
                case .fleetBusy where hasBegun(run): return .later(Self.fleetInterval)
                case let block: objection = block
                }
            } else {
                objection = .cannotTell(guard: "limits", why: "the journal has no run \(id)")
            }
        } catch {
            objection = .cannotTell(guard: "limits", why: "the journal does not answer: \(error)")
        }
        guard let objection else {
            changing[id, default: []].formUnion(targets)
            // It took a while to find that out.
            return pause.map { .hold($0) } ?? .go
        }
        await stop(id, at: order, because: objection)
        return .refuse(objection)
    }

    /// Whether a run has been let change something, and begin with all of `targets`.
    private func isPassed(_ targets: [FleetTarget], by id: String) -> Bool {
        changing[id].map { passed in targets.allSatisfy(passed.contains) } ?? false
    }

    /// Whether a run has been let change something.
    private func hasBegun(_ run: RunRecord) -> Bool { changing[run.id] != nil || run.hasChanged }

    /// Why a run may not begin to change these targets now; nil when it may.
    private func objection(toBeginning targets: [FleetTarget], in run: RunRecord) async -> RunGuards.Block? {
        guard hasBegun(run) else { return await objection(toChanging: run) }
        let known = run.touchedTargets.union(changing[run.id] ?? [])
        let new = targets.filter { !known.contains($0) }
        return new.isEmpty ? nil : await objection(toChanging: run, beginningWith: new)
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

    /// Has `wake` told whenever a pause begins or ends, from now on, once at once.
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
