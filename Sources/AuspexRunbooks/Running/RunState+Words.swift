import AuspexSignals

/// What people say to one run besides yes and no.
extension RunState {
    // MARK: - Waiting

    /// Makes the run wait. The wish is on disk before anything follows from it, so it outlives the engine.
    mutating func hold(by person: String, _ reason: String, _ now: Moment) -> [RunAction] {
        guard record.hold == nil, !record.status.isOver else { return [] }
        record.hold = RunRecord.Hold(by: person, reason: mask.masked(reason), at: now.wall)
        standStill(now)
        return [commit(.state, "run.held", ["by": .string(person), "reason": .string(mask.masked(reason))], now)]
    }

    /// Lets the run go on.
    mutating func resume(by person: String, _ now: Moment) -> [RunAction] {
        guard record.hold != nil else { return [] }
        record.hold = nil
        let timer = goOn(now)
        let note = commit(.state, "run.resumed", ["by": .string(person)], now)
        return [note] + timer + (isPaused ? [] : release(now))
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
}
