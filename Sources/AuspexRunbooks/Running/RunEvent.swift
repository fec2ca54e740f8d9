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
    /// The operation is over.
    case operationEnded(OperationID, OperationResult)
    /// What is known of an operation that an earlier engine began.
    case located(OperationID, Located)
    /// A timer went off.
    case timerFired(RunTimer)
    /// The answer to `observe`; nil with a reason when there is none.
    case observed(Observation?, problem: String?)
    /// Nobody here can ever answer `observe`, so a person has to.
    case unobservable(problem: String)
    /// A person approves the plan with this hash.
    case approve(by: String, planHash: String)
    /// A person, or a guard, stops the run.
    case cancel(by: String, reason: String)
    /// A person decides what nobody knows.
    case decide(Decision, by: String)
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
package enum RunTimer: String, Hashable, Sendable, Codable, CaseIterable {
    /// The run's deadline.
    case deadline
    /// The end of the time for an approval.
    case approval
    /// The next poll of a wait, or the next look of a verification.
    case poll
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
