import AuspexSignals

/// How a step ends, and what that means for the steps around it.
extension RunState {
    /// Takes the end of an operation in.
    mutating func ended(_ id: OperationID, _ result: OperationResult, _ now: Moment) -> [RunAction] {
        let lane = lane(of: id.path)
        switch phases[lane] {
        case .operating(id), .locating(id): break
        default: return []
        }
        if tree.isProbe(id.path) { return probed(id.path, result, now) }
        if record.lastAttempt(at: id.path)?.wait != nil { return polled(id.path, result, now) }
        guard let step = step(at: id.path) else { return advance(lane, now) }
        if step.effect == .once, result.outcome == .unknown { return uncertain(id.path, result, now) }
        if result.isLeftOut { return settle(id.path, .skipped, result, now) }
        let judged = judged(result, of: step, at: id.path, now)
        return settle(id.path, Self.state(of: judged), judged, now)
    }

    static func state(of result: OperationResult) -> StepState {
        switch result.outcome {
        case .succeeded: .done
        case .failed, .unknown: .failed
        case .timedOut: .timedOut
        case .cancelled: .cancelled
        }
    }

    /// Ends an attempt and goes on.
    mutating func settle(
        _ path: String, _ state: StepState, _ result: OperationResult, _ now: Moment
    ) -> [RunAction] {
        let lane = lane(of: path)
        guard let index = record.steps.lastIndex(where: { $0.path == path }) else { return advance(lane, now) }
        let step = step(at: path)
        record.steps[index].state = state
        record.steps[index].endedAt = now.wall
        record.steps[index].timer = nil
        record.steps[index].result = result.excerpt(limit: Self.excerptBytes, mask: mask)
        if let out = step?.out, state != .skipped { take(out, from: result, into: index) }
        if let delay = retryDelay(step, at: index, state, result) {
            record.steps[index].timer = Deadline(start: now, length: delay)
            return commit(
                .result, "run.step.result", described(record.steps[index]), then: .sleep(path: path), lane: lane, now)
        }
        heedStop(now)
        if ![.done, .skipped].contains(state), !isEnding {
            fail(path, result.reason.isEmpty ? state.rawValue : result.reason, now)
        } else if path == PlanTree.verification, record.ending == nil {
            close(.verified, now)
        }
        if record.ending != nil, record.status == .verifying { record.status = .running }
        return commit(
            .result, "run.step.result", described(record.steps[index]), then: .advance, lane: lane, now)
    }

    /// Lets the failure of a step fail what it is part of, up to a step that may fail, a lane, or the run.
    private mutating func fail(_ path: String, _ reason: String, _ now: Moment) {
        let reason = mask.masked("\(path): \(reason)")
        for node in tree.ancestry(of: path) {
            if node.path != path { settleComposite(node.path, .failed, reason, now) }
            // A message that does not get through is no reason to give a remedy up. A lane's parallel step decides.
            if node.step.continuesOnError || node.step.isNotice || node.path == node.lane { return }
        }
        close(Self.isPrecondition(path) ? .cancelled(reason: "blocked: \(reason)") : .failed(reason: reason), now)
    }

    private mutating func settleComposite(_ path: String, _ state: StepState, _ reason: String, _ now: Moment) {
        guard let index = record.steps.lastIndex(where: { $0.path == path }) else { return }
        record.steps[index].state = state
        record.steps[index].endedAt = now.wall
        record.steps[index].timer = nil
        record.steps[index].result = OperationResult(outcome: .failed, reason: reason)
    }

    /// Ends a step whose steps are all settled.
    mutating func close(_ place: Place, _ now: Moment) -> [RunAction] {
        // Before an ending a failure that counts has failed this step already; after one, nothing holds up what
        // follows.
        let inner = PlanTree.steps(in: place, choice: record.lastAttempt(at: place.path)?.choice)
        let failed = inner.first { inner in
            let state = record.lastAttempt(at: inner.path)?.state
            return !inner.step.continuesOnError && !inner.step.isNotice && state != .done && state != .skipped
        }
        let reason = failed.map { "\($0.path) did not end well" } ?? ""
        let result = OperationResult(outcome: failed == nil ? .succeeded : .failed, reason: reason)
        return settle(place.path, failed == nil ? .done : .failed, result, now)
    }

    /// Settles the steps that only held others which will not go on.
    mutating func closeOpenComposites(_ now: Moment) {
        for entry in record.steps where entry.state == .intent && step(at: entry.path)?.isComposite ?? false {
            settleComposite(entry.path, .cancelled, "the run ended", now)
        }
    }

    /// Ends an attempt that the run was stopped in before anything more could happen in it.
    ///
    /// - Parameter neverBegan: Whether the attempt was only written down, so that it has no effect.
    mutating func settleStopped(path: String, neverBegan: Bool = false, _ now: Moment) -> [RunAction] {
        if let index = record.steps.lastIndex(where: { $0.path == path }) {
            guard !record.steps[index].isToBeRepeated else {
                // It has failed already, and is not tried again.
                record.steps[index].timer = nil
                return commit(
                    .state, "run.stopping", described(record.steps[index]), then: .advance, lane: lane(of: path), now)
            }
            if neverBegan, !tree.isProbe(path) { record.steps[index].neverBegan = true }
        }
        return settle(
            path, .cancelled, OperationResult(outcome: .cancelled, reason: "the run was stopped"), now)
    }
}
