package import AuspexSignals

/// What started a run decides how far it may go by itself.
package enum RunMode: String, Hashable, Sendable, Codable, CaseIterable {
    /// Recorded and nothing else.
    case shadow
    /// Waits for a person who is not the one who asked.
    case approve
    /// Runs by itself, within the guards.
    case auto
    /// Asked for by a person; runs within the guards, but without waiting for a cool-down.
    case manual
}

/// Where a run stands.
package enum RunStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// Stored; nothing has been done.
    case planned
    /// Waits for approval.
    case awaitingApproval = "awaiting_approval"
    /// Carries out its steps.
    case running
    /// Asks the detectors whether it helped.
    case verifying
    /// Over: it helped.
    case verified
    /// Over: a step or the verification failed.
    case failed
    /// Cannot know what to do; a person decides.
    case needsDecision = "needs_decision"
    /// Over: stopped before its end.
    case cancelled

    /// Whether nothing will change any more.
    package var isOver: Bool { [.verified, .failed, .cancelled].contains(self) }
}

/// How a run ends, once that is settled.
package enum RunEnding: Hashable, Sendable, Codable {
    /// All steps done, and the verification held.
    case verified
    /// A step or the verification failed.
    case failed(reason: String)
    /// Stopped.
    case cancelled(reason: String)

    /// The status of a run that ended so.
    var status: RunStatus {
        switch self {
        case .verified: .verified
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }

    /// Why; nil for success.
    package var reason: String? {
        switch self {
        case .verified: nil
        case .failed(let reason), .cancelled(let reason): reason
        }
    }
}

/// One execution of a plan, as the journal keeps it. All that a later engine needs to go on with it is in here.
package struct RunRecord: Hashable, Sendable, Codable, Identifiable {
    /// What a person is asked.
    package struct Question: Hashable, Sendable, Codable {
        /// The step whose outcome nobody knows; nil when the run as a whole cannot go on.
        package var path: String?
        /// The question.
        package var text: String
    }

    /// The run's id.
    package let id: String
    /// What it does, pinned.
    package private(set) var plan: Plan
    /// The plan's hash when the run was made.
    package let planHash: String
    /// What started it; no two runs have the same.
    package let triggerKey: String
    /// The alert that started it, if one did.
    package let alertID: String?
    /// How far it may go by itself.
    package let mode: RunMode
    /// Who or what asked for it.
    package let requestedBy: String
    /// When it was made.
    package let createdAt: Timestamp
    /// When it last changed.
    package internal(set) var updatedAt: Timestamp
    /// Where it stands.
    package internal(set) var status: RunStatus
    /// How it is to end, once somebody or the deadline has asked for that and what is under way still has to stop.
    package internal(set) var stopping: RunEnding?
    /// How it ends, once that is settled; the steps for that ending may still be running.
    package internal(set) var ending: RunEnding?
    /// Every attempt at every step, oldest first.
    package internal(set) var steps: [StepRecord]
    /// The end of the time for its steps and verification; nil before it starts.
    package internal(set) var deadline: Deadline?
    /// The end of the time for the steps that follow an ending; nil before one is settled.
    package internal(set) var closingDeadline: Deadline?
    /// The end of the time for an approval; nil when none is needed.
    package internal(set) var approvalDeadline: Deadline?
    /// Who approved it.
    package internal(set) var approvedBy: String?
    /// What a person must decide.
    package internal(set) var question: Question?
    /// How often an engine has picked it up after a crash since a person last looked.
    package internal(set) var recoveries: Int
    /// Grows by one with every change that is stored.
    package internal(set) var revision: Int64

    /// A run of `plan` that has not begun.
    package init(
        id: String, plan: Plan, triggerKey: String, alertID: String? = nil, mode: RunMode, requestedBy: String,
        createdAt: Timestamp
    ) {
        self.id = id
        self.plan = plan
        self.planHash = plan.hash
        self.triggerKey = triggerKey
        self.alertID = alertID
        self.mode = mode
        self.requestedBy = requestedBy
        self.createdAt = createdAt
        updatedAt = createdAt
        status = .planned
        steps = []
        recoveries = 0
        revision = 0
    }

    /// Whether an engine still has something to do for it. A shadow run is a record and nothing else.
    package var isOpen: Bool { !status.isOver && mode != .shadow }

    /// Whether it works on something now, so that it counts against the limits.
    package var isActive: Bool { [.running, .verifying, .needsDecision].contains(status) }

    /// The record with the plan's secrets masked, for interfaces; results are stored masked.
    package var masked: RunRecord {
        var copy = self
        copy.plan = plan.masked
        return copy
    }

    /// The record with another plan and other attempts in it, for a journal that keeps these apart from the rest: the
    /// plan never changes, and of the attempts only the last few do.
    package func with(plan: Plan, steps: [StepRecord]) -> RunRecord {
        var copy = self
        copy.plan = plan
        copy.steps = steps
        return copy
    }

    /// The newest attempt at the step `path`.
    package func lastAttempt(at path: String) -> StepRecord? { steps.last { $0.path == path } }
}

/// Where one attempt at a step stands.
package enum StepState: String, Hashable, Sendable, Codable {
    /// Not begun.
    case planned
    /// Written down before the act; the act may or may not have happened.
    case intent
    /// Over, as it should be.
    case done
    /// Over, otherwise.
    case failed
    /// Ended because its time was over.
    case timedOut = "timed_out"
    /// Ended because the run was stopped.
    case cancelled
    /// Nobody knows whether it happened.
    case unknown

    /// Whether nothing will change any more.
    package var isSettled: Bool { [.done, .failed, .timedOut, .cancelled].contains(self) }
}

/// One attempt at a step.
package struct StepRecord: Hashable, Sendable, Codable {
    /// Where the step stands in the plan: `steps/restart`, `steps/restart/probe`, `verify`, `on_failure/page`.
    package let path: String
    /// From 1.
    package let attempt: Int
    /// What repeating it does to the world.
    package let effect: Effect
    /// The key by which the other side can tell a repetition: the same for all attempts.
    package let idempotencyKey: String
    /// Where it stands.
    package internal(set) var state: StepState
    /// When it was written down that it would begin.
    package let intentAt: Moment
    /// When it ended.
    package internal(set) var endedAt: Timestamp?
    /// The process that carried it out.
    package internal(set) var process: ProcessIdentity?
    /// How it ended; outputs are excerpts.
    package internal(set) var result: OperationResult?
    /// How far a wait has come.
    package internal(set) var wait: WaitLoop?
    /// Since when a verification holds, by the times of the data that say so.
    package internal(set) var holdingSince: Timestamp?
    /// Who decided what became of it; nil when nobody had to.
    package internal(set) var decidedBy: String?
}

/// A process, told apart from a later one that was given the same number.
package struct ProcessIdentity: Hashable, Sendable, Codable {
    /// The process id.
    package var pid: Int32
    /// When it was started, in clock ticks since boot (field 22 of `/proc/PID/stat`).
    package var startTicks: UInt64
    /// The boot during which it was started.
    package var bootID: String

    /// Creates an identity.
    package init(pid: Int32, startTicks: UInt64, bootID: String) {
        self.pid = pid
        self.startTicks = startTicks
        self.bootID = bootID
    }
}
