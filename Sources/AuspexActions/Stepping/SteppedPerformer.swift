package import AuspexRunbooks
package import AuspexSignals

/// Asks before it lets an act happen, and when one has failed. The intent is in the journal by then, so an act that is
/// still asked about when the engine dies is one that never began.
///
/// Not asked about are probes, which only read, a wait's polls after the first, and anything once the run is stopped.
package struct SteppedPerformer: Performer {
    /// What else is to be done when a person decides.
    package struct Hooks: Sendable {
        /// Who decides.
        package var person: String
        /// Stops the run; returns when that is on disk.
        package var abort: @Sendable (_ run: String) async -> Void
        /// Writes something down in the audit; returns when that is on disk.
        package var note: @Sendable (RunAudit, _ run: String) async throws -> Void

        /// Gathers what is to be done.
        package init(
            person: String, abort: @escaping @Sendable (_ run: String) async -> Void,
            note: @escaping @Sendable (RunAudit, _ run: String) async throws -> Void
        ) {
            self.person = person
            self.abort = abort
            self.note = note
        }
    }

    private let performer: any Performer
    private let gate: any StepGate
    private let mask: SecretMask
    private let hooks: Hooks
    private let isProbe: @Sendable (String) -> Bool

    /// Asks `gate` before `performer` acts.
    ///
    /// - Parameters:
    ///   - mask: Hides the secrets of the plan in what is shown.
    ///   - isProbe: Whether a path is that of a probe, about which nobody is asked.
    package init(
        _ performer: any Performer, gate: any StepGate, mask: SecretMask, hooks: Hooks,
        isProbe: @escaping @Sendable (String) -> Bool
    ) {
        self.performer = performer
        self.gate = gate
        self.mask = mask
        self.hooks = hooks
        self.isProbe = isProbe
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard order.id.poll < 2, !isProbe(order.id.path) else {
            return await performer.perform(order, control)
        }
        let act = SteppedAct(
            run: order.id.run, path: order.id.path, summary: order.operation.masked(mask).summary,
            effect: order.effect, isWait: order.id.poll > 0)
        let (stops, relay) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let relayed = OperationControl(stops: stops, started: control.started, spoke: control.spoke)
        return await withTaskGroup(of: OperationResult?.self) { group in
            group.addTask {
                for await _ in control.stops {
                    relay.yield()
                    gate.withdraw(act)
                }
                return nil
            }
            group.addTask {
                await withTaskCancellationHandler {
                    await ask(act, order, relayed)
                } onCancel: {
                    gate.withdraw(act)
                }
            }
            defer { group.cancelAll() }
            for await result in group { if let result { return result } }
            return Self.notBegun
        }
    }

    package func locate(_ order: OperationOrder) async -> Located { await performer.locate(order) }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await performer.attach(order, control)
    }

    package func tidy(keeping open: Set<String>, before time: Timestamp) async {
        await performer.tidy(keeping: open, before: time)
    }

    // MARK: - Asking

    private static let notBegun = OperationResult.notBegun("the run was stopped")

    private func ask(
        _ act: SteppedAct, _ order: OperationOrder, _ control: OperationControl
    ) async -> OperationResult {
        // A wait goes by its acceptors, so nothing could stand in for its response.
        let words: [StepWord] = act.isWait ? [.step, .abort] : [.step, .skip, .abort]
        switch await gate.mayBegin(act, words: words) {
        case .skip where words.contains(.skip):
            do {
                try await note("run.step.skipped", act)
            } catch {
                return OperationResult(
                    outcome: .failed, reason: "not skipped, because that cannot be written down: \(error)")
            }
            return .leftOut("left out by \(hooks.person) at the terminal")
        case .step: return await act.isWait ? performer.perform(order, control) : attempts(act, order, control)
        default:
            await abort(act)
            return Self.notBegun
        }
    }

    /// Stops the run, unless it is the engine that stops and leaves the run to the next one.
    private func abort(_ act: SteppedAct) async {
        if !Task.isCancelled { await hooks.abort(act.run) }
    }

    /// Does it, and again for as long as it fails and the person wants that.
    private func attempts(
        _ act: SteppedAct, _ order: OperationOrder, _ control: OperationControl
    ) async -> OperationResult {
        var order = order
        while true {
            let result = await performer.perform(order, control)
            guard [.failed, .timedOut].contains(result.outcome), !Task.isCancelled else { return result }
            // What may happen at most once is never done again.
            let words: [StepWord] = act.effect == .once ? [.proceed, .abort] : [.proceed, .retry, .abort]
            switch await gate.hasFailed(act, result, words: words) {
            case .retry where words.contains(.retry):
                do {
                    try await note("run.step.repeated", act)
                } catch {
                    // What nobody would know of is not done.
                    return result
                }
                // A number of its own, as the polls of a wait have one, so that its output goes to a place of its own.
                order.id.poll += 1
            case .abort:
                await abort(act)
                return result
            default: return result
            }
        }
    }

    private func note(_ kind: String, _ act: SteppedAct) async throws {
        let detail: [String: JSONValue] = ["path": .string(act.path), "effect": .string(act.effect.rawValue)]
        try await hooks.note(RunAudit(kind: kind, detail: .object(detail)), act.run)
    }
}
