package import AuspexSignals

/// When the guards are asked.
package enum GuardStage: String, Hashable, Sendable, CaseIterable {
    /// Before a run is stored.
    case admission
    /// When a person approves it, be it half an hour later.
    case approval
    /// After the run has its locks, before its first step that changes something.
    case firstChange
    /// Before a run that has changed something begins with another target of a fleet: another lane, or another runbook.
    case nextTarget
}

/// A run that the guards are asked about, with all that they look at. A guard has no clock and no I/O.
package struct GuardQuestion: Sendable {
    /// What it would do.
    package var plan: Plan
    /// How far it may go by itself. A shadow run is always allowed; a person's run needs no cool-down and no place in
    /// the hour.
    package var mode: RunMode
    /// When they are asked.
    package var stage: GuardStage
    /// Who asks for it, as ``RunRecord/requestedBy`` has it.
    package var requestedBy: String
    /// Whether an alert is the reason.
    package var hasAlert: Bool
    /// Since when the reason has held: when the alert began to fire or, once the run has begun, when that was.
    package var since: Timestamp?
    /// What holds besides for who asks; nil for nothing.
    package var own: RunGuards.OwnLimits?
    /// The run itself, when it is already stored.
    package var run: RunRecord?
    /// The targets in fleets that the run is about to begin with; empty before it has any.
    package var targets: [FleetTarget] = []
    /// What the journal knows; nil when that cannot be looked up.
    package var facts: RunGuards.Facts?
    /// What is known of how things stand outside.
    package var view: GuardView
    /// The present.
    package var now: Timestamp

    /// Gathers a question.
    package init(
        plan: Plan, mode: RunMode, stage: GuardStage = .admission, requestedBy: String = "", hasAlert: Bool = false,
        since: Timestamp? = nil, own: RunGuards.OwnLimits? = nil, run: RunRecord? = nil, facts: RunGuards.Facts?,
        view: GuardView = .absent, now: Timestamp
    ) {
        self.plan = plan
        self.mode = mode
        self.stage = stage
        self.requestedBy = requestedBy
        self.hasAlert = hasAlert
        self.since = since
        self.own = own
        self.run = run
        self.facts = facts
        self.view = view
        self.now = now
    }

    /// Whether a person stands behind it: who asked for it, or who approves it now.
    var isPersonal: Bool { mode == .manual || stage == .approval }

    /// Whether people have approved it, or do so now.
    var isApproved: Bool { stage == .approval || run?.approvedBy != nil }

    /// The other runs that are open.
    var others: [RunRecord] { (facts?.open ?? []).filter { $0.id != run?.id && $0.isOpen } }

    /// The other runs that are at work, or may be at any moment. Of two that are about to change something only the
    /// younger has to look at the other, or they would keep each other from it.
    package var othersAtWork: [RunRecord] {
        let letGo = facts?.letGo ?? []
        return others.filter { other in
            guard other.isActive || letGo.contains(other.id) else { return false }
            guard stage == .firstChange, let run else { return true }
            return (other.createdAt, other.id) < (run.createdAt, run.id)
        }
    }

    /// The other runs that were made within the horizon.
    var recent: [RunRecord] { (facts?.recent ?? []).filter { $0.id != run?.id && $0.mode != .shadow } }

    /// What is known of how things stand outside; nil where there is nobody to ask, as in tools.
    ///
    /// - Throws: ``GuardProblem`` when it should be known and is not.
    func world() throws(GuardProblem) -> GuardWorld? {
        switch view {
        case .absent: return nil
        case .unknown(let why): throw GuardProblem(why: why)
        case .known(let world): return world
        }
    }
}
