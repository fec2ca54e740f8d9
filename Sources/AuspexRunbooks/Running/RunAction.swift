package import AuspexSignals

/// What a run asks of whoever drives it. The driver carries actions out in order.
package enum RunAction: Hashable, Sendable {
    /// Store this; answer `committed`. Nothing that follows from it is asked for before that answer.
    case commit(RunCommit)
    /// Take these locks for the run, all or none; answer `locks`.
    case acquireLocks([String], for: TimeSpan)
    /// Give the run's locks back.
    case releaseLocks
    /// Begin this; answer `operationStarted` where there is a process, then `operationEnded`.
    case start(OperationOrder)
    /// End this; its `operationEnded` still follows.
    case stop(OperationID)
    /// Find out what is known of this; answer `located`, and `operationEnded` when it still runs.
    case locate(OperationOrder)
    /// Answer `timerFired` after this time, unless set again or cleared.
    case setTimer(RunTimer, TimeSpan)
    /// Forget the timer.
    case clearTimer(RunTimer)
    /// Ask the detectors for the step at this path; answer `observed`.
    case observe(Verification, path: String)
    /// Tell people that a decision or an approval is needed. Best effort.
    case tell(RunNotice)
    /// The run is over; it needs no more driving.
    case finish(RunStatus)
}

/// A change of a run with what the audit says of it: stored in one transaction.
package struct RunCommit: Hashable, Sendable {
    /// What the change is about; fault tests stop at each.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// An act is about to begin.
        case intent
        /// An act that was to begin has to wait, or need not any more.
        case gate
        /// An act is over.
        case result
        /// The run changed otherwise.
        case state
    }

    /// What the change is about.
    package var kind: Kind
    /// The record as it is from now on.
    package var record: RunRecord
    /// What the audit says.
    package var audit: RunAudit
}

/// An entry for the audit.
package struct RunAudit: Hashable, Sendable {
    /// What kind of event: `run.step.intent`.
    package var kind: String
    /// What happened.
    package var detail: JSONValue

    /// Creates an entry.
    package init(kind: String, detail: JSONValue) {
        self.kind = kind
        self.detail = detail
    }
}

/// An operation to carry out.
package struct OperationOrder: Hashable, Sendable {
    /// Which.
    package var id: OperationID
    /// What.
    package var operation: Operation
    /// What repeating it does to the world.
    package var effect: Effect
    /// The key to hand to the other side.
    package var idempotencyKey: String
    /// The longest it may take.
    package var timeout: TimeSpan
    /// What must not stay in what it puts aside; nil when it puts nothing aside.
    package var hidden: HiddenTexts?
    /// The secrets of its run, which must not stay in what it says; nil when there are none.
    package var runSecrets: RunSecrets?

    /// Creates an order.
    package init(
        id: OperationID, operation: Operation, effect: Effect, idempotencyKey: String, timeout: TimeSpan,
        hidden: HiddenTexts? = nil, runSecrets: RunSecrets? = nil
    ) {
        self.id = id
        self.operation = operation
        self.effect = effect
        self.idempotencyKey = idempotencyKey
        self.timeout = timeout
        self.hidden = hidden
        self.runSecrets = runSecrets
    }
}

/// Something that people should know of a run.
package struct RunNotice: Hashable, Sendable {
    /// What is wanted of them.
    package enum Kind: String, Hashable, Sendable {
        case approvalNeeded = "approval_needed", decisionNeeded = "decision_needed"
        /// A guard hands a case over to people: a breaker that opened, trouble that comes back, an alert that
        /// flaps, a storm.
        case breakerOpen = "breaker_open", recurring, flapping, storm
    }

    /// What is wanted.
    package var kind: Kind
    /// The run.
    package var run: String
    /// The text.
    package var text: String
    /// The same for every repetition of the same notice.
    package var key: String

    /// Creates a notice.
    package init(kind: Kind, run: String, text: String, key: String) {
        self.kind = kind
        self.run = run
        self.text = text
        self.key = key
    }
}
