import AuspexSignals

/// How a run is stopped, and what it may still do then.
extension RunState {
    /// Takes a timer in.
    mutating func fired(_ timer: RunTimer, _ now: Moment) -> [RunAction] {
        switch timer {
        case .approval:
            guard case .approving(let path) = mainPhase else { return [] }
            return approvalExpired(path, now)
        case .deadline:
            guard record.standingSince == nil,
                let left = (record.closingDeadline ?? record.deadline)?.remaining(at: now)
            else { return [] }
            // Two clocks may differ by a little, so a timer may come a little early.
            guard left == .zero else { return [.setTimer(.deadline, left)] }
            guard record.ending == nil else { return cutShort(now) }
            return stop(.failed(reason: "not done within the run's deadline of \(record.plan.deadline)"), now)
        case .poll(let lane):
            if lane == Self.main, locking == .waiting {
                locking = .idle
                // What is left then needs no locks.
                return isLate(now) ? cutShort(now) : lock(Self.main)
            }
            guard case .sleeping(let path) = phases[lane] else { return [] }
            guard !mustWait(nil) else {
                phases[lane] = .held(then: following(path))
                // Nobody looks meanwhile.
                soakAnew(path)
                return []
            }
            return resume(path, now)
        }
    }

    /// What follows when the time has passed that the step at `path` sleeps.
    private func following(_ path: String) -> Next {
        switch step(at: path)?.action {
        case .wait where record.lastAttempt(at: path)?.wait != nil: .poll(path: path)
        case .verify: .observe(path: path)
        default: .sleep(path: path)
        }
    }

    /// Follows a wish to stop, at once or as soon as what is under way is over. A run that is ending already ignores
    /// it.
    ///
    /// - Parameter letsGoOn: Whether what follows a cancellation is to be done also where a person made the run wait before.
    mutating func stop(_ ending: RunEnding, letsGoOn: Bool = true, _ now: Moment) -> [RunAction] {
        guard !isEnding else { return [] }
        // Nothing was done and nothing may be: what follows an ending is part of the plan that nobody approved.
        if [.planned, .awaitingApproval].contains(record.status) {
            close(ending, now)
            return finish(now)
        }
        record.stopping = ending
        // A person who stops a run wants what follows that to be done; a guard has no say in what another person holds.
        if case .cancelled = ending, letsGoOn { record.hold = nil }
        var actions = goOn(now)
        if locking == .asked || phases.values.contains(where: \.isUnderWay) {
            actions.append(commitWish(now))
            wishRevision = record.revision
        }
        for lane in phases.keys.sorted() { actions += stop(inLane: lane, now) }
        return actions
    }

    /// Stops a lane that waits; one that is under way stops by itself.
    private mutating func stop(inLane lane: String, _ now: Moment) -> [RunAction] {
        switch phases[lane] {
        case .sleeping(let path), .observing(let path), .held(.poll(let path)), .held(.observe(let path)),
            .held(.sleep(let path)):
            return [.clearTimer(.poll(lane: lane))] + settleStopped(path: path, now)
        case .held(.start(let id)): return settleStopped(path: id.path, neverBegan: true, now)
        case .approving(let path?): return [.clearTimer(.approval)] + settleStopped(path: path, now)
        case .deciding(let path):
            record.questions.removeAll { $0.path == path }
            if record.questions.isEmpty { record.status = .running }
            return path.map { settleStopped(path: $0, now) } ?? advanceWithWish(now)
        case .joining: return lanes.isEmpty ? advanceWithWish(now) : []
        case .held where lane != Self.main: return advance(inLane: lane, now)
        case .held: return locking == .asked ? [] : advanceWithWish(now)
        case .idle, .approving(nil): return advanceWithWish(now)
        case .committing, .locating, .operating, .over, nil: return []
        }
    }

    private mutating func advanceWithWish(_ now: Moment) -> [RunAction] {
        commit(.state, "run.stopping", wishDetail, then: .advance, now)
    }

    /// Stores the wish to stop, while all lanes go on with what is under way.
    private mutating func commitWish(_ now: Moment) -> RunAction {
        commit(.state, "run.stopping", wishDetail, now)
    }

    private var wishDetail: [String: JSONValue] {
        record.stopping?.reason.map { ["reason": JSONValue.string(mask.masked($0))] } ?? [:]
    }

    /// Ends what is under way because the time for the steps that follow an ending is over.
    private mutating func cutShort(_ now: Moment) -> [RunAction] {
        var actions: [RunAction] = []
        if locking == .waiting {
            locking = .idle
            actions.append(.clearTimer(.poll(lane: Self.main)))
        }
        return actions + cutMainShort(now)
    }

    private mutating func cutMainShort(_ now: Moment) -> [RunAction] {
        switch mainPhase {
        case .operating(let id): return isClosed(id.path, now) ? [.stop(id)] : []
        case .sleeping(let path), .observing(let path), .held(.poll(let path)), .held(.observe(let path)),
            .held(.sleep(let path)):
            return [.clearTimer(.poll(lane: Self.main))] + settleStopped(path: path, now)
        case .held(.start(let id)): return settleStopped(path: id.path, neverBegan: true, now)
        case .held: return locking == .asked ? [] : advance(Self.main, now)
        case .idle, .committing, .locating, .approving, .deciding, .joining, .over: return []
        }
    }

    // MARK: - Endings

    /// Whether it is settled, or wished for, how the run ends.
    var isEnding: Bool { record.stopping != nil || record.ending != nil }

    /// Lets a wish to stop settle how the run ends, once no lane is under way any more.
    mutating func heedStop(_ now: Moment) {
        guard let wish = record.stopping, record.ending == nil, lanes.isEmpty else { return }
        close(wish, now)
    }

    /// Settles how the run ends.
    mutating func close(_ ending: RunEnding, _ now: Moment) {
        record.ending = ending
        record.stopping = nil
        record.closingDeadline = Deadline(start: now, length: Self.closingTime)
        closeOpenComposites(now)
    }

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

extension RunState.Phase {
    /// Whether it comes to its end by an answer that is on its way.
    var isUnderWay: Bool {
        switch self {
        case .committing, .locating, .operating: true
        case .idle, .sleeping, .observing, .approving, .deciding, .joining, .held, .over: false
        }
    }

    /// Whether something has to wait until it may begin.
    var isHeld: Bool { if case .held = self { true } else { false } }
}
