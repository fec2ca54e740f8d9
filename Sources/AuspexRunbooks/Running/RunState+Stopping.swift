import AuspexSignals

extension RunState {
    /// Takes a timer in.
    mutating func fired(_ timer: RunTimer, _ now: Moment) -> [RunAction] {
        switch (timer, phase) {
        case (.approval, .approving):
            let span = Self.approvalTime
            return stop(.cancelled(reason: "not approved within \(span)"), now)
        case (.deadline, _):
            guard record.ending == nil, let left = record.deadline?.remaining(at: now) else { return [] }
            // Two clocks may differ by a little, so a timer may come a little early.
            guard left == .zero else { return [.setTimer(.deadline, left)] }
            return stop(.failed(reason: "not done within the run's deadline of \(record.plan.deadline)"), now)
        case (.poll, .sleeping(let path)):
            guard isHeld else { return resume(path, now) }
            phase = .held(then: record.lastAttempt(at: path)?.wait == nil ? .observe(path: path) : .poll(path: path))
            return []
        default: return []
        }
    }

    /// Follows a wish to stop, at once or as soon as what is under way is over.
    mutating func stop(_ ending: RunEnding, _ now: Moment) -> [RunAction] {
        guard record.ending == nil, interrupt == nil else { return [] }
        switch phase {
        case .operating(let id), .locating(let id):
            interrupt = ending
            return [.stop(id)]
        case .committing, .locking, .over:
            interrupt = ending
            return []
        case .sleeping(let path), .observing(let path):
            interrupt = ending
            return [.clearTimer(.poll)] + settleStopped(path: path, now)
        case .deciding:
            interrupt = ending
            let path = record.question?.path
            record.question = nil
            record.status = .running
            return path.map { settleStopped(path: $0, now) } ?? advance(now)
        case .held(.poll(let path)), .held(.observe(let path)):
            interrupt = ending
            return settleStopped(path: path, now)
        case .idle, .approving, .held:
            interrupt = ending
            return advance(now)
        }
    }
}
