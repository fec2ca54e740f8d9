import AuspexSignals

/// The yes of people: before a run begins, and before it goes on.
extension RunState {
    /// Waits for people's yes to the step at `path`; without one, to the whole run.
    mutating func awaitApproval(_ path: String?, _ now: Moment) -> [RunAction] {
        guard let path else {
            mainPhase = .approving(path: nil)
            let left = record.approvalDeadline?.remaining(at: now) ?? .zero
            return [.setTimer(.approval, left), .tell(approvalNotice)]
        }
        guard !isClosed(path, now) else { return settleStopped(path: path, now) }
        mainPhase = .approving(path: path)
        let left = record.lastAttempt(at: path)?.timer?.remaining(at: now) ?? .zero
        // The time that people need is not the run's.
        return [.clearTimer(.deadline), .setTimer(.approval, left), .tell(approvalNotice)]
    }

    mutating func approve(by person: String, planHash: String, _ now: Moment) -> [RunAction] {
        guard case .approving(let path) = mainPhase else { return [] }
        let problem = approvalProblem(by: person, planHash: planHash, at: now)
        // The timer may be late, as after a suspension of the host.
        if problem == .expired { return approvalExpired(path, now) }
        guard problem == nil else { return [] }
        let given = Approval(by: person, at: now.wall)
        guard let path, let index = record.steps.lastIndex(where: { $0.path == path }) else {
            record.approvals.append(given)
            guard record.approvals.count >= record.approvalRule.count else { return noteApproval(person, nil, now) }
            record.approvedBy = person
            return [.clearTimer(.approval)] + start("run.approved", approvalDetail(person, nil), now)
        }
        record.steps[index].approvals = (record.steps[index].approvals ?? []) + [given]
        let approvals = record.steps[index].approvals ?? []
        guard case .approval(let rule, message: _)? = step(at: path)?.action, approvals.count >= rule.count else {
            return noteApproval(person, path, now)
        }
        // The locks may have run out meanwhile, and the run's time has stood still. It counts from here on: people have
        // just vouched for it.
        hasLocks = false
        let left = record.deadline?.remaining(at: record.steps[index].intentAt)
        record.deadline = left.map { Deadline(start: now, length: $0) }
        extendOwnTimes(by: record.steps[index].intentAt, until: now)
        let people = approvals.map(\.by).joined(separator: ", ")
        let result = OperationResult(outcome: .succeeded, reason: "approved by \(people)")
        let note = commit(.state, "run.approved", approvalDetail(person, path), now)
        return [.clearTimer(.approval), note] + settle(path, .done, result, now)
    }

    private mutating func noteApproval(_ person: String, _ path: String?, _ now: Moment) -> [RunAction] {
        [commit(.state, "run.approval.given", approvalDetail(person, path), now)]
    }

    private func approvalDetail(_ person: String, _ path: String?) -> [String: JSONValue] {
        var detail: [String: JSONValue] = ["by": .string(person), "plan": .string(record.planHash)]
        if let path { detail["path"] = .string(path) }
        return detail
    }

    /// The step that waits for people's yes; nil when none does.
    private var approvalStep: (entry: StepRecord, rule: Plan.ApprovalRule, message: String)? {
        guard let entry = record.approvalStep, case .approval(let rule, let message)? = step(at: entry.path)?.action
        else { return nil }
        return (entry, rule, message)
    }

    /// How many more people must say yes to what is waited for.
    package var missingApprovals: Int {
        if record.status == .awaitingApproval { return record.approvalRule.count - record.approvals.count }
        return approvalStep.map { $0.rule.count - ($0.entry.approvals?.count ?? 0) } ?? 0
    }

    /// Why `person` may not approve under `planHash`; nil when they may.
    ///
    /// - Parameter now: The present, to refuse what comes too late; nil to leave that to the run.
    package func approvalProblem(by person: String, planHash: String, at now: Moment? = nil) -> ApprovalProblem? {
        let (rule, given, deadline): (Plan.ApprovalRule, [Approval], Deadline?)
        if record.status == .awaitingApproval {
            (rule, given, deadline) = (record.approvalRule, record.approvals, record.approvalDeadline)
        } else if let step = approvalStep, !record.status.isOver {
            (rule, given, deadline) = (step.rule, step.entry.approvals ?? [], step.entry.timer)
        } else {
            return .notWaiting(record.status)
        }
        guard planHash == record.planHash else { return .otherPlan(expected: record.planHash) }
        let asked = [record.requestedBy, record.takenUpBy].compactMap(\.self)
        guard !asked.contains(where: { Self.isSame(person, $0) }) else { return .sameRequester(person) }
        guard rule.approvers.isEmpty || rule.approvers.contains(where: { Self.isSame(person, $0) }) else {
            return .notAnApprover(person, approvers: rule.approvers)
        }
        guard !given.contains(where: { Self.isSame(person, $0.by) }) else { return .alreadyApproved(person) }
        if let now, deadline?.remaining(at: now) == .zero { return .expired }
        return nil
    }

    /// Whether two names are of the same person: `ann` who writes herself `Ann` is still one.
    static func isSame(_ name: String, _ other: String) -> Bool {
        func plain(_ name: String) -> String { name.filter { !$0.isWhitespace }.lowercased() }
        return plain(name) == plain(other)
    }

    /// Takes the end of the time for an approval in: no answer is a no.
    mutating func approvalExpired(_ path: String?, _ now: Moment) -> [RunAction] {
        let deadline = path.map { record.lastAttempt(at: $0)?.timer } ?? record.approvalDeadline
        if let left = deadline?.remaining(at: now), left > .zero { return [.setTimer(.approval, left)] }
        let missing = missingApprovals
        let lacking = missing > 1 ? " by \(missing) more people" : ""
        let span = deadline?.length ?? Self.approvalTime
        // A run that was taken up again has failed, whatever people say of trying again.
        let isAgain = record.status == .awaitingApproval && record.takenUp > 0
        return stop(
            isAgain
                ? .failed(reason: "not approved again\(lacking) within \(span)")
                : .cancelled(reason: "not approved\(lacking) within \(span)"), now)
    }

    /// What people are told when their yes is waited for.
    var approvalNotice: RunNotice {
        let text = "run \(record.id) of \(record.plan.runbook) waits for approval of plan \(record.planHash)"
        guard record.status != .awaitingApproval, let step = approvalStep else {
            return notice(.approvalNeeded, text, about: "\(record.revision)")
        }
        return notice(
            .approvalNeeded, "\(text) before it goes on: \(step.message)",
            about: "\(step.entry.path)/\(step.entry.attempt)")
    }
}
