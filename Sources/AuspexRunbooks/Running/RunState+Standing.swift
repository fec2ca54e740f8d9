package import AuspexSignals

/// A run's time stands still while people make it wait: what that takes is neither the fault of the run nor of the steps
/// that put things right after it.
extension RunState {
    /// Stops the run's time if it has to wait from now on.
    ///
    /// - Returns: Whether it went on until now.
    @discardableResult
    mutating func standStill(_ now: Moment) -> Bool {
        guard isHeld, record.standingSince == nil, !record.status.isOver else { return false }
        record.standingSince = now
        return true
    }

    /// Lets the run go on after a pause of all runs. The time that it gets back is on disk before anything follows from it.
    mutating func unpause(_ now: Moment) -> [RunAction] {
        isPaused = false
        guard !isHeld, record.standingSince != nil else { return release(now) }
        let timer = goOn(now)
        let note = commit(.state, "run.unpaused", [:], now)
        return [note] + timer + release(now)
    }

    /// Lets the run's time go on if it need not wait any more: what was left of it is left still.
    mutating func goOn(_ now: Moment) -> [RunAction] {
        guard !isHeld, let since = record.standingSince else { return [] }
        record.standingSince = nil
        // While people are asked for their yes the run's time stands still by itself.
        if record.approvalStep == nil {
            record.deadline = record.deadline?.extended(by: since, until: now)
            extendOwnTimes(by: since, until: now)
        }
        record.closingDeadline = record.closingDeadline?.extended(by: since, until: now)
        giveBack(since: since, now)
        // The locks may have run out meanwhile, or would before the run's end.
        if hasLocks, now.elapsed(since: since) > .zero { (hasLocks, mustLockAnew) = (false, true) }
        guard record.questions.isEmpty, record.approvalStep == nil, record.status != .awaitingApproval,
            let left = (record.closingDeadline ?? record.deadline)?.remaining(at: now)
        else { return [] }
        return [.setTimer(.deadline, left)]
    }

    /// Gives the steps under way the time back for which people made them wait, once nobody does any more: a run may be held
    /// while it has questions, and each moment counts once.
    mutating func giveBack(since: Moment, _ now: Moment) {
        if !record.questions.isEmpty {
            for index in record.questions.indices {
                record.questions[index].waitedSince = earlier(record.questions[index].waitedSince, since, now)
            }
        } else if record.standingSince != nil {
            record.standingSince = earlier(record.standingSince, since, now)
        } else {
            for index in record.steps.indices where record.steps[index].state == .intent {
                let rest = min(now.elapsed(since: since), now.elapsed(since: record.steps[index].intentAt))
                record.steps[index].stoodStill = (record.steps[index].stoodStill ?? .zero).longer(by: rest)
            }
        }
    }

    /// The one of two moments that is longer ago.
    private func earlier(_ one: Moment?, _ other: Moment, _ now: Moment) -> Moment {
        guard let one, now.elapsed(since: one) > now.elapsed(since: other) else { return other }
        return one
    }

    /// The moment by which the run's time is measured: it stands still while people make the run wait, or have to answer first.
    private func clock(_ now: Moment) -> Moment {
        record.questions.compactMap(\.waitedSince).reduce(record.standingSince) { earlier($0, $1, now) } ?? now
    }

    /// Whether the time for the steps that follow an ending is over, so that only messages go out any more.
    func isLate(_ now: Moment) -> Bool { record.closingDeadline?.remaining(at: clock(now)) == .zero }

    /// What is left of a length of time that began with this attempt.
    func remaining(of length: TimeSpan, in entry: StepRecord, _ now: Moment) -> TimeSpan {
        let whole = length.longer(by: entry.stoodStill ?? .zero)
        return Deadline(start: entry.intentAt, length: whole).remaining(at: clock(now))
    }

    // MARK: - The time of runbooks inside this one

    /// What is left of the time of the runbook that the step at `path` comes from, and why it ends; of several the least.
    /// Nil for a step of the run's own runbook.
    package func ownTime(at path: String, _ now: Moment) -> (left: TimeSpan, reason: String)? {
        tree.ancestry(of: path).compactMap { node -> (left: TimeSpan, reason: String)? in
            guard node.path != path, case .group(let group) = node.step.action, let runbook = group.runbook,
                let length = group.deadline, let timer = record.lastAttempt(at: node.path)?.timer
            else { return nil }
            return (timer.remaining(at: clock(now)), "runbook \(runbook) is not done within its deadline of \(length)")
        }.min { $0.left < $1.left }
    }

    /// Gives the runbooks that are under way the time back that people took.
    mutating func extendOwnTimes(by moment: Moment, until now: Moment) {
        for index in record.steps.indices where record.steps[index].state == .intent {
            guard step(at: record.steps[index].path)?.isComposite ?? false else { continue }
            record.steps[index].timer = record.steps[index].timer?.extended(by: moment, until: now)
        }
    }

    /// Lets the time of the runbooks begin anew that are under way: a person thought about them.
    mutating func renewOwnTimes(_ now: Moment) {
        for index in record.steps.indices where record.steps[index].state == .intent {
            guard let timer = ownTimer(at: record.steps[index].path, now) else { continue }
            record.steps[index].timer = timer
        }
    }

    /// The time that the step at `path` has if it holds the steps of another runbook.
    func ownTimer(at path: String, _ now: Moment) -> Deadline? {
        guard case .group(let group)? = step(at: path)?.action else { return nil }
        return group.deadline.map { Deadline(start: now, length: $0) }
    }
}

extension Deadline {
    /// The deadline when its time has stood still from `moment` until `now`.
    fileprivate func extended(by moment: Moment, until now: Moment) -> Deadline {
        let rest = min(now.elapsed(since: moment), now.elapsed(since: start))
        return Deadline(start: start, length: length.longer(by: rest))
    }
}

extension TimeSpan {
    /// The sum of two lengths, also where a clock was so wrong that it would be none.
    fileprivate func longer(by rest: TimeSpan) -> TimeSpan {
        let (sum, isTooLong) = milliseconds.addingReportingOverflow(rest.milliseconds)
        return TimeSpan(milliseconds: isTooLong ? .max : sum)
    }
}
