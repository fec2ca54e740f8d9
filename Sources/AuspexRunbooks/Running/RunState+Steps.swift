import AuspexSignals

extension RunState {
    /// The path of the verification at the end.
    static let verificationPath = "verify"
    /// What follows a step's path in the path of its probe. A step's own path has two parts, its probe's three.
    private static let probeSuffix = "/probe"

    /// A step together with where it stands.
    struct Place {
        var path: String
        var step: Plan.Step
    }

    /// The steps of the section that the run is in, in order.
    private var section: [Place] {
        func places(_ name: String, _ steps: [Plan.Step]) -> [Place] {
            steps.map { Place(path: "\(name)/\($0.id)", step: $0) }
        }
        let always = places("always", record.plan.always)
        switch record.ending {
        case nil:
            let last = Plan.Step(id: Self.verificationPath, action: .verify(record.plan.verification), effect: .read)
            return places("steps", record.plan.steps) + [Place(path: Self.verificationPath, step: last)]
        case .failed: return places("on_failure", record.plan.onFailure) + always
        case .verified, .cancelled: return always
        }
    }

    /// The first step of the section that is not settled and may still begin; nil when there is none.
    func upNext(_ now: Moment) -> Place? {
        let isLate = isLate(now)
        return section.first { place in
            !(record.lastAttempt(at: place.path)?.state.isSettled ?? false) && (!isLate || place.step.isNotice)
        }
    }

    /// Whether the step at `path`, or the one whose probe it is, belongs to the section that the run is in.
    func isInSection(_ path: String) -> Bool { section.contains { $0.path == Self.stepPath(path) } }

    /// The step at `path`, or the one whose probe it is.
    func step(at path: String) -> Plan.Step? {
        let path = Self.stepPath(path)
        if path == Self.verificationPath {
            return Plan.Step(id: path, action: .verify(record.plan.verification), effect: .read)
        }
        let parts = path.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let steps: [Plan.Step]? =
            switch parts[0] {
            case "steps": record.plan.steps
            case "on_failure": record.plan.onFailure
            case "always": record.plan.always
            default: nil
            }
        return steps?.first { $0.id == parts[1] }
    }

    /// Whether `path` is that of a probe.
    package static func isProbe(_ path: String) -> Bool {
        path.hasSuffix(probeSuffix) && path.count { $0 == "/" } == 2
    }
    static func stepPath(_ path: String) -> String { isProbe(path) ? String(path.dropLast(probeSuffix.count)) : path }
    static func probePath(_ path: String) -> String { path + probeSuffix }

    /// The key by which the other side can tell a repetition of a step: the same for all attempts, also after a
    /// restart.
    package static func idempotencyKey(run: String, path: String) -> String {
        // 128 of the digest's 256 bits: as many as a UUID has, and what header fields of that name usually carry.
        String(hexDigest(of: "\(run)\u{0}\(path)").prefix(32))
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
        if Self.isProbe(id.path) {
            guard let probe = step.probe else { return nil }
            (operation, timeout) = (probe.operation, probe.timeout)
        } else {
            switch step.action {
            case .operation(let act): (operation, timeout) = (act, step.timeout)
            case .wait(let wait):
                let left = wait.deadline.map { Deadline(start: attempt.intentAt, length: $0).remaining(at: now) }
                (operation, timeout) = (wait.operation, left.map { min($0, step.timeout) } ?? step.timeout)
            case .verify: return nil
            }
        }
        return OperationOrder(
            id: id, operation: operation, effect: attempt.effect, idempotencyKey: attempt.idempotencyKey,
            timeout: timeout)
    }

    // MARK: - Beginning and ending

    /// Writes down that an attempt begins.
    mutating func begin(_ step: Plan.Step, at path: String, _ now: Moment) -> [RunAction] {
        let attempt = (record.lastAttempt(at: path)?.attempt ?? 0) + 1
        let earlier = attemptsSinceDecision(at: path)
        guard earlier < Self.mostAttempts else {
            return ask(
                "step \(path) has begun \(earlier) times and never ended; did it happen?",
                about: Self.stepPath(path), now)
        }
        var entry = StepRecord(
            path: path, attempt: attempt, effect: step.effect,
            idempotencyKey: Self.idempotencyKey(run: record.id, path: path), state: .intent, intentAt: now)
        let id = OperationID(run: record.id, path: path, attempt: attempt)
        let next: Next
        switch step.action {
        case .operation: next = .start(id)
        case .wait(let wait):
            entry.wait = WaitLoop(wait.waiter)
            record.steps.append(entry)
            return beginPoll(path, now)
        case .verify:
            if path == Self.verificationPath { record.status = .verifying }
            next = .observe(path: path)
        }
        record.steps.append(entry)
        return commit(.intent, "run.step.intent", described(entry), then: next, now)
    }

    /// How often the step, or probe, at `path` has begun since a person last decided about that step.
    private func attemptsSinceDecision(at path: String) -> Int {
        let decided = record.steps.lastIndex { $0.path == Self.stepPath(path) && $0.decidedBy != nil }
        return record.steps[(decided.map { $0 + 1 } ?? 0)...].count { $0.path == path }
    }

    /// Takes the end of an operation in.
    mutating func ended(_ id: OperationID, _ result: OperationResult, _ now: Moment) -> [RunAction] {
        switch phase {
        case .operating(id), .locating(id): break
        default: return []
        }
        if Self.isProbe(id.path) { return probed(id.path, result, now) }
        if record.lastAttempt(at: id.path)?.wait != nil { return polled(id.path, result, now) }
        guard let step = step(at: id.path) else { return advance(now) }
        if step.effect == .once, result.outcome == .unknown { return uncertain(id.path, result, now) }
        return settle(id.path, Self.state(of: result), result, now)
    }

    static func state(of result: OperationResult) -> StepState {
        switch result.outcome {
        case .succeeded: .done
        case .failed, .unknown: .failed
        case .timedOut: .timedOut
        case .cancelled: .cancelled
        }
    }

    /// Ends an attempt and goes on.
    mutating func settle(
        _ path: String, _ state: StepState, _ result: OperationResult, _ now: Moment
    ) -> [RunAction] {
        guard let index = record.steps.lastIndex(where: { $0.path == path }) else { return advance(now) }
        record.steps[index].state = state
        record.steps[index].endedAt = now.wall
        record.steps[index].result = result.excerpt(limit: Self.excerptBytes, mask: mask)
        heedStop(now)
        let step = step(at: path)
        // A message that does not get through is no reason to give a remedy up.
        let isTolerated = step?.continuesOnError ?? false || step?.isNotice ?? false
        if state != .done, !isTolerated, record.ending == nil {
            let reason = result.reason.isEmpty ? state.rawValue : result.reason
            close(.failed(reason: mask.masked("\(path): \(reason)")), now)
        } else if path == Self.verificationPath, record.ending == nil {
            close(.verified, now)
        }
        if record.ending != nil, record.status == .verifying { record.status = .running }
        let settled = record.steps[index]
        return commit(.result, "run.step.result", described(settled), then: .advance, now)
    }

    /// Ends an attempt that the run was stopped in before anything more could happen in it.
    mutating func settleStopped(path: String, _ now: Moment) -> [RunAction] {
        settle(path, .cancelled, OperationResult(outcome: .cancelled, reason: "the run was stopped"), now)
    }

    // MARK: - Words

    /// Stores the record; `next` follows when it is on disk.
    mutating func commit(
        _ kind: RunCommit.Kind, _ event: String, _ detail: [String: JSONValue], then next: Next, _ now: Moment
    ) -> [RunAction] {
        record.revision += 1
        record.updatedAt = now.wall
        phase = .committing(then: next)
        let audit = RunAudit(kind: event, detail: .object(detail))
        return [.commit(RunCommit(kind: kind, record: record, audit: audit))]
    }

    /// What the audit says of an attempt.
    func described(_ entry: StepRecord) -> [String: JSONValue] {
        var detail: [String: JSONValue] = [
            "path": .string(entry.path), "attempt": .int(Int64(entry.attempt)),
            "effect": .string(entry.effect.rawValue),
            "state": .string(entry.state.rawValue), "key": .string(entry.idempotencyKey),
        ]
        if let status = entry.result?.status { detail["status"] = .int(Int64(status)) }
        if let reason = entry.result?.reason, !reason.isEmpty { detail["reason"] = .string(reason) }
        return detail
    }

    /// What people are told of a run that waits for approval.
    var approvalNotice: RunNotice {
        let plan = record.plan
        return notice(
            .approvalNeeded, "run \(record.id) of \(plan.runbook) waits for approval of plan \(record.planHash)")
    }

    /// What people are told of a run that waits for a decision.
    var decisionNotice: RunNotice {
        notice(.decisionNeeded, "run \(record.id) of \(record.plan.runbook): \(record.question?.text ?? "")")
    }

    private func notice(_ kind: RunNotice.Kind, _ text: String) -> RunNotice {
        let key = Self.idempotencyKey(run: record.id, path: "\(kind.rawValue)/\(record.revision)")
        return RunNotice(kind: kind, run: record.id, text: mask.masked(text), key: key)
    }
}
