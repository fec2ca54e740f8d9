import AuspexSignals

/// How a step begins.
extension RunState {
    /// The step at `path`, or the one whose probe it is.
    func step(at path: String) -> Plan.Step? { tree[path]?.step }

    /// The key by which the other side can tell a repetition of a step: the same for all attempts, also after a
    /// restart.
    package static func idempotencyKey(run: String, path: String) -> String {
        // 128 of the digest's 256 bits: as many as a UUID has, and what header fields of that name usually carry.
        String(hexDigest(of: "\(run)\u{0}\(path)").prefix(32))
    }

    /// The key for a step of this run. What follows an ending is done anew when a run that was taken up again ends
    /// again.
    private func key(for path: String) -> String {
        let isOnce = [PlanTree.main, PlanTree.verification].contains(PlanTree.section(path)) || record.takenUp == 0
        return Self.idempotencyKey(run: record.id, path: isOnce ? path : "\(path)#\(record.takenUp)")
    }

    /// The position of the attempt that `id` belongs to.
    func index(of id: OperationID) -> Int? {
        guard id.run == record.id else { return nil }
        return record.steps.lastIndex { $0.path == id.path && $0.attempt == id.attempt }
    }

    /// The id of the newest attempt at `path`.
    func lastID(at path: String) -> OperationID? {
        record.lastAttempt(at: path).map {
            OperationID(run: record.id, path: path, attempt: $0.attempt, poll: $0.wait?.attempts ?? 0)
        }
    }

    /// The order for an attempt.
    func order(_ id: OperationID, _ now: Moment) -> OperationOrder? {
        guard let step = step(at: id.path), let attempt = record.lastAttempt(at: id.path) else { return nil }
        let (operation, timeout): (Operation, TimeSpan)
        if tree.isProbe(id.path) {
            guard let probe = step.probe else { return nil }
            (operation, timeout) = (probe.operation, probe.timeout)
        } else {
            switch step.action {
            case .operation(let act): (operation, timeout) = (act, step.timeout)
            case .wait(let wait):
                let left = wait.deadline.map { remaining(of: $0, in: attempt, now) }
                (operation, timeout) = (wait.operation, left.map { min($0, step.timeout) } ?? step.timeout)
            case .verify, .branch, .group, .parallel, .pause, .approval: return nil
            }
        }
        let own = tree.isProbe(id.path) ? nil : ownTime(at: id.path, now)?.left
        return OperationOrder(
            id: id, operation: operation, effect: attempt.effect, idempotencyKey: attempt.idempotencyKey,
            timeout: own.map { min($0, timeout) } ?? timeout, hidden: HiddenTexts(of: operation, in: record.plan),
            runSecrets: RunSecrets(of: record))
    }

    // MARK: - Beginning

    /// Begins a step: asks its condition when it is the first time, or the first since the run was taken up again, and
    /// writes down that it begins.
    mutating func begin(_ place: Place, _ now: Moment) -> [RunAction] {
        let (path, step) = (place.path, place.step)
        let last = record.lastAttempt(at: path)
        // After a crash, or when a person tries again, one may come here whose outcome nobody knows.
        if let last, last.state == .unknown, last.effect == .once { return uncertain(path, last.result, now) }
        if let own = ownTime(at: path, now), own.left == .zero { return refuse(place, own.reason, now) }
        if let last, last.isToBeRepeated, let left = last.timer?.remaining(at: now), left > .zero {
            return sleep(path, now)
        }
        if last == nil || last?.takenUpBy != nil, let condition = step.when {
            switch asked(condition, at: path) {
            case .success(true): break
            case .success(false): return leaveOut(path, "'\(condition)' does not hold", by: nil, now)
            case .failure(let problem): return refuse(place, "when: \(problem)", now)
            }
        }
        return step.isComposite ? beginComposite(place, now) : begin(step, at: path, now)
    }

    /// Writes down that an attempt begins.
    mutating func begin(_ step: Plan.Step, at path: String, _ now: Moment) -> [RunAction] {
        let earlier = attemptsSinceDecision(at: path)
        guard earlier < Self.mostAttempts else {
            return ask(
                "step \(path) has begun \(earlier) times and never ended; did it happen?", about: tree.stepPath(path),
                now)
        }
        let lane = lane(of: path)
        append(path, step.effect, state: .intent, now)
        let index = record.steps.endIndex - 1
        let id = OperationID(run: record.id, path: path, attempt: record.steps[index].attempt)
        let next: Next
        switch step.action {
        case .operation: next = .start(id)
        case .wait(let wait):
            record.steps[index].wait = WaitLoop(wait.waiter)
            return beginPoll(path, now)
        case .verify:
            if path == PlanTree.verification { record.status = .verifying }
            next = .observe(path: path)
        case .pause(let pause):
            record.steps[index].timer = Deadline(start: now, length: pause.length(from: now.wall))
            next = .sleep(path: path)
        case .approval(let rule, message: _):
            record.steps[index].timer = Deadline(start: now, length: rule.expires)
            record.steps[index].approvals = []
            return commit(
                .state, "run.approval.requested", described(record.steps[index]), then: .approval(path: path),
                lane: lane, now)
        case .branch, .group, .parallel: next = .advance
        }
        return commit(.intent, "run.step.intent", described(record.steps[index]), then: next, lane: lane, now)
    }

    /// Writes down that the steps inside this one begin, and which.
    private mutating func beginComposite(_ place: Place, _ now: Moment) -> [RunAction] {
        var choice: String?
        switch place.step.action {
        case .branch(let branch):
            switch arm(of: branch, at: place.path) {
            case .success(let taken): choice = taken
            case .failure(let problem): return refuse(place, problem.description, now)
            }
        case .parallel where lane(of: place.path) != Self.main:
            return refuse(place, "lanes inside of lanes are not supported", now)
        default: break
        }
        append(place.path, place.step.effect, state: .intent, now)
        let index = record.steps.endIndex - 1
        record.steps[index].choice = choice
        record.steps[index].timer = ownTimer(at: place.path, now)
        return commit(
            .state, "run.step.begun", described(record.steps[index]), then: .advance, lane: lane(of: place.path), now)
    }

    /// Adds an attempt to the record.
    mutating func append(_ path: String, _ effect: Effect, state: StepState, _ now: Moment) {
        record.steps.append(
            StepRecord(
                path: path, attempt: (record.lastAttempt(at: path)?.attempt ?? 0) + 1, effect: effect,
                idempotencyKey: key(for: path), state: state, intentAt: now))
    }

    /// How often the step, or probe, at `path` has begun since a person last decided about that step.
    private func attemptsSinceDecision(at path: String) -> Int {
        let decided = record.steps.lastIndex {
            $0.path == tree.stepPath(path) && ($0.decidedBy != nil || $0.takenUpBy != nil)
        }
        return record.steps[(decided.map { $0 + 1 } ?? 0)...].count { $0.path == path }
    }

    // MARK: - Not beginning

    /// Settles a step that is left out.
    mutating func leaveOut(_ path: String, _ reason: String, by person: String?, _ now: Moment) -> [RunAction] {
        let lane = lane(of: path)
        let detail = noteLeftOut(path, reason, by: person, now)
        return commit(.state, "run.step.skipped", detail, then: .advance, lane: lane, now)
    }

    /// Notes that a step is left out, and says so for the audit.
    mutating func noteLeftOut(
        _ path: String, _ reason: String, by person: String?, _ now: Moment
    ) -> [String: JSONValue] {
        append(path, step(at: path)?.effect ?? .read, state: .skipped, now)
        let index = record.steps.endIndex - 1
        record.steps[index].endedAt = now.wall
        record.steps[index].decidedBy = person
        record.steps[index].neverBegan = true
        record.steps[index].result = OperationResult(outcome: .cancelled, reason: mask.masked(reason))
        return described(record.steps[index])
    }

    /// Fails a step that cannot even begin.
    mutating func refuse(_ place: Place, _ reason: String, _ now: Moment) -> [RunAction] {
        append(place.path, place.step.effect, state: .intent, now)
        record.steps[record.steps.endIndex - 1].neverBegan = true
        return settle(place.path, .failed, OperationResult(outcome: .failed, reason: reason), now)
    }

    // MARK: - Words

    /// What the audit says of an attempt.
    func described(_ entry: StepRecord) -> [String: JSONValue] {
        var detail: [String: JSONValue] = [
            "path": .string(entry.path), "attempt": .int(Int64(entry.attempt)),
            "effect": .string(entry.effect.rawValue),
            "state": .string(entry.state.rawValue), "key": .string(entry.idempotencyKey),
        ]
        if let status = entry.result?.status { detail["status"] = .int(Int64(status)) }
        if let reason = entry.result?.reason, !reason.isEmpty { detail["reason"] = .string(reason) }
        if let choice = entry.choice { detail["choice"] = .string(choice) }
        if let person = entry.decidedBy { detail["by"] = .string(person) }
        return detail
    }

    func notice(_ kind: RunNotice.Kind, _ text: String, about what: String) -> RunNotice {
        let key = Self.idempotencyKey(run: record.id, path: "\(kind.rawValue)/\(what)")
        return RunNotice(kind: kind, run: record.id, text: mask.masked(text), key: key)
    }
}
