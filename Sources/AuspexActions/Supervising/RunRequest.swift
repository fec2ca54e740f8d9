package import AuspexRunbooks
package import AuspexSignals

/// A wish for a run.
package struct RunRequest: Sendable {
    /// What to do.
    package var plan: Plan
    /// How far it may go by itself.
    package var mode: RunMode
    /// What started it; two wishes with the same key are one run. For an alert: rule, group, alert and start.
    package var triggerKey: String
    /// The alert, if one is the reason.
    package var alertID: String?
    /// Who or what wishes it.
    package var requestedBy: String
    /// What holds for who wishes it, besides what holds for all.
    package var limits: RunGuards.OwnLimits?
    /// When the alert began to fire; nil without one.
    package var firedAt: Timestamp?
    /// Why it goes less far than was asked for, as a code and in words, for the audit; nil when it does not.
    package var heldBack: (code: String, why: String)?

    /// Creates a wish.
    package init(
        plan: Plan, mode: RunMode, triggerKey: String, alertID: String? = nil, requestedBy: String,
        limits: RunGuards.OwnLimits? = nil, firedAt: Timestamp? = nil
    ) {
        self.plan = plan
        self.mode = mode
        self.triggerKey = triggerKey
        self.alertID = alertID
        self.requestedBy = requestedBy
        self.limits = limits
        self.firedAt = firedAt
    }
}

/// What became of a wish for a run.
package enum RunSubmission: Hashable, Sendable {
    /// It is stored, and begun or waiting for approval as its mode says.
    case accepted(RunRecord)
    /// The same wish came before; this is its run.
    case duplicate(RunRecord)
    /// It may not start now. Nothing is stored but a line in the audit.
    case blocked(RunGuards.Block)
}

/// Why a word for a run is refused.
package enum RunCommandError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such run.
    case unknownRun(String)
    /// The run is over.
    case over(String, RunStatus)
    /// The run is not driven now, or its mailbox is full.
    case notListening(String)
    /// The approval is refused.
    case approval(ApprovalProblem)
    /// The guards refuse.
    case blocked(RunGuards.Block)
    /// The run asks nothing.
    case noQuestion(String, RunStatus)
    /// The run is ending already.
    case ending(String)
    /// Several questions are open, so the step must be named.
    case severalQuestions(String, paths: [String])
    /// The word about a step is refused.
    case step(StepWordProblem)
    /// The run is held already, or is not.
    case held(String, isHeld: Bool)
    /// No engine can drive the run.
    case unfit(RunStateError)

    package var description: String {
        switch self {
        case .unknownRun(let id): "there is no run '\(id)'; `auspex runbook list` shows the runs"
        case .over(let id, let status): "run \(id) is over (\(status.rawValue))"
        case .notListening(let id): "run \(id) cannot be reached now; try again when the engine is up"
        case .approval(let problem): problem.description
        case .blocked(let block): block.description
        case .noQuestion(let id, let status): "run \(id) is \(status.rawValue) and waits for no decision"
        case .ending(let id): "run \(id) is ending already; it only does what its runbook says for the end"
        case .severalQuestions(let id, let paths):
            "run \(id) waits for decisions about \(paths.joined(separator: ", ")); say which step is meant"
        case .step(let problem): problem.description
        case .held(let id, true): "run \(id) is held already"
        case .held(let id, false): "run \(id) is not held"
        case .unfit(let problem): problem.description
        }
    }
}

/// Something about a run that the engine should log.
package enum RunReport: Sendable {
    /// A run is over.
    case ended(RunRecord)
    /// A run could not be driven on; it stays as the journal has it.
    case failed(run: String, error: any Error)
    /// A change of a run could not be stored; the run stands still until it is.
    case writeFailed(run: String, error: any Error)
    /// The journal could not say which runs are open; it is asked again.
    case recoveryFailed(any Error)
    /// A guard kept a run from its first change, or a wish from becoming a run.
    case blocked(RunGuards.Block, run: String?)
    /// A breaker opened.
    case breakerOpened(Breaker)
    /// What guards keep could not be read or written; they said no where that matters.
    case guardsFailed(any Error)
    /// The first attempt to tell people something failed; others follow.
    case noticeDelayed(RunNotice, reason: String)
    /// People are not told something: too much else waits to be told.
    case noticeFailed(RunNotice, reason: String)
}
