import AuspexSignals

/// What happens to a run.
package enum RunEvent: Hashable, Sendable {
    /// Begin a run that is `planned`.
    case begin
    /// The record of this revision is on disk.
    case committed(revision: Int64)
    /// The locks were asked for.
    case locks(LockOutcome)
    /// The operation runs as this process.
    case operationStarted(OperationID, ProcessIdentity)
    /// The operation has to wait before it may begin, or need not any more.
    case heldUp(OperationID, isWaiting: Bool)
    /// The operation is over.
    case operationEnded(OperationID, OperationResult)
    /// What is known of an operation that an earlier engine began.
    case located(OperationID, Located)
    /// A timer went off.
    case timerFired(RunTimer)
    /// The answer to `observe` for the step at this path; nil with a reason when there is none.
    case observed(Observation?, problem: String?, path: String)
    /// Nobody here can ever answer `observe` for the step at this path, so a person has to.
    case unobservable(problem: String, path: String)
    /// A person approves the plan with this hash: that it is begun, or that it goes on where it waits for that.
    case approve(by: String, planHash: String)
    /// A person, or a guard, stops the run.
    case cancel(by: String, reason: String)
    /// A person decides what nobody knows; without a path, of the only question there is.
    case decide(Decision, by: String, path: String? = nil)
    /// A person leaves a step out that has not begun, or whose outcome nobody knows.
    case skip(path: String, by: String, reason: String)
    /// A person makes the run wait: what is under way goes on, nothing new begins.
    case hold(by: String, reason: String)
    /// A person lets the run go on.
    case resume(by: String)
    /// All runs pause: what runs goes on, nothing new begins.
    case pause
    /// The pause is over.
    case unpause
}

/// What a person says of a step whose outcome nobody knows, or of a run that cannot go on.
package enum Decision: String, Hashable, Sendable, Codable, CaseIterable {
    /// The step happened.
    case done
    /// The step did not happen: run it (or go on with the run).
    case runAgain = "run_again"
    /// Give the run up.
    case giveUp = "give_up"
}

/// What is known of an operation after a restart.
package enum Located: Hashable, Sendable {
    /// It never began, and never will.
    case notStarted
    /// It is over; this is how it ended.
    case finished(OperationResult)
    /// It still runs; `operationEnded` will follow.
    case running
    /// Nothing is known.
    case unknown
}

/// Whether locks were given.
package enum LockOutcome: Hashable, Sendable {
    /// All of them.
    case acquired
    /// None, because `run` holds `lock`.
    case held(lock: String, run: String)
}

/// The timers of a run; setting one again moves it.
package enum RunTimer: Hashable, Sendable {
    /// The run's deadline.
    case deadline
    /// The end of the time for an approval.
    case approval
    /// The next poll of a wait, the next look of a verification, the next attempt at a step or the end of a pause, in
    /// this lane: the path of its steps, empty outside of lanes.
    case poll(lane: String)
}

/// One operation of a run.
package struct OperationID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The run.
    package var run: String
    /// The step's path.
    package var path: String
    /// The attempt, from 1.
    package var attempt: Int
    /// The poll of a wait, from 1; 0 for anything else.
    package var poll: Int

    /// Creates an id.
    package init(run: String, path: String, attempt: Int, poll: Int = 0) {
        self.run = run
        self.path = path
        self.attempt = attempt
        self.poll = poll
    }

    package var description: String { "\(run) \(path) #\(attempt)" + (poll > 0 ? ".\(poll)" : "") }
}
