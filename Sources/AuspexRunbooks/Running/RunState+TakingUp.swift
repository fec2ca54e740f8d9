import AuspexSignals

/// How a person takes a run up again that has failed.
extension RunState {
    /// Most times that a person may take one run up again; what fails more often needs another remedy.
    package static let mostTakenUp = 10

    /// Takes a run up that has failed, from the step that it failed at: that step is begun again under its idempotency
    /// key, and with it the other lanes that failed beside it; what must happen at most once only when its probe or a
    /// person says that it did not. What follows an ending is done anew if there is another.
    ///
    /// A yes of people to the run, or to one of its steps, is not for ever: where it has expired and something may change
    /// still, it is asked for anew, before anything goes on.
    ///
    /// - Parameter path: The step that failed, so that it is clear what is tried again.
    /// - Returns: The change to store before the run is driven on as after a restart.
    package mutating func takeUp(_ path: String, by person: String, _ now: Moment) throws(StepWordProblem) -> RunCommit
    {
        if let problem = takeUpProblem(path, by: person, now) { throw problem }
        for entry in failures {
            update(entry.path) { failed in
                guard failed.effect == .once, failed.mayHaveHappened else { return failed.takenUpBy = person }
                // It may have happened all the same: its probe says so, else a person.
                failed.state = .unknown
                failed.endedAt = nil
            }
            for node in tree.ancestry(of: entry.path).dropFirst() { reopen(node.path, now) }
        }
        for entry in record.steps {
            let section = PlanTree.section(entry.path)
            let isLaneLeftOut =
                entry.state == .skipped && entry.decidedBy == nil && tree[entry.path]?.lane == entry.path
            let follows = ![PlanTree.main, PlanTree.verification].contains(section) && !Self.isPrecondition(entry.path)
            if isLaneLeftOut || follows { update(entry.path) { $0.takenUpBy = person } }
        }
        record.status = .running
        record.ending = nil
        record.closingDeadline = nil
        record.standingSince = nil
        record.deadline = Deadline(start: now, length: record.plan.deadline)
        record.recoveries = 0
        record.takenUp += 1
        record.takenUpBy = person
        if mayStillChange { askAnew(by: person, now) }
        record.revision += 1
        record.updatedAt = now.wall
        let detail: [String: JSONValue] = ["path": .string(path), "by": .string(person)]
        return RunCommit(
            kind: .state, record: record, audit: RunAudit(kind: "run.taken_up", detail: .object(detail)))
    }

    private func takeUpProblem(_ path: String, by person: String, _ now: Moment) -> StepWordProblem? {
        guard tree[path] != nil, !tree.isProbe(path) else {
            return .unknownStep(path, known: failures.map(\.path))
        }
        guard record.status == .failed else {
            return .notRepeatable(
                path, why: "the run is \(record.status.rawValue); only a failed one is taken up again")
        }
        let isTakenBack = record.steps.contains { entry in
            PlanTree.section(entry.path) == PlanTree.undo && entry.mayHaveHappened
                && step(at: entry.path)?.isChange ?? true
        }
        guard !isTakenBack else {
            return .notRepeatable(path, why: "what the run did has been taken back; start a new run")
        }
        guard record.takenUp < Self.mostTakenUp else {
            return .notRepeatable(path, why: "the run was taken up \(Self.mostTakenUp) times; start a new one")
        }
        let rest = now.wall - record.updatedAt
        guard rest.milliseconds <= record.plan.deadline.milliseconds + RunRecord.longestRest.milliseconds else {
            return .notRepeatable(path, why: "it failed \(rest) ago, and its plan may be out of date; start a new run")
        }
        let people = record.plan.approvals?.approvers ?? []
        guard people.isEmpty || (people + [record.requestedBy]).contains(where: { Self.isSame(person, $0) }) else {
            return .notRepeatable(
                path, why: "\(person) may not; the runbook names \(people.joined(separator: ", "))")
        }
        let failed = failures.map(\.path)
        guard failed.contains(where: { $0 == path || $0.hasPrefix(path + "/") }) else {
            let which = failed.isEmpty ? "no step did" : "that was \(failed.joined(separator: ", "))"
            return .notRepeatable(path, why: "the run did not fail there; \(which)")
        }
        return nil
    }

    /// The newest attempts that made the run fail: those of steps that hold no others, and that no step around them may
    /// fail for.
    private var failures: [StepRecord] {
        record.steps.filter { entry in
            guard [PlanTree.main, PlanTree.verification].contains(PlanTree.section(entry.path)),
                !tree.isProbe(entry.path), let node = tree[entry.path], !node.step.isComposite,
                record.lastAttempt(at: entry.path)?.attempt == entry.attempt,
                entry.state.isSettled || entry.state == .unknown, ![.done, .skipped].contains(entry.state)
            else { return false }
            return tree.ancestry(of: entry.path).allSatisfy { node in
                let isDone = record.lastAttempt(at: node.path)?.state == .done
                return !node.step.continuesOnError && !node.step.isNotice && !isDone
            }
        }
    }

    private mutating func update(_ path: String, _ change: (inout StepRecord) -> Void) {
        guard let index = record.steps.lastIndex(where: { $0.path == path }) else { return }
        change(&record.steps[index])
    }

    private mutating func reopen(_ path: String, _ now: Moment) {
        let timer = ownTimer(at: path, now)
        update(path) { entry in
            entry.state = .intent
            entry.endedAt = nil
            entry.result = nil
            entry.timer = timer
        }
    }

    // MARK: - People's yes

    /// Whether what is left to do may change something, be it only what follows another failure.
    private var mayStillChange: Bool {
        let plan = record.plan
        let endings = (plan.onFailure + plan.onCancel + plan.always).flatMap(\.flattened)
        let left = plan.steps.indices.flatMap { index -> [Plan.Step] in
            let step = plan.steps[index]
            let isSettled = record.lastAttempt(at: "\(PlanTree.main)/\(step.id)")?.isSettled ?? false
            return isSettled ? step.flattened.flatMap(\.undo) : [step]
        }
        return (endings + left.flatMap(\.flattened)).contains(where: \.isChange)
    }

    /// Has people asked anew whose yes has expired: to the run before it goes on at all, to a step in its place.
    private mutating func askAnew(by person: String, _ now: Moment) {
        if record.needsApproval, Self.isExpired(record.approvals, record.approvalRule, now) {
            record.status = .awaitingApproval
            (record.approvals, record.approvedBy, record.deadline) = ([], nil, nil)
            record.approvalDeadline = Deadline(start: now, length: record.approvalRule.expires)
        }
        for entry in record.steps where entry.state == .done && entry.takenUpBy == nil {
            guard let given = entry.approvals, case .approval(let rule, message: _)? = step(at: entry.path)?.action,
                Self.isExpired(given, rule, now)
            else { continue }
            update(entry.path) { $0.takenUpBy = person }
            for node in tree.ancestry(of: entry.path).dropFirst() { reopen(node.path, now) }
        }
    }

    /// Whether what people said is older than the time within which it had to be said.
    private static func isExpired(_ given: [Approval], _ rule: Plan.ApprovalRule, _ now: Moment) -> Bool {
        guard let last = given.map(\.at).max() else { return true }
        return now.wall - last > rule.expires
    }
}
