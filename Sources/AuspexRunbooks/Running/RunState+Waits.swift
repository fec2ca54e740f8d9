import AuspexSignals

extension RunState {
    /// Goes on after a sleep.
    mutating func resume(_ path: String, _ now: Moment) -> [RunAction] {
        switch step(at: path)?.action {
        case .wait where record.lastAttempt(at: path)?.wait != nil: poll(path, now)
        case .verify: observe(path, now)
        default: wake(path, now)
        }
    }

    // MARK: - Waits

    /// Begins the next poll, if there is time and an attempt left.
    mutating func poll(_ path: String, _ now: Moment) -> [RunAction] {
        guard !isClosed(path, now) else { return settleStopped(path: path, now) }
        if let reason = overdue(path, after: .zero, now) { return settleWait(path, .timedOut, reason, nil, now) }
        return beginPoll(path, now)
    }

    /// Writes down that a poll is spent before it is made, so that a restart cannot win attempts.
    mutating func beginPoll(_ path: String, _ now: Moment) -> [RunAction] {
        guard let index = record.steps.lastIndex(where: { $0.path == path }) else {
            return advance(lane(of: path), now)
        }
        record.steps[index].wait?.beginAttempt()
        guard let id = lastID(at: path) else { return advance(lane(of: path), now) }
        var detail = described(record.steps[index])
        detail["poll"] = .int(Int64(id.poll))
        return commit(.intent, "run.step.intent", detail, then: .start(id), lane: lane(of: path), now)
    }

    /// Takes a poll's response in.
    mutating func polled(_ path: String, _ result: OperationResult, _ now: Moment) -> [RunAction] {
        guard let index = record.steps.lastIndex(where: { $0.path == path }), var loop = record.steps[index].wait else {
            return advance(lane(of: path), now)
        }
        guard !isClosed(path, now) else { return settleStopped(path: path, now) }
        let step = loop.step(result.response)
        record.steps[index].wait = loop
        switch step {
        case .success: return settleWait(path, .done, "", result, now)
        case .failure(let reason): return settleWait(path, .failed, reason, result, now)
        case .exhausted(let reason): return settleWait(path, .failed, reason, result, now)
        case .error(let code):
            let reason = "error \(code), which no acceptor foresees: \(result.reason)"
            return settleWait(path, .failed, reason, result, now)
        case .sleep(let delay):
            if let reason = overdue(path, after: delay, now) {
                return settleWait(path, .timedOut, reason, result, now)
            }
            return rest(path, delay)
        }
    }

    /// Why the wait may not go on after `delay`; nil when it may.
    func overdue(_ path: String, after delay: TimeSpan, _ now: Moment) -> String? {
        if let own = ownTime(at: path, now), own.left <= delay { return own.reason }
        guard case .wait(let wait)? = step(at: path)?.action, let length = wait.deadline,
            let entry = record.lastAttempt(at: path), remaining(of: length, in: entry, now) <= delay
        else { return nil }
        return "not reached within its deadline of \(length)"
    }

    /// Ends a wait.
    mutating func settleWait(
        _ path: String, _ state: StepState, _ reason: String, _ last: OperationResult?, _ now: Moment
    ) -> [RunAction] {
        var result = last ?? OperationResult(outcome: .timedOut)
        // Of a wait only the last poll was not sent, for all that this says.
        result.isUnsent = nil
        result.outcome = state == .done ? .succeeded : state == .timedOut ? .timedOut : .failed
        let warnings = record.lastAttempt(at: path)?.wait?.warnings ?? []
        result.reason = ([reason] + warnings).filter { !$0.isEmpty }.joined(separator: "; ")
        return settle(path, state, result, now)
    }

    // MARK: - Verification

    /// Asks the detectors.
    mutating func observe(_ path: String, _ now: Moment) -> [RunAction] {
        guard !isClosed(path, now) else { return settleStopped(path: path, now) }
        guard case .verify(let verification)? = step(at: path)?.action else { return advance(lane(of: path), now) }
        phases[lane(of: path)] = .observing(path: path)
        return [.observe(verification, path: path)]
    }

    /// Takes the detectors' answer in.
    mutating func observed(
        _ observation: Observation?, _ problem: String?, _ path: String, _ now: Moment
    ) -> [RunAction] {
        guard phases[lane(of: path)] == .observing(path: path),
            case .verify(let verification)? = step(at: path)?.action,
            let index = record.steps.lastIndex(where: { $0.path == path })
        else { return [] }
        guard !isClosed(path, now) else { return settleStopped(path: path, now) }
        let begun = record.steps[index].intentAt
        let own = ownTime(at: path, now)
        let within = remaining(of: verification.within, in: record.steps[index], now)
        let left = own.map { min($0.left, within) } ?? within
        let isAtOnce = verification.within == .zero
        let start = verification.start(begunAt: begun.wall)
        let finding =
            observation.map {
                verification.finding(
                    in: $0, parameters: parameters(at: path), steps: facts(at: path), since: start,
                    changedAt: record.firstChangeAt, now: now.wall)
            } ?? .fails(reason: problem ?? "the detectors did not answer")
        let shortcoming: String
        switch finding {
        case .fails(let reason):
            record.steps[index].holdingSince = nil
            shortcoming = reason
        case .holds(let evidence):
            // The soak is as long as the data that shows it: time in which nothing was seen, or nobody looked, does not count.
            if let last = lastEvidence[path], evidence - last > verification.longestGap { soakAnew(path) }
            lastEvidence[path] = evidence
            let since = record.steps[index].holdingSince ?? evidence
            record.steps[index].holdingSince = since
            let held = evidence - since
            guard held < verification.soak else {
                return settle(path, .done, OperationResult(outcome: .succeeded, reason: "held for \(held)"), now)
            }
            shortcoming = "held for only \(held) of \(verification.soak)"
        }
        guard left > .zero else {
            let isCutShort = own.map { $0.left == .zero } ?? false
            let end = isCutShort ? own?.reason : "not verified within \(verification.within)"
            let reason = isAtOnce ? shortcoming : [end, shortcoming].compactMap(\.self).joined(separator: ": ")
            return settle(path, .failed, OperationResult(outcome: .failed, reason: reason), now)
        }
        return rest(path, min(verification.interval, left))
    }

    /// Lets a verification begin its soak anew.
    mutating func soakAnew(_ path: String) {
        guard let index = record.steps.lastIndex(where: { $0.path == path }) else { return }
        record.steps[index].holdingSince = nil
    }

    /// Lets time pass before the next look at the step at `path`.
    private mutating func rest(_ path: String, _ span: TimeSpan) -> [RunAction] {
        let lane = lane(of: path)
        phases[lane] = .sleeping(path: path)
        return [.setTimer(.poll(lane: lane), span)]
    }
}
