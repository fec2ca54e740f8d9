package import AuspexRunbooks
package import AuspexSignals

/// Asks before it lets an act happen, and when one has failed. The journal says by then that the act waits, so one that is
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
    private let isProbe: @Sendable (OperationID) -> Bool

    /// Asks `gate` before `performer` acts.
    ///
    /// - Parameters:
    ///   - mask: Hides the secrets of the plans in what is shown.
    ///   - isProbe: Whether an operation is a probe, about which nobody is asked.
    package init(
        _ performer: any Performer, gate: any StepGate, mask: SecretMask, hooks: Hooks,
        isProbe: @escaping @Sendable (OperationID) -> Bool
    ) {
        self.performer = performer
        self.gate = gate
        self.mask = mask
        self.hooks = hooks
        self.isProbe = isProbe
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard order.id.poll < 2, !isProbe(order.id) else {
            return await performer.perform(order, control)
        }
        let act = act(order)
        return await relaying(act, control) { await ask(act, order, $0) }
    }

    private func act(_ order: OperationOrder) -> SteppedAct {
        SteppedAct(
            run: order.id.run, path: order.id.path, summary: order.operation.masked(mask).summary,
            effect: order.effect, isWait: order.id.poll > 0)
    }

    /// Does `body`, in which a person may be asked; a stop withdraws the question.
    private func relaying(
        _ act: SteppedAct, _ control: OperationControl,
        _ body: @escaping @Sendable (OperationControl) async -> OperationResult
    ) async -> OperationResult {
        let (stops, relay) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let relayed = control.stopped(by: stops)
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
                    await body(relayed)
                } onCancel: {
                    gate.withdraw(act)
                }
            }
            defer { group.cancelAll() }
            for await result in group { if let result { return result } }
            return Self.notBegun
        }
    }

    /// An act that has failed is still at work, for a person may want it done again: ``attach(_:_:)`` asks.
    package func locate(_ order: OperationOrder) async -> Located {
        let located = await performer.locate(await performer.newest(order))
        guard case .finished(let result) = located, isAskedAbout(order, result) else { return located }
        return .running
    }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        let newest = await performer.newest(order)
        guard order.id.poll == 0, !isProbe(order.id) else { return await performer.attach(newest, control) }
        let act = act(order)
        return await relaying(act, control) { control in
            let result =
                if case .finished(let result) = await performer.locate(newest) { result } else {
                    await performer.attach(newest, control)
                }
            var next = newest
            next.id.poll += 1
            return await afterFailure(result, act, next, control)
        }
    }

    package func newestRepetition(of order: OperationOrder) async -> Int {
        await performer.newestRepetition(of: order)
    }

    /// Whether a person is asked what is to become of an act that ended so.
    private func isAskedAbout(_ order: OperationOrder, _ result: OperationResult) -> Bool {
        [.failed, .timedOut].contains(result.outcome) && !isProbe(order.id)
    }

    package func tidy(keeping open: Set<String>, before time: Timestamp) async {
        await performer.tidy(keeping: open, before: time)
    }

    // MARK: - Asking

    private static let notBegun = OperationResult.notBegun("the run was stopped")
    private static let engineStopped = OperationResult.notBegun("the engine stopped")

    private func ask(
        _ act: SteppedAct, _ order: OperationOrder, _ control: OperationControl
    ) async -> OperationResult {
        // A wait goes by its acceptors, so nothing could stand in for its response.
        let words: [StepWord] = act.isWait ? [.step, .abort] : [.step, .skip, .abort]
        guard await control.heldUp(true) else { return Self.engineStopped }
        switch await gate.mayBegin(act, words: words) {
        case .skip where words.contains(.skip):
            do {
                try await note("run.step.skipped", act)
            } catch {
                return OperationResult(
                    outcome: .failed, reason: "not skipped, because that cannot be written down: \(error)")
            }
            return .leftOut("left out by \(hooks.person) at the terminal")
        case .step:
            guard await control.heldUp(false) else { return Self.engineStopped }
            return await act.isWait ? performer.perform(order, control) : attempts(act, order, control)
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
        let result = await performer.perform(order, control)
        // A number of its own, as the polls of a wait have one, so that its output goes to a place of its own.
        var next = order
        next.id.poll += 1
        return await afterFailure(result, act, next, control)
    }

    /// Asks what is to become of an act that has failed, and does it again as `order` for as long as the person wants that.
    private func afterFailure(
        _ failure: OperationResult, _ act: SteppedAct, _ order: OperationOrder, _ control: OperationControl
    ) async -> OperationResult {
        var (result, order) = (failure, order)
        // What may happen at most once is never done again.
        let words: [StepWord] = act.effect == .once ? [.proceed, .abort] : [.proceed, .retry, .abort]
        while isAskedAbout(order, result), !Task.isCancelled {
            switch await gate.hasFailed(act, mask.masked(result), words: words) {
            case .retry where words.contains(.retry):
                do {
                    try await note("run.step.repeated", act)
                } catch {
                    // What nobody would know of is not done.
                    return result
                }
                let earlier = result.isUnsent
                result = await performer.perform(order, control)
                // What was sent once may have worked, whatever became of the repetition.
                if earlier != true { result.isUnsent = nil }
                order.id.poll += 1
            case .abort:
                await abort(act)
                return result
            default: return result
            }
        }
        return result
    }

    private func note(_ kind: String, _ act: SteppedAct) async throws {
        let detail: [String: JSONValue] = ["path": .string(act.path), "effect": .string(act.effect.rawValue)]
        try await hooks.note(RunAudit(kind: kind, detail: .object(detail)), act.run)
    }
}
