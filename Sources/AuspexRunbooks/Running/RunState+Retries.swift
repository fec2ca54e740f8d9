import AuspexSignals

/// Steps that failed and are tried again by themselves, and pauses.
extension RunState {
    /// The time after which a step that failed is tried again; nil when it is not. The time doubles with each attempt
    /// and is spread by half of it, so that runs that failed together do not try again together.
    func retryDelay(_ step: Plan.Step?, at index: Int, _ state: StepState, _ result: OperationResult) -> TimeSpan? {
        guard let step, let retry = step.retry, step.effect != .once, state == .failed, result.outcome == .failed,
            record.steps[index].neverBegan != true, record.stopping == nil
        else { return nil }
        let path = record.steps[index].path
        let known = [result.errorCode, result.status.map(String.init)].compactMap { $0 }
        guard retry.on.isEmpty || known.contains(where: retry.on.contains) else { return nil }
        let since = record.steps.lastIndex { $0.path == path && ($0.takenUpBy ?? $0.decidedBy) != nil }
        let repeated = record.steps[(since.map { $0 + 1 } ?? 0)..<index].count { $0.path == path && $0.isToBeRepeated }
        guard repeated < retry.count else { return nil }
        let doubled = retry.delay.milliseconds << Int64(repeated)
        let spread = Self.spread("\(record.id)\u{0}\(path)\u{0}\(record.steps[index].attempt)")
        return TimeSpan(milliseconds: Int64(Double(doubled) * (0.5 + spread)))
    }

    /// A number from 0 up to 1 that only depends on `text`.
    private static func spread(_ text: String) -> Double {
        let digits = hexDigest(of: text).prefix(8)
        return Double(UInt32(digits, radix: 16) ?? 0) / 4_294_967_296
    }

    /// Lets the time pass that is left until the step at `path` goes on.
    mutating func sleep(_ path: String, _ now: Moment) -> [RunAction] {
        guard !isClosed(path, now) else { return settleStopped(path: path, now) }
        guard let left = record.lastAttempt(at: path)?.timer?.remaining(at: now), left > .zero else {
            return wake(path, now)
        }
        let lane = lane(of: path)
        phases[lane] = .sleeping(path: path)
        return [.setTimer(.poll(lane: lane), min(left, ownTime(at: path, now)?.left ?? left))]
    }

    /// Goes on when the time has passed.
    mutating func wake(_ path: String, _ now: Moment) -> [RunAction] {
        let isOver = ownTime(at: path, now)?.left == .zero
        // Two clocks may differ by a little, so a timer may come a little early.
        if !isOver, let left = record.lastAttempt(at: path)?.timer?.remaining(at: now), left > .zero {
            return sleep(path, now)
        }
        guard let place = tree[path]?.place else { return [] }
        guard !isClosed(path, now) else { return settleStopped(path: path, now) }
        if isOver, case .pause = place.step.action, let reason = ownTime(at: path, now)?.reason {
            return settle(path, .timedOut, OperationResult(outcome: .timedOut, reason: reason), now)
        }
        guard !mustWait(place.step) else {
            phases[lane(of: path)] = .held(then: .sleep(path: path))
            return []
        }
        guard case .pause = place.step.action else {
            guard hasLocks || Self.isPrecondition(path) else {
                phases[lane(of: path)] = .held(then: .sleep(path: path))
                return askForLocks()
            }
            return begin(place, now)
        }
        return settle(path, .done, OperationResult(outcome: .succeeded), now)
    }
}

extension Plan.Pause {
    private static let minutesPerDay: Int64 = 24 * 60
    private static let millisecondsPerMinute: Int64 = 60_000

    /// How long the pause is when it begins at `moment`: at most a day where it lasts until a time of day.
    func length(from moment: Timestamp) -> TimeSpan {
        switch self {
        case .length(let span): return span
        case .until(let minute):
            let day = Self.minutesPerDay * Self.millisecondsPerMinute
            let goal = Int64(minute) * Self.millisecondsPerMinute
            let left = (goal - moment.milliseconds % day) % day
            return TimeSpan(milliseconds: left < 0 ? left + day : left)
        }
    }
}
