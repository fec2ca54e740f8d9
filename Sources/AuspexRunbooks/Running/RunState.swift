package import AuspexSignals

/// One run as a pure state machine: events in, actions out, no clock and no I/O of its own.
///
/// Its one law: an act begins only after the record that says so is on disk. Hence every change asks for a `commit`,
/// and what follows from it is asked for when the commit has been answered. What comes next is found by walking the
/// plan's tree of steps along the record, so nothing but the record has to survive a restart.
///
/// Steps are done one after the other in the main lane; lists of steps that go on at the same time have a lane each,
/// and the main lane waits until they are over. What an event means is decided by the phase of the lane that it is for;
/// an event that no lane waits for is ignored, so late and doubled answers do no harm.
package struct RunState: Hashable, Sendable {
    /// Most restarts that a run survives by itself; then a person is asked.
    package static let mostRecoveries = 3
    /// Most attempts at one step, repetitions after a crash included, since a person last decided about it; then a
    /// person is asked.
    package static let mostAttempts = 5
    /// How long an approval may take where the runbook says nothing (rule 16 of the safety defaults). No answer is a
    /// no.
    package static let approvalTime = TimeSpan.minutes(30)
    /// How long the steps that follow an ending may take together, and so how much longer than the run's deadline its
    /// locks last (rule 12).
    package static let closingTime = TimeSpan.minutes(5)
    /// The time between two attempts to take locks that another run holds while this one has to end.
    package static let lockInterval = TimeSpan.seconds(10)
    /// Bytes kept of either end of an output in the journal; the rest stays in the step's spool.
    package static let excerptBytes = 4_096
    /// The name of the lane in which everything is done that is not in a lane of its own.
    static let main = ""

    /// What a lane waits for.
    enum Phase: Hashable, Sendable {
        case idle
        case committing(then: Next, revision: Int64)
        case locating(OperationID)
        case operating(OperationID)
        case sleeping(path: String)
        case observing(path: String)
        /// Of a step, or without a path of the run.
        case approving(path: String?)
        case deciding(path: String?)
        /// Waits for the lanes of this step.
        case joining(path: String)
        /// Waits until something may begin: for the end of a pause, for locks, for people's answers to other lanes.
        case held(then: Next)
        case over
    }

    /// What follows when a commit is on disk.
    enum Next: Hashable, Sendable {
        case advance
        case start(OperationID)
        case poll(path: String)
        case observe(path: String)
        case sleep(path: String)
        case approval(path: String?)
        case question(path: String?)
        case finish
    }

    /// How far the run is with taking its locks.
    enum Locking: Hashable, Sendable {
        case idle
        /// They have been asked for.
        case asked
        /// Another run holds one of them; they are asked for again.
        case waiting
    }

    /// The run as the journal should have it.
    package internal(set) var record: RunRecord
    /// What each lane waits for, by the lane's path.
    var phases: [String: Phase] = [main: .idle]
    /// Whether all runs are paused.
    var isPaused = false
    /// Whether the machine has picked the run up after a restart and not yet looked at its open steps.
    var mustLook = false
    /// Whether the run has its locks, for all that this machine knows.
    var hasLocks = false
    var locking = Locking.idle
    /// When what each verification went by last was so, by the verification's path.
    var lastEvidence: [String: Timestamp] = [:]
    /// Whether the locks are to be asked for again before anything goes on that had to wait.
    var mustLockAnew = false
    /// The revision with which a wish to stop is on disk, while acts are under way that are stopped then.
    var wishRevision: Int64?
    let mask: SecretMask
    let tree: PlanTree

    /// A machine for `record`, new or from the journal.
    ///
    /// - Throws: ``RunStateError`` when the pinned plan is not the one that the run was made for, or nobody can read it.
    package init(_ record: RunRecord) throws(RunStateError) {
        if let problem = record.unfitness { throw problem }
        self.record = record
        mask = SecretMask(record.plan.secrets)
        tree = PlanTree(record.plan)
    }

    /// Takes one event in and says what is to be done.
    package mutating func handle(_ event: RunEvent, now: Moment) -> [RunAction] {
        guard mainPhase != .over else { return [] }
        switch event {
        case .begin: return begin(now)
        case .committed(let revision): return committed(revision, now)
        case .locks(let outcome): return locked(outcome, now)
        case .operationStarted(let id, let process):
            if let index = index(of: id) { record.steps[index].process = process }
            return []
        case .heldUp(let id, let isWaiting):
            guard phases[lane(of: id.path)] == .operating(id) else { return [] }
            return noteHeldUp(id, isWaiting, now).map { [$0] } ?? []
        case .operationEnded(let id, let result): return ended(id, result, now)
        case .located(let id, let located): return self.located(id, located, now)
        case .timerFired(let timer): return fired(timer, now)
        case .observed(let observation, let problem, let path): return observed(observation, problem, path, now)
        case .unobservable(let problem, let path): return unobservable(problem, path, now)
        case .approve(let person, let hash): return approve(by: person, planHash: hash, now)
        case .cancel(let person, let reason):
            return stop(
                .cancelled(reason: "\(person): \(reason)"), letsGoOn: person != RunRecord.guardName, now)
        case .decide(let decision, let person, let path): return decide(decision, by: person, path, now)
        case .skip(let path, let person, let reason): return skip(path, by: person, reason, now)
        case .hold(let person, let reason): return hold(by: person, reason, now)
        case .resume(let person): return resume(by: person, now)
        case .pause:
            isPaused = true
            return standStill(now) ? [commit(.state, "run.paused", [:], now)] : []
        case .unpause: return unpause(now)
        }
    }

    // MARK: - Phases

    var mainPhase: Phase {
        get { phases[Self.main] ?? .idle }
        set { phases[Self.main] = newValue }
    }

    /// The lanes beside the main one that are under way, in a fixed order.
    var lanes: [String] { phases.keys.filter { $0 != Self.main }.sorted() }

    /// The lane in which the step at `path`, or the one whose probe it is, is done.
    func lane(of path: String) -> String { tree[path]?.lane ?? Self.main }

    /// Whether nothing but messages may begin now.
    var isHeld: Bool { isPaused || record.hold != nil }

    /// Whether `step` may not begin or go on now: it would be begun by a paused run, or while a person still has to say
    /// what happened in another lane.
    func mustWait(_ step: Plan.Step?) -> Bool {
        isHeld && !(step?.isNotice ?? false) || !record.questions.isEmpty
    }

    // MARK: - Beginning

    private mutating func begin(_ now: Moment) -> [RunAction] {
        guard mainPhase == .idle, record.status == .planned else { return [] }
        guard record.mode != .shadow else {
            mainPhase = .over
            return [.finish(.planned)]
        }
        guard record.needsApproval else { return start("run.started", [:], now) }
        record.status = .awaitingApproval
        record.approvalDeadline = Deadline(start: now, length: record.approvalRule.expires)
        let detail: [String: JSONValue] = [
            "plan": .string(record.planHash), "count": .int(Int64(record.approvalRule.count)),
        ]
        return commit(.state, "run.approval.requested", detail, then: .approval(path: nil), now)
    }

    /// Lets the run's time begin.
    mutating func start(_ kind: String, _ detail: [String: JSONValue], _ now: Moment) -> [RunAction] {
        record.status = .running
        record.deadline = Deadline(start: now, length: record.plan.deadline)
        return commit(.state, kind, detail, then: .advance, now)
    }

    // MARK: - Commits

    /// Stores the record; `next` follows in `lane` when it is on disk.
    mutating func commit(
        _ kind: RunCommit.Kind, _ event: String, _ detail: [String: JSONValue], then next: Next,
        lane: String = main, _ now: Moment
    ) -> [RunAction] {
        let commit = commit(kind, event, detail, now)
        phases[lane] = .committing(then: next, revision: record.revision)
        return [commit]
    }

    /// Stores the record, while all lanes go on with what they do.
    mutating func commit(
        _ kind: RunCommit.Kind, _ event: String, _ detail: [String: JSONValue], _ now: Moment
    ) -> RunAction {
        record.revision += 1
        record.updatedAt = now.wall
        return .commit(
            RunCommit(kind: kind, record: record, audit: RunAudit(kind: event, detail: .object(detail))))
    }

    private mutating func committed(_ revision: Int64, _ now: Moment) -> [RunAction] {
        var actions: [RunAction] = []
        if wishRevision == revision {
            // The wish to stop is on disk, so that a crash cannot lose it any more.
            wishRevision = nil
            for lane in phases.keys.sorted() {
                if case .operating(let id) = phases[lane] { actions.append(.stop(id)) }
            }
        }
        for lane in phases.keys.sorted() {
            if case .committing(let next, revision) = phases[lane] { actions += proceed(next, lane, now) }
        }
        return actions
    }

    /// Does what was to follow a commit.
    mutating func proceed(_ next: Next, _ lane: String, _ now: Moment) -> [RunAction] {
        switch next {
        case .advance: return advance(lane, now)
        case .start(let id):
            guard !isClosed(id.path, now), let order = order(id, now) else {
                return settleStopped(path: id.path, neverBegan: true, now)
            }
            guard !mustWait(tree[id.path]?.step) else {
                phases[lane] = .held(then: next)
                return noteHeldUp(id, true, now).map { [$0] } ?? []
            }
            if let passed = noteHeldUp(id, false, now) {
                phases[lane] = .committing(then: next, revision: record.revision)
                return [passed]
            }
            phases[lane] = .operating(id)
            return [.start(order)]
        case .poll(let path): return poll(path, now)
        case .observe(let path): return observe(path, now)
        case .sleep(let path): return sleep(path, now)
        case .approval(let path): return awaitApproval(path, now)
        case .question(let path): return awaitAnswer(about: path, lane, now)
        case .finish:
            mainPhase = .over
            return [.releaseLocks, .finish(record.status)]
        }
    }

    /// Writes down that an act has to wait before it may begin, or need not any more, so that a restart finds out which it was.
    ///
    /// - Returns: nil when that is written down, and for what only reads, which is done again all the same.
    private mutating func noteHeldUp(_ id: OperationID, _ isWaiting: Bool, _ now: Moment) -> RunAction? {
        guard let index = index(of: id), record.steps[index].effect != .read,
            (record.steps[index].isHeldUp ?? false) != isWaiting
        else { return nil }
        record.steps[index].isHeldUp = isWaiting ? true : nil
        let event = isWaiting ? "run.step.waiting" : "run.step.passed"
        return commit(.gate, event, described(record.steps[index]), now)
    }

    /// Lets everything begin that had to wait and need not any more.
    mutating func release(_ now: Moment) -> [RunAction] {
        var actions = goOn(now)
        if mustLook, hasLocks { return actions + advance(Self.main, now) }
        let isBefore = mustLockAnew && phases.values.contains(where: \.isHeld)
        mustLockAnew = false
        if isBefore { return actions + askForLocks() }
        for lane in phases.keys.sorted() {
            if case .held(let next) = phases[lane] { actions += proceed(next, lane, now) }
        }
        if case .joining(let path) = mainPhase, let place = tree[path]?.place { actions += join(place, now) }
        return actions
    }
}
