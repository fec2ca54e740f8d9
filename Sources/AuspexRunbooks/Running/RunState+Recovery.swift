import AuspexSignals

extension RunState {
    /// Looks at the step in which the earlier engine stopped.
    mutating func look(_ now: Moment) -> [RunAction] {
        mustLook = false
        guard let next = upNext, let open = record.lastAttempt(at: next.path) else { return advance(now) }
        guard !isHeld else {
            mustLook = true
            phase = .held(then: .lock)
            return []
        }
        switch (open.state, next.step.action) {
        case (.intent, .operation): return proceed(.locate(path: next.path), now)
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

    /// Takes in what is known of the open step.
    mutating func located(_ id: OperationID, _ located: Located, _ now: Moment) -> [RunAction] {
        guard phase == .locating(id), let step = step(at: id.path) else { return [] }
        switch located {
        case .finished(let result): return ended(id, result, now)
        case .running: return []
        case .notStarted: return again(id.path, knownNotToHaveHappened: true, "it never began", now)
        case .unknown:
            if step.effect == .once { return uncertain(id.path, nil, now) }
            return again(id.path, knownNotToHaveHappened: false, "the engine stopped meanwhile", now)
        }
    }
}
