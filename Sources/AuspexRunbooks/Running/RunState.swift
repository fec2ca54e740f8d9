package import AuspexSignals

/// One run as a pure state machine: events in, actions out, no clock and no I/O of its own.
///
/// Its one law: an act begins only after the record that says so is on disk. Hence every change asks for a `commit`,
/// and what follows from it is asked for when the commit has been answered. What an event means is decided by the
/// phase; an event that the phase does not wait for is ignored, so late and doubled answers do no harm.
package struct RunState: Hashable, Sendable {
    /// Most restarts that a run survives by itself; then a person is asked.
    package static let mostRecoveries = 3
    /// Most attempts at one step, repetitions after a crash included; then a person is asked.
    package static let mostAttempts = 5
    /// How long an approval may take (rule 16 of the safety defaults). No answer is a no.
    package static let approvalTime = TimeSpan.minutes(30)
    /// How much longer than the run's deadline its locks last, for the steps that follow a failure (rule 12).
    package static let lockGrace = TimeSpan.minutes(5)
    /// Bytes kept of either end of an output in the journal; the rest stays in the step's spool.
    package static let excerptBytes = 4_096

    /// What the machine waits for.
    enum Phase: Hashable, Sendable {
        case idle
        case committing(then: Next)
        case locking
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
        case lock
        case advance
        case start(OperationID)
        case poll(path: String)
        case observe(path: String)
        case locate(path: String)
        case settleStopped(path: String)
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
    /// A wish to stop that could not be followed at once.
    var interrupt: RunEnding?
    /// Whether the machine has picked the run up after a restart and not yet looked at its open step.
    var mustLook = false
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
        case .committed(let revision):
            guard case .committing(let next) = phase, revision == record.revision else { return [] }
            return proceed(next, now)
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
            // Told again, because the engine may have died before it told; the key is the same.
            phase = .approving
            return [.setTimer(.approval, record.approvalDeadline?.remaining(at: now) ?? .zero), .tell(approvalNotice)]
        case .needsDecision:
            phase = .deciding
            return [.tell(decisionNotice)]
        default:
            mustLook = true
            record.recoveries += 1
            guard record.recoveries <= Self.mostRecoveries else {
                let text = "the engine stopped \(record.recoveries) times during this run; go on with it?"
                return ask(text, about: nil, now)
            }
            return commit(.state, "run.recovered", ["count": .int(Int64(record.recoveries))], then: .lock, now)
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
        return commit(.state, kind, detail, then: .lock, now)
    }

    private mutating func approve(by person: String, planHash: String, _ now: Moment) -> [RunAction] {
        guard phase == .approving, approvalProblem(by: person, planHash: planHash) == nil else { return [] }
        record.approvedBy = person
        return [.clearTimer(.approval)] + start("run.approved", ["by": .string(person)], now)
    }

    /// Why `person` may not approve this run under `planHash`; nil when they may.
    package func approvalProblem(by person: String, planHash: String) -> ApprovalProblem? {
        guard record.status == .awaitingApproval else { return .notWaiting(record.status) }
        guard planHash == record.planHash else { return .otherPlan(expected: record.planHash) }
        return person == record.requestedBy ? .sameRequester(person) : nil
    }

    private mutating func locked(_ outcome: LockOutcome, _ now: Moment) -> [RunAction] {
        guard phase == .locking else { return [] }
        switch outcome {
        case .acquired:
            let timer =
                record.ending == nil
                ? record.deadline.map { RunAction.setTimer(.deadline, $0.remaining(at: now)) } : nil
            return (timer.map { [$0] } ?? []) + (mustLook ? look(now) : advance(now))
        case .held(let lock, let run):
            if mustLook {
                mustLook = false
                return ask(
                    "run \(run) took lock \(lock) while this run was interrupted; go on with it?", about: nil, now)
            }
            if record.ending == nil {
                record.ending = .cancelled(reason: "lock \(lock) is held by run \(run)")
            }
            return finish(now)
        }
    }

    // MARK: - Going on

    /// Does what was to follow a commit.
    mutating func proceed(_ next: Next, _ now: Moment) -> [RunAction] {
        switch next {
        case .lock:
            phase = .locking
            let length = TimeSpan(milliseconds: record.plan.deadline.milliseconds + Self.lockGrace.milliseconds)
            return [.acquireLocks(record.plan.locks, for: length)]
        case .advance: return advance(now)
        case .start(let id):
            guard interrupt == nil, let order = order(id, now) else { return settleStopped(path: id.path, now) }
            phase = .operating(id)
            return [.start(order)]
        case .poll(let path): return poll(path, now)
        case .observe(let path): return observe(path, now)
        case .locate(let path):
            guard let id = lastID(at: path), let order = order(id, now) else { return advance(now) }
            phase = .locating(id)
            return [.locate(order)]
        case .settleStopped(let path): return settleStopped(path: path, now)
        case .approval:
            guard interrupt == nil else { return advance(now) }
            phase = .approving
            return [.setTimer(.approval, Self.approvalTime), .tell(approvalNotice)]
        case .question:
            phase = .deciding
            if let wish = interrupt {
                interrupt = nil
                return stop(wish, now)
            }
            return [.clearTimer(.deadline), .clearTimer(.poll), .tell(decisionNotice)]
        case .finish:
            phase = .over
            return [.releaseLocks, .finish(record.status)]
        }
    }

    /// Begins whatever comes next: a step, the verification, or the end.
    mutating func advance(_ now: Moment) -> [RunAction] {
        heedInterrupt()
        guard let next = upNext else { return finish(now) }
        guard !isHeld || next.step.isNotice else {
            phase = .held(then: .advance)
            return []
        }
        return begin(next.step, at: next.path, now)
    }

    /// Lets a wish to stop settle how the run ends.
    mutating func heedInterrupt() {
        guard let interrupt, record.ending == nil else { return }
        record.ending = interrupt
        self.interrupt = nil
    }

    private mutating func finish(_ now: Moment) -> [RunAction] {
        let ending = record.ending ?? .verified
        record.ending = ending
        record.status = ending.status
        let reason = ending.reason.map { ["reason": JSONValue.string(mask.masked($0))] } ?? [:]
        return commit(.state, "run.\(record.status.rawValue)", reason, then: .finish, now)
    }
}
