import AuspexSignals

/// How a run is picked up after a restart.
extension RunState {
    /// Picks the run up after a restart of the engine: to be called once, instead of the event `begin`.
    package mutating func recover(now: Moment) -> [RunAction] {
        guard record.isOpen else {
            mainPhase = .over
            return [.finish(record.status)]
        }
        // The timers are set when the run has its locks.
        _ = goOn(now)
        standStill(now)
        switch record.status {
        case .planned: return handle(.begin, now: now)
        case .awaitingApproval:
            guard record.ending == nil else { return finish(now) }
            // Told again, because the engine may have died before it told; the key is the same.
            return awaitApproval(nil, now)
        case .needsDecision: return recoverQuestions(now)
        default:
            mustLook = true
            // The time without an engine does not count: people must still be told how the run ended.
            if record.ending != nil {
                let length = record.closingDeadline?.length ?? Self.closingTime
                record.closingDeadline = Deadline(start: now, length: length)
            }
            record.recoveries += 1
            guard record.recoveries <= Self.mostRecoveries else {
                let text = "the engine stopped \(record.recoveries) times during this run; go on with it?"
                return ask(text, about: nil, now)
            }
            return commit(.state, "run.recovered", ["count": .int(Int64(record.recoveries))], then: .advance, now)
        }
    }

    /// Asks again what was asked, in the lanes that it was asked in.
    private mutating func recoverQuestions(_ now: Moment) -> [RunAction] {
        for question in record.questions {
            let lane = question.path.map { self.lane(of: $0) } ?? Self.main
            phases[lane] = .deciding(path: question.path)
            if lane != Self.main { mainPhase = .joining(path: tree[lane]?.parent ?? lane) }
        }
        mustLook = !lanes.isEmpty || record.questions.contains { $0.path == nil }
        guard let wish = record.stopping else { return record.questions.map { .tell(decisionNotice($0)) } }
        record.stopping = nil
        return stop(wish, now)
    }

    /// The attempts in which an earlier engine stopped, wherever they stand in the plan.
    var openAttempts: [StepRecord] {
        record.steps.filter { entry in
            entry.state == .intent && entry.attempt == record.lastAttempt(at: entry.path)?.attempt
                && (tree.isProbe(entry.path) || !(step(at: entry.path)?.isComposite ?? true))
        }
    }

    /// Looks at the steps in which the earlier engine stopped, to go on with them.
    mutating func look(_ now: Moment) -> [RunAction] {
        guard !isHeld else {
            mainPhase = .held(then: .advance)
            return []
        }
        mustLook = false
        heedStop(now)
        guard let move = move(in: section, now) else { return advanceMain(now) }
        guard case .join(let place) = move else { return look(at: move, Self.main, now) }
        mainPhase = .joining(path: place.path)
        var actions: [RunAction] = []
        for lane in PlanTree.steps(in: place, choice: nil) where record.lastAttempt(at: lane.path)?.state == .intent {
            // What it does was found before, and its end is on its way.
            if phases[lane.path]?.isUnderWay ?? false { continue }
            let inner = self.move(in: PlanTree.steps(in: lane, choice: nil), now) ?? .close(lane)
            phases[lane.path] = .held(then: .advance)
            actions += look(at: inner, lane.path, now)
        }
        return actions + join(place, now)
    }

    private mutating func look(at move: Move, _ lane: String, _ now: Moment) -> [RunAction] {
        guard case .begin(let place) = move, let open = record.lastAttempt(at: place.path) else {
            return advance(lane, now)
        }
        switch (open.state, place.step.action) {
        case (.intent, .operation): return locate(place.path, now)
        case (.intent, .wait):
            // The last poll's answer is lost; it only reads, and it is the same poll, so no attempt is lost with it.
            guard let id = lastID(at: place.path), id.poll > 0 else { return beginPoll(place.path, now) }
            if let reason = overdue(place.path, after: .zero, now) {
                return settleWait(place.path, .timedOut, reason, nil, now)
            }
            return proceed(.start(id), lane, now)
        case (.intent, .verify):
            soakAnew(place.path)
            return observe(place.path, now)
        case (.intent, .pause): return sleep(place.path, now)
        case (.intent, .approval): return awaitApproval(place.path, now)
        case (.unknown, _):
            let probe = PlanTree.probePath(place.path)
            guard record.lastAttempt(at: probe)?.state == .intent else {
                return uncertain(place.path, open.result, now)
            }
            return locate(probe, now)
        default: return advance(lane, now)
        }
    }

    /// Finds out about the acts of attempts that may not go on, so that they are over before anything follows them.
    mutating func settleOpen(_ paths: [String], _ now: Moment) -> [RunAction] {
        mustLook = false
        for path in paths where lane(of: path) != Self.main {
            phases[lane(of: path)] = .held(then: .advance)
            mainPhase = .joining(path: tree[lane(of: path)]?.parent ?? path)
        }
        return paths.flatMap { path -> [RunAction] in
            switch step(at: path)?.action {
            case .verify, .pause, .approval: return settleStopped(path: path, now)
            default: return locate(path, now)
            }
        }
    }

    /// Why an attempt is made anew that was written down and nothing more.
    private static let neverBegan = "it never began"

    private mutating func locate(_ path: String, _ now: Moment) -> [RunAction] {
        let lane = lane(of: path)
        // Who would carry it out need not be asked, and may not know.
        guard record.lastAttempt(at: path)?.isHeldUp != true else {
            return again(path, knownNotToHaveHappened: true, Self.neverBegan, now)
        }
        guard let id = lastID(at: path), let order = order(id, now) else { return advance(lane, now) }
        phases[lane] = .locating(id)
        return [.locate(order)]
    }

    /// Takes in what is known of an open step.
    mutating func located(_ id: OperationID, _ located: Located, _ now: Moment) -> [RunAction] {
        guard phases[lane(of: id.path)] == .locating(id), let step = step(at: id.path) else { return [] }
        switch located {
        case .finished(let result): return ended(id, result, now)
        case .running:
            phases[lane(of: id.path)] = .operating(id)
            return isClosed(id.path, now) ? [.stop(id)] : []
        case .notStarted where tree.isProbe(id.path), .unknown where tree.isProbe(id.path):
            return lost(probe: id.path, now)
        case .notStarted: return again(id.path, knownNotToHaveHappened: true, Self.neverBegan, now)
        case .unknown:
            if step.effect == .once { return uncertain(id.path, nil, now) }
            return again(id.path, knownNotToHaveHappened: false, "the engine stopped meanwhile", now)
        }
    }

    /// Asks anew when an earlier engine's probe left no answer: it only reads.
    private mutating func lost(probe path: String, _ now: Moment) -> [RunAction] {
        let reason = "the engine stopped meanwhile"
        guard !isClosed(path, now), let index = record.steps.lastIndex(where: { $0.path == path }) else {
            return probed(path, OperationResult(outcome: .unknown, reason: reason), now)
        }
        record.steps[index].state = .failed
        record.steps[index].endedAt = now.wall
        record.steps[index].result = OperationResult(outcome: .unknown, reason: reason)
        let owner = tree.stepPath(path)
        return uncertain(owner, record.lastAttempt(at: owner)?.result, now)
    }
}
