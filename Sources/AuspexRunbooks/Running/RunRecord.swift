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
package struct RunRecord: Hashable, Sendable, Identifiable {
    /// What a person is asked.
    package struct Question: Hashable, Sendable, Codable {
        /// The step whose outcome nobody knows; nil when the run as a whole cannot go on.
        package var path: String?
        /// The question.
        package var text: String
        /// Since when steps have had to wait for answers, to this question and those before it; nil in what an older engine wrote.
        package var waitedSince: Moment?
    }

    /// Why a person made the run wait.
    package struct Hold: Hashable, Sendable, Codable {
        /// Who.
        package var by: String
        /// Why.
        package var reason: String
        /// When.
        package var at: Timestamp
    }

    /// The run's id.
    package let id: String
    /// What it does, pinned.
    package internal(set) var plan: Plan
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
    /// Who approved it as the last of those who had to.
    package internal(set) var approvedBy: String?
    /// Who has approved it so far, in order.
    package internal(set) var approvals: [Approval]
    /// What people must decide, oldest first. Lanes that run at the same time may each have a question.
    package internal(set) var questions: [Question]
    /// Why a person makes it wait; nil when nobody does.
    package internal(set) var hold: Hold?
    /// Since when its time stands still, because people make it wait; nil when it goes on.
    package internal(set) var standingSince: Moment?
    /// How often a person took it up again after it had failed.
    package internal(set) var takenUp: Int
    /// Who took it up again last; nil when nobody has.
    package internal(set) var takenUpBy: String?
    /// How often an engine has picked it up after a crash since a person last looked.
    package internal(set) var recoveries: Int
    /// Grows by one with every change that is stored.
    package internal(set) var revision: Int64

    /// A run of `plan` that has not begun.
    package init(
        id: String, plan: Plan, triggerKey: String, alertID: String? = nil, mode: RunMode, requestedBy: String,
        createdAt: Timestamp
    ) {
        self.init(
            id: id, plan: plan, planHash: plan.hash, triggerKey: triggerKey, alertID: alertID, mode: mode,
            requestedBy: requestedBy, createdAt: createdAt)
    }

    /// A run that has not begun, with a hash that need not be the plan's.
    init(
        id: String, plan: Plan, planHash: String, triggerKey: String, alertID: String? = nil, mode: RunMode,
        requestedBy: String, createdAt: Timestamp
    ) {
        self.id = id
        self.plan = plan
        self.planHash = planHash
        self.triggerKey = triggerKey
        self.alertID = alertID
        self.mode = mode
        self.requestedBy = requestedBy
        self.createdAt = createdAt
        updatedAt = createdAt
        status = .planned
        steps = []
        approvals = []
        questions = []
        takenUp = 0
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

    /// What a person must decide first.
    package var question: Question? { questions.first }

    /// Whether it begins only when people have approved it.
    package var needsApproval: Bool { mode == .approve || mode != .shadow && plan.approvals != nil }

    /// Whether people's yes is waited for, to the run or to one of its steps.
    package var awaitsApproval: Bool { status == .awaitingApproval || !status.isOver && approvalStep != nil }

    /// The attempt at a step that waits for people's yes; only such a step notes who said it.
    var approvalStep: StepRecord? { steps.last { $0.state == .intent && $0.approvals != nil } }

    /// Who must approve it before it begins.
    var approvalRule: Plan.ApprovalRule { plan.approvals ?? Plan.ApprovalRule() }

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

    /// Whether the step, or lane, at `path` has come to another end than it should.
    func hasFailed(_ path: String) -> Bool {
        guard let entry = lastAttempt(at: path), entry.isSettled else { return false }
        return ![.done, .skipped].contains(entry.state)
    }

    /// Whether nothing but messages begins in it now, because a person makes it wait or has to answer first.
    package var waitsForPeople: Bool { hold != nil || !questions.isEmpty }

    /// How long its locks last from when they are taken.
    package var lockLength: TimeSpan {
        TimeSpan(milliseconds: plan.deadline.milliseconds + RunState.closingTime.milliseconds)
    }
}
