import AuspexSignals

/// What people say to one run besides yes and no.
extension RunState {
    /// Most times that a person may take one run up again; what fails more often needs another remedy.
    package static let mostTakenUp = 10

    // MARK: - Waiting

    /// Makes the run wait. The wish is on disk before anything follows from it, so it outlives the engine.
    mutating func hold(by person: String, _ reason: String, _ now: Moment) -> [RunAction] {
        guard record.hold == nil, !record.status.isOver else { return [] }
        record.hold = RunRecord.Hold(by: person, reason: mask.masked(reason), at: now.wall)
        return [commit(.state, "run.held", ["by": .string(person), "reason": .string(mask.masked(reason))], now)]
    }

    /// Lets the run go on.
    mutating func resume(by person: String, _ now: Moment) -> [RunAction] {
        guard record.hold != nil else { return [] }
        record.hold = nil
        let note = commit(.state, "run.resumed", ["by": .string(person)], now)
        return [note] + (isPaused ? [] : release(now))
    }

    // MARK: - Leaving out

    /// Why the step at `path` cannot be left out; nil when it can.
    package func skipProblem(_ path: String) -> StepWordProblem? {
        guard let node = tree[path], !tree.isProbe(path), PlanTree.section(path) == PlanTree.main, !isCheck(node)
        else {
            let known = (tree.sections[PlanTree.main] ?? []).map(\.path)
            return tree[path] == nil
                ? .unknownStep(path, known: known)
                : .notSkippable(
                    path, why: "only what the runbook does can be left out, not what it checks or ends with")
        }
        let needsYes = node.step.flattened.contains { if case .approval = $0.action { true } else { false } }
        if needsYes { return .notSkippable(path, why: "people must approve of going on there") }
        if record.ending != nil || record.stopping != nil { return .notSkippable(path, why: "the run is ending") }
        if record.questions.contains(where: { $0.path == path }) { return nil }
        for node in tree.ancestry(of: path) {
            guard let entry = record.lastAttempt(at: node.path) else { continue }
            if entry.isSettled { return .notSkippable(path, why: "\(node.path) is \(entry.state.rawValue) already") }
            if node.path == path, entry.state != .planned { return .notSkippable(path, why: "it has begun") }
        }
        return nil
    }

    /// Whether a step checks what another runbook does that is part of this one: before it begins, or at its end.
    private func isCheck(_ node: PlanTree.Node) -> Bool {
        guard let parent = node.parent, case .group(let group)? = tree[parent]?.step.action, group.runbook != nil
        else { return false }
        return node.step.id == Filler.verification
            || group.steps.prefix(group.checks ?? 0).contains { $0.id == node.step.id }
    }

    mutating func skip(_ path: String, by person: String, _ reason: String, _ now: Moment) -> [RunAction] {
        guard skipProblem(path) == nil else { return [] }
        let why = "left out by \(person): \(reason)"
        guard let question = record.questions.first(where: { $0.path == path }) else {
            let detail = noteLeftOut(path, why, by: person, now)
            return [commit(.state, "run.step.skipped", detail, now)]
        }
        let lane = lane(of: path)
        guard phases[lane] == .deciding(path: path) else { return [] }
        answered(question, now)
        guard let index = record.steps.lastIndex(where: { $0.path == path }) else { return [] }
        // Whether it happened stays unknown, so what takes it back is still done should the run fail.
        record.steps[index].state = .skipped
        record.steps[index].endedAt = now.wall
        record.steps[index].decidedBy = person
        record.steps[index].result = OperationResult(outcome: .cancelled, reason: mask.masked(why))
        return commit(
            .state, "run.step.skipped", described(record.steps[index]), then: .advance, lane: lane, now)
    }

    // MARK: - Taking up again

    /// Takes a run up that has failed, from the step that it failed at: that step is begun again under its idempotency
    /// key, and with it the other lanes that failed beside it; what must happen at most once only when its probe or a
    /// person says that it did not. What follows an ending is done anew if there is another.
    ///
    /// - Parameter path: The step that failed, so that it is clear what is tried again.
    /// - Returns: The change to store before the run is driven on as after a restart.
    package mutating func takeUp(_ path: String, by person: String, _ now: Moment) throws(StepWordProblem) -> RunCommit
    {
        if let problem = takeUpProblem(path) { throw problem }
        for entry in failures {
            update(entry.path) { failed in
                guard failed.effect == .once, failed.mayHaveHappened else { return failed.takenUpBy = person }
                // It may have happened all the same: its probe says so, else a person.
                failed.state = .unknown
                failed.endedAt = nil
            }
            for node in tree.ancestry(of: entry.path).dropFirst() { reopen(node.path) }
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
        record.deadline = Deadline(start: now, length: record.plan.deadline)
        record.recoveries = 0
        record.takenUp += 1
        record.revision += 1
        record.updatedAt = now.wall
        let detail: [String: JSONValue] = ["path": .string(path), "by": .string(person)]
        return RunCommit(
            kind: .state, record: record, audit: RunAudit(kind: "run.taken_up", detail: .object(detail)))
    }

    private func takeUpProblem(_ path: String) -> StepWordProblem? {
        guard tree[path] != nil, !tree.isProbe(path) else {
            return .unknownStep(path, known: failures.map(\.path))
        }
        guard record.status == .failed else {
            return .notRepeatable(
                path, why: "the run is \(record.status.rawValue); only a failed one is taken up again")
        }
        guard !record.steps.contains(where: { PlanTree.section($0.path) == PlanTree.undo }) else {
            return .notRepeatable(path, why: "what the run did has been taken back; start a new run")
        }
        guard record.takenUp < Self.mostTakenUp else {
            return .notRepeatable(path, why: "the run was taken up \(Self.mostTakenUp) times; start a new one")
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
                record.lastAttempt(at: entry.path)?.attempt == entry.attempt, entry.isSettled,
                ![.done, .skipped].contains(entry.state)
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

    private mutating func reopen(_ path: String) {
        update(path) { entry in
            entry.state = .intent
            entry.endedAt = nil
            entry.result = nil
        }
    }
}
