import AuspexSignals

/// What happens when nobody knows whether a step happened.
extension RunState {
    /// A step with the effect `once` whose outcome nobody knows: ask the probe, else a person.
    mutating func uncertain(_ path: String, _ result: OperationResult?, _ now: Moment) -> [RunAction] {
        guard let index = record.steps.lastIndex(where: { $0.path == path }), let step = step(at: path) else {
            return advance(lane(of: path), now)
        }
        record.steps[index].state = .unknown
        record.steps[index].result = result?.excerpt(limit: Self.excerptBytes, mask: mask)
        guard let probe = step.probe, !isGivenUp(path) else {
            let why = step.probe == nil ? ", and it has no probe" : ""
            return askWhether(path, "nobody knows whether step \(path) happened" + why, now)
        }
        // A probe is a step of its own; only its name ties it to the step that it asks about.
        let asking = Plan.Step(
            id: step.id, action: .operation(probe.operation), effect: .read, timeout: probe.timeout)
        return begin(asking, at: PlanTree.probePath(path), now)
    }

    /// Takes a probe's answer in.
    mutating func probed(_ probePath: String, _ result: OperationResult, _ now: Moment) -> [RunAction] {
        let path = tree.stepPath(probePath)
        guard let probe = step(at: path)?.probe, let index = record.steps.lastIndex(where: { $0.path == probePath })
        else { return advance(lane(of: path), now) }
        record.steps[index].state = Self.state(of: result)
        record.steps[index].endedAt = now.wall
        record.steps[index].result = result.excerpt(limit: Self.excerptBytes, mask: mask)
        let asked = record.lastAttempt(at: path)
        switch ProbeAnswer(probe: probe, result: result, intentAt: asked?.intentAt) {
        case .done:
            return settle(path, .done, OperationResult(outcome: .succeeded, reason: "by its probe"), now)
        case .notDone: return again(path, knownNotToHaveHappened: true, "did not happen, by its probe", now)
        case .cannotTell(let why):
            return askWhether(
                path, "nobody knows whether step \(path) happened, and its probe cannot tell (\(why))", now)
        }
    }

    /// Asks a person whether a step happened, unless the run has been given up.
    private mutating func askWhether(_ path: String, _ text: String, _ now: Moment) -> [RunAction] {
        guard !isGivenUp(path) else {
            return settle(path, .cancelled, OperationResult(outcome: .cancelled, reason: text), now)
        }
        return ask(text + "; did it?", about: path, now)
    }

    /// Whether nothing depends any more on what became of the step at `path`: the run was cancelled, or is past it.
    private func isGivenUp(_ path: String) -> Bool {
        if case .cancelled = record.stopping { true } else { !isInSection(path) }
    }

    /// Begins a step again under the same idempotency key, because it did not happen or may happen twice.
    mutating func again(
        _ path: String, knownNotToHaveHappened: Bool, _ why: String, _ now: Moment
    ) -> [RunAction] {
        let lane = lane(of: path)
        guard !isClosed(path, now) else {
            return settleStopped(path: path, neverBegan: knownNotToHaveHappened, now)
        }
        guard let step = step(at: path), let index = record.steps.lastIndex(where: { $0.path == path }) else {
            return advance(lane, now)
        }
        record.steps[index].state = knownNotToHaveHappened || mustWait(step) ? .planned : .unknown
        record.steps[index].endedAt = now.wall
        record.steps[index].result = OperationResult(outcome: .failed, reason: why)
        if knownNotToHaveHappened { record.steps[index].neverBegan = true }
        record.steps[index].isHeldUp = nil
        guard !mustWait(step) else {
            phases[lane] = .held(then: .advance)
            return []
        }
        return begin(step, at: path, now)
    }

    // MARK: - Questions

    /// Parks the run until a person decides. What other lanes have under way goes on to its end, and nothing begins.
    mutating func ask(_ text: String, about path: String?, _ now: Moment) -> [RunAction] {
        record.status = .needsDecision
        // They may run out while the person thinks.
        hasLocks = false
        // A deadline that passed while nobody knew is for the person to weigh, who gets a new one.
        if case .failed = record.stopping { record.stopping = nil }
        record.questions.append(RunRecord.Question(path: path, text: mask.masked(text), waitedSince: now))
        let detail: [String: JSONValue] = ["question": .string(mask.masked(text))]
        let lane = path.map { self.lane(of: $0) } ?? Self.main
        return commit(.state, "run.needs_decision", detail, then: .question(path: path), lane: lane, now)
    }

    /// Waits for the answer to the question about the step at `path`; without one, to the question about the run.
    mutating func awaitAnswer(about path: String?, _ lane: String, _ now: Moment) -> [RunAction] {
        phases[lane] = .deciding(path: path)
        if let wish = record.stopping {
            record.stopping = nil
            return stop(wish, now)
        }
        let asked = record.questions.filter { $0.path == path }.map { RunAction.tell(decisionNotice($0)) }
        return [.clearTimer(.deadline), .clearTimer(.poll(lane: lane))] + asked
    }

    /// What people are told of a run that waits for a decision.
    func decisionNotice(_ question: RunRecord.Question) -> RunNotice {
        let attempt = question.path.flatMap { record.lastAttempt(at: $0)?.attempt }
        let what = attempt.map { "\(question.path ?? "")/\($0)" } ?? "\(record.revision)"
        return notice(
            .decisionNeeded, "run \(record.id) of \(record.plan.runbook): \(question.text)", about: what)
    }

    /// Takes a person's decision in.
    mutating func decide(_ decision: Decision, by person: String, _ path: String?, _ now: Moment) -> [RunAction] {
        guard let question = question(at: path) else { return [] }
        let lane = question.path.map { self.lane(of: $0) } ?? Self.main
        guard phases[lane] == .deciding(path: question.path) else { return [] }
        var detail: [String: JSONValue] = [
            "by": .string(person), "decision": .string(decision.rawValue), "question": .string(question.text),
        ]
        if let path = question.path { detail["path"] = .string(path) }
        answered(question, now)
        if let path = question.path, let index = record.steps.lastIndex(where: { $0.path == path }) {
            let note = OperationResult(
                outcome: decision == .done ? .succeeded : .failed, reason: "decided by \(person): \(decision.rawValue)")
            record.steps[index].endedAt = now.wall
            record.steps[index].result = note
            record.steps[index].decidedBy = person
            switch decision {
            case .done: record.steps[index].state = .done
            case .runAgain:
                record.steps[index].state = .planned
                record.steps[index].neverBegan = true
            case .giveUp: record.steps[index].state = .failed
            }
        } else {
            mustLook = true
        }
        if decision == .done, question.path == PlanTree.verification, record.ending == nil { close(.verified, now) }
        guard decision == .giveUp, record.ending == nil else {
            return commit(.state, "run.decided", detail, then: .advance, lane: lane, now)
        }
        let end = RunEnding.failed(reason: "given up by \(person)")
        if lanes.isEmpty {
            close(end, now)
            return commit(.state, "run.decided", detail, then: .advance, lane: lane, now)
        }
        return commit(.state, "run.decided", detail, then: .advance, lane: lane, now) + stop(end, now)
    }

    /// The question about the step at `path`; without one, the only question there is.
    func question(at path: String?) -> RunRecord.Question? {
        guard let path else { return record.questions.count == 1 ? record.questions.first : nil }
        return record.questions.first { $0.path == path }
    }

    /// Takes a question as answered. The time that passed while a person thought is not the run's fault.
    mutating func answered(_ question: RunRecord.Question, _ now: Moment) {
        record.questions.removeAll { $0.path == question.path }
        record.recoveries = 0
        if record.questions.isEmpty { record.status = .running }
        if let since = question.waitedSince { giveBack(since: since, now) }
        renewOwnTimes(now)
        if record.ending == nil {
            record.deadline = Deadline(start: now, length: record.plan.deadline)
        } else {
            record.closingDeadline = Deadline(start: now, length: Self.closingTime)
        }
    }
}
