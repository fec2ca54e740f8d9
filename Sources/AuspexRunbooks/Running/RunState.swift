package import AuspexSignals

/// One run as a pure state machine: events in, actions out, no clock and no I/O of its own.
///
/// Its one law: an act begins only after the record that says so is on disk. Hence every change asks for a `commit`,
/// and what follows from it is asked for when the commit has been answered. What an event means is decided by the
/// phase; an event that the phase does not wait for is ignored, so late and doubled answers do no harm.
package struct RunState: Hashable, Sendable {
    /// Most restarts that a run survives by itself; then a person is asked.
    package static let mostRecoveries = 3
    /// Most attempts at one step, repetitions after a crash included, since a person last decided about it; then a
    /// person is asked.
    package static let mostAttempts = 5
    /// How long an approval may take (rule 16 of the safety defaults). No answer is a no.
    package static let approvalTime = TimeSpan.minutes(30)
    /// How long the steps that follow an ending may take together, and so how much longer than the run's deadline its
    /// locks last (rule 12).
    package static let closingTime = TimeSpan.minutes(5)
    /// The time between two attempts to take locks that another run holds while this one has to end.
    package static let lockInterval = TimeSpan.seconds(10)
    /// Bytes kept of either end of an output in the journal; the rest stays in the step's spool.
    package static let excerptBytes = 4_096

    /// What the machine waits for.
    enum Phase: Hashable, Sendable {
        case idle
        case committing(then: Next)
        case locking
        case waitingForLocks
        case locating(OperationID)
        case operating(OperationID)
        case sleeping(path: String)
        case observing(path: String)
        case approving
        case deciding
        case held(then: Next)
        case over
    }

    /// What follows when a commit is on disk.
    enum Next: Hashable, Sendable {
        case advance
        case start(OperationID)
        case poll(path: String)
        case observe(path: String)
        case approval
        case question
        case finish
    }

    /// The run as the journal should have it.
    package internal(set) var record: RunRecord
    /// What the machine waits for.
    var phase = Phase.idle
    /// Whether all runs are paused.
    var isHeld = false
    /// Whether the machine has picked the run up after a restart and not yet looked at its open step.
    var mustLook = false
    /// Whether the run has its locks, for all that this machine knows.
    var hasLocks = false
    let mask: SecretMask

    /// A machine for `record`, new or from the journal.
    ///
    /// - Throws: ``RunStateError/planChanged(run:)`` when the pinned plan is not the one that the run was made for.
    package init(_ record: RunRecord) throws(RunStateError) {
        guard record.plan.hash == record.planHash else { throw .planChanged(run: record.id) }
        self.record = record
        mask = SecretMask(record.plan.secrets)
    }

    /// Takes one event in and says what is to be done.
    package mutating func handle(_ event: RunEvent, now: Moment) -> [RunAction] {
        guard phase != .over else { return [] }
        switch event {
        case .begin: return begin(now)
        case .committed(let revision): return committed(revision, now)
        case .locks(let outcome): return locked(outcome, now)
        case .operationStarted(let id, let process):
            if let index = index(of: id) { record.steps[index].process = process }
            return []
        case .operationEnded(let id, let result): return ended(id, result, now)
        case .located(let id, let located): return self.located(id, located, now)
        case .timerFired(let timer): return fired(timer, now)
        case .observed(let observation, let problem): return observed(observation, problem, now)
        case .approve(let person, let hash): return approve(by: person, planHash: hash, now)
        case .cancel(let person, let reason):
            return stop(.cancelled(reason: "\(person): \(reason)"), now)
        case .decide(let decision, let person): return decide(decision, by: person, now)
        case .pause:
            isHeld = true
            return []
        case .unpause:
            isHeld = false
            guard case .held(let next) = phase else { return [] }
            return proceed(next, now)
        }
    }

    /// Picks the run up after a restart of the engine: to be called once, instead of the event `begin`.
    package mutating func recover(now: Moment) -> [RunAction] {
        guard record.isOpen else {
            phase = .over
            return [.finish(record.status)]
        }
        switch record.status {
        case .planned: return begin(now)
        case .awaitingApproval:
            guard record.ending == nil else { return finish(now) }
            // Told again, because the engine may have died before it told; the key is the same.
            phase = .approving
            return [.setTimer(.approval, record.approvalDeadline?.remaining(at: now) ?? .zero), .tell(approvalNotice)]
        case .needsDecision:
            mustLook = record.question?.path == nil
            guard record.stopping == nil else { return proceed(.question, now) }
            phase = .deciding
            return [.tell(decisionNotice)]
        default:
            mustLook = true
            // The time without an engine does not count: people must still be told how the run ended.
            if record.ending != nil { record.closingDeadline = Deadline(start: now, length: Self.closingTime) }
            record.recoveries += 1
            guard record.recoveries <= Self.mostRecoveries else {
                let text = "the engine stopped \(record.recoveries) times during this run; go on with it?"
                return ask(text, about: nil, now)
            }
            return commit(.state, "run.recovered", ["count": .int(Int64(record.recoveries))], then: .advance, now)
        }
    }

    // MARK: - Beginning

    private mutating func begin(_ now: Moment) -> [RunAction] {
        guard phase == .idle, record.status == .planned else { return [] }
        switch record.mode {
        case .shadow:
            phase = .over
            return [.finish(.planned)]
        case .approve:
            record.status = .awaitingApproval
            record.approvalDeadline = Deadline(start: now, length: Self.approvalTime)
            return commit(.state, "run.approval.requested", ["plan": .string(record.planHash)], then: .approval, now)
        case .auto, .manual: return start("run.started", [:], now)
        }
    }

    private mutating func start(_ kind: String, _ detail: [String: JSONValue], _ now: Moment) -> [RunAction] {
        record.status = .running
        record.deadline = Deadline(start: now, length: record.plan.deadline)
        return commit(.state, kind, detail, then: .advance, now)
    }

    private mutating func approve(by person: String, planHash: String, _ now: Moment) -> [RunAction] {
        guard phase == .approving, approvalProblem(by: person, planHash: planHash) == nil else { return [] }
        // The timer may be late, as after a suspension of the host.
        guard record.approvalDeadline?.remaining(at: now) != .zero else { return fired(.approval, now) }
        record.approvedBy = person
        return [.clearTimer(.approval)] + start("run.approved", ["by": .string(person)], now)
    }

    /// Why `person` may not approve this run under `planHash`; nil when they may.
    package func approvalProblem(by person: String, planHash: String) -> ApprovalProblem? {
        guard record.status == .awaitingApproval else { return .notWaiting(record.status) }
        guard planHash == record.planHash else { return .otherPlan(expected: record.planHash) }
        return person == record.requestedBy ? .sameRequester(person) : nil
    }

    // MARK: - Locks

    /// Asks for the run's locks.
    mutating func lock() -> [RunAction] {
        phase = .locking
        let length = TimeSpan(milliseconds: record.plan.deadline.milliseconds + Self.closingTime.milliseconds)
        return [.acquireLocks(record.plan.locks, for: length)]
    }

    private mutating func locked(_ outcome: LockOutcome, _ now: Moment) -> [RunAction] {
        guard phase == .locking else { return [] }
        switch outcome {
        case .acquired:
            hasLocks = true
            let timer =
                record.ending == nil
                ? record.deadline.map { RunAction.setTimer(.deadline, $0.remaining(at: now)) } : nil
            return (timer.map { [$0] } ?? []) + advance(now)
        case .held(let lock, let run):
            let hasBegun = !record.steps.isEmpty
            guard isEnding ? hasBegun : hasBegun || mustLook else {
                if !isEnding { close(.cancelled(reason: "lock \(lock) is held by run \(run)"), now) }
                return finish(now)
            }
            guard isEnding else {
                return ask("run \(run) has taken lock \(lock) meanwhile; go on with this run?", about: nil, now)
            }
            // The steps that follow an ending change things, too.
            phase = .waitingForLocks
            return [.setTimer(.poll, Self.lockInterval)]
        }
    }

    // MARK: - Going on

    private mutating func committed(_ revision: Int64, _ now: Moment) -> [RunAction] {
        guard revision == record.revision else { return [] }
        switch phase {
        case .committing(let next): return proceed(next, now)
        // The wish to stop is on disk, so that a crash cannot lose it any more.
        case .operating(let id), .locating(let id): return [.stop(id)]
        default: return []
        }
    }

    /// Does what was to follow a commit.
    mutating func proceed(_ next: Next, _ now: Moment) -> [RunAction] {
        switch next {
        case .advance: return advance(now)
        case .start(let id):
            guard !isClosed(id.path, now), let order = order(id, now) else { return settleStopped(path: id.path, now) }
            guard !isHeld || step(at: id.path)?.isNotice ?? false else {
                phase = .held(then: next)
                return []
            }
            phase = .operating(id)
            return [.start(order)]
        case .poll(let path): return poll(path, now)
        case .observe(let path): return observe(path, now)
        case .approval:
            phase = .approving
            return [.setTimer(.approval, Self.approvalTime), .tell(approvalNotice)]
        case .question:
            phase = .deciding
            if let wish = record.stopping {
                record.stopping = nil
                return stop(wish, now)
            }
            return [.clearTimer(.deadline), .clearTimer(.poll), .tell(decisionNotice)]
        case .finish:
            phase = .over
            return [.releaseLocks, .finish(record.status)]
        }
    }

    /// Begins whatever comes next: a look at what an earlier engine left open, a step, the verification, or the end.
    mutating func advance(_ now: Moment) -> [RunAction] {
        if mustLook, let open = openAttempt, isClosed(open.path, now) { return settleOpen(open.path, now) }
        if mustLook, hasLocks { return look(now) }
        heedStop(now)
        guard let next = upNext(now) else { return finish(now) }
        guard hasLocks else { return lock() }
        guard !isHeld || next.step.isNotice else {
            phase = .held(then: .advance)
            return closingTimer(now)
        }
        return closingTimer(now) + begin(next.step, at: next.path, now)
    }

    mutating func finish(_ now: Moment) -> [RunAction] {
        heedStop(now)
        let ending = record.ending ?? .verified
        record.ending = ending
        record.status = ending.status
        let reason = ending.reason.map { ["reason": JSONValue.string(mask.masked($0))] } ?? [:]
        return commit(.state, "run.\(record.status.rawValue)", reason, then: .finish, now)
    }
}
