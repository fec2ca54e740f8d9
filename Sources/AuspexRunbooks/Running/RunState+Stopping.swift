import AuspexSignals

/// How a run is stopped, and what it may still do then.
extension RunState {
    /// Takes a timer in.
    mutating func fired(_ timer: RunTimer, _ now: Moment) -> [RunAction] {
        switch (timer, phase) {
        case (.approval, .approving):
            let span = Self.approvalTime
            return stop(.cancelled(reason: "not approved within \(span)"), now)
        case (.deadline, _):
            guard let left = (record.closingDeadline ?? record.deadline)?.remaining(at: now) else { return [] }
            // Two clocks may differ by a little, so a timer may come a little early.
            guard left == .zero else { return [.setTimer(.deadline, left)] }
            guard record.ending == nil else { return cutShort(now) }
            return stop(.failed(reason: "not done within the run's deadline of \(record.plan.deadline)"), now)
        case (.poll, .sleeping(let path)):
            guard isHeld else { return resume(path, now) }
            phase = .held(then: record.lastAttempt(at: path)?.wait == nil ? .observe(path: path) : .poll(path: path))
            return []
        case (.poll, .waitingForLocks): return lock()
        default: return []
        }
    }

    /// Follows a wish to stop, at once or as soon as what is under way is over. A run that is ending already ignores it.
    mutating func stop(_ ending: RunEnding, _ now: Moment) -> [RunAction] {
        guard !isEnding else { return [] }
        // Nothing was done and nothing may be: what follows an ending is part of the plan that nobody approved.
        if [.planned, .awaitingApproval].contains(record.status) {
            close(ending, now)
            return finish(now)
        }
        record.stopping = ending
        switch phase {
        case .operating, .locating, .committing, .locking, .waitingForLocks: return storeWish(now)
        case .sleeping(let path), .observing(let path), .held(.poll(let path)), .held(.observe(let path)):
            return [.clearTimer(.poll)] + settleStopped(path: path, now)
        case .held(.start(let id)): return settleStopped(path: id.path, now)
        case .deciding:
            let path = record.question?.path
            record.question = nil
            record.status = .running
            return path.map { settleStopped(path: $0, now) } ?? commitWish(now)
        case .idle, .approving, .held, .over: return commitWish(now)
        }
    }

    /// Stores the wish to stop and goes on with what was under way.
    private mutating func storeWish(_ now: Moment) -> [RunAction] {
        let current = phase
        defer { phase = current }
        return commitWish(now)
    }

    private mutating func commitWish(_ now: Moment) -> [RunAction] {
        let reason = record.stopping?.reason.map { ["reason": JSONValue.string(mask.masked($0))] } ?? [:]
        return commit(.state, "run.stopping", reason, then: .advance, now)
    }

    /// Ends what is under way because the time for the steps that follow an ending is over.
    private mutating func cutShort(_ now: Moment) -> [RunAction] {
        switch phase {
        case .operating(let id), .locating(let id): return isClosed(id.path, now) ? [.stop(id)] : []
        case .sleeping(let path), .observing(let path), .held(.poll(let path)), .held(.observe(let path)):
            return [.clearTimer(.poll)] + settleStopped(path: path, now)
        case .held(.start(let id)): return settleStopped(path: id.path, now)
        case .held, .waitingForLocks: return advance(now)
        case .idle, .committing, .locking, .approving, .deciding, .over: return []
        }
    }

    // MARK: - Endings

    /// Whether it is settled, or wished for, how the run ends.
    var isEnding: Bool { record.stopping != nil || record.ending != nil }

    /// Lets a wish to stop settle how the run ends.
    mutating func heedStop(_ now: Moment) {
        guard let wish = record.stopping, record.ending == nil else { return }
        close(wish, now)
    }

    /// Settles how the run ends.
    mutating func close(_ ending: RunEnding, _ now: Moment) {
        record.ending = ending
        record.stopping = nil
        record.closingDeadline = Deadline(start: now, length: Self.closingTime)
    }

    /// Whether the time for the steps that follow an ending is over, so that only messages go out any more.
    func isLate(_ now: Moment) -> Bool { record.closingDeadline?.remaining(at: now) == .zero }

    /// Whether the step at `path`, or the one whose probe it is, may not go on any more.
    func isClosed(_ path: String, _ now: Moment) -> Bool {
        guard record.stopping == nil, isInSection(path) else { return true }
        return isLate(now) && !(step(at: path)?.isNotice ?? false)
    }

    /// The timer for the steps that follow an ending.
    func closingTimer(_ now: Moment) -> [RunAction] {
        guard let left = record.closingDeadline?.remaining(at: now), left > .zero else { return [] }
        return [.setTimer(.deadline, left)]
    }
}
