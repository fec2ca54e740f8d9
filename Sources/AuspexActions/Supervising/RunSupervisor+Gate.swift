import AuspexRunbooks
import AuspexSignals

/// The last look before an act: the pause before each step, all guards before the first step that changes something.
extension RunSupervisor {
    /// The surroundings of one run, in which each act passes the gate.
    func gated(_ run: RunRecord) -> RunDriver.Surroundings {
        var surroundings = around
        surroundings.performer = GatedPerformer(around.performer, run: run.id, gate: self)
        return surroundings
    }

    /// Whether an act may begin now.
    func passage(of order: OperationOrder, in id: String) async -> GatedPerformer.Passage {
        look()
        await auditPause()
        // People may be told something while all runs are paused.
        if case .notify = order.operation { return .go }
        if let pause { return .hold(pause) }
        guard order.isChange, !changing.contains(id) else { return .go }
        let objection: RunGuards.Block?
        do {
            if let run = try await around.journal.run(id) {
                objection = run.hasChanged ? nil : await self.objection(toChanging: run)
            } else {
                objection = .cannotTell(guard: "limits", why: "the journal has no run \(id)")
            }
        } catch {
            objection = .cannotTell(guard: "limits", why: "the journal does not answer: \(error)")
        }
        guard let objection else {
            changing.insert(id)
            // It took a while to find that out.
            return pause.map { .hold($0) } ?? .go
        }
        await stop(id, at: order, because: objection)
        return .refuse(objection)
    }

    /// Stops a run before its first change.
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
