import AuspexSignals

extension RunState {
    /// The attempt in which an earlier engine stopped, wherever it stands in the plan; nil when none was under way.
    var openAttempt: StepRecord? {
        record.steps.last { $0.state == .intent && $0.attempt == record.lastAttempt(at: $0.path)?.attempt }
    }

    /// Looks at the step in which the earlier engine stopped, to go on with it.
    mutating func look(_ now: Moment) -> [RunAction] {
        guard let next = upNext(now), let open = record.lastAttempt(at: next.path) else {
            mustLook = false
            return advance(now)
        }
        guard !isHeld else {
            phase = .held(then: .advance)
            return []
        }
        mustLook = false
        switch (open.state, next.step.action) {
        case (.intent, .operation): return locate(next.path, now)
        case (.intent, .wait):
            // The last poll's answer is lost; it only reads, and it is the same poll, so no attempt is lost with it.
            guard let id = lastID(at: next.path), id.poll > 0 else { return beginPoll(next.path, now) }
            if let reason = overdue(next.path, after: .zero, now) {
                return settleWait(next.path, .timedOut, reason, nil, now)
            }
            return proceed(.start(id), now)
        case (.intent, .verify):
            if let index = record.steps.lastIndex(where: { $0.path == next.path }) {
                record.steps[index].holdingSince = nil
            }
            return observe(next.path, now)
        case (.unknown, _): return uncertain(next.path, open.result, now)
        default: return advance(now)
        }
    }

    /// Finds out about the act of an attempt that may not go on, so that it is over before anything follows it.
    mutating func settleOpen(_ path: String, _ now: Moment) -> [RunAction] {
        mustLook = false
        if case .verify? = step(at: path)?.action { return settleStopped(path: path, now) }
        return locate(path, now)
    }

    private mutating func locate(_ path: String, _ now: Moment) -> [RunAction] {
        guard let id = lastID(at: path), let order = order(id, now) else { return advance(now) }
        phase = .locating(id)
        return [.locate(order)]
    }

    /// Takes in what is known of the open step.
    mutating func located(_ id: OperationID, _ located: Located, _ now: Moment) -> [RunAction] {
        guard phase == .locating(id), let step = step(at: id.path) else { return [] }
        switch located {
        case .finished(let result): return ended(id, result, now)
        case .running: return isClosed(id.path, now) ? [.stop(id)] : []
        case .notStarted where Self.isProbe(id.path), .unknown where Self.isProbe(id.path):
            return probed(id.path, OperationResult(outcome: .unknown, reason: "the engine stopped meanwhile"), now)
        case .notStarted: return again(id.path, knownNotToHaveHappened: true, "it never began", now)
        case .unknown:
            if step.effect == .once { return uncertain(id.path, nil, now) }
            return again(id.path, knownNotToHaveHappened: false, "the engine stopped meanwhile", now)
        }
    }
}
