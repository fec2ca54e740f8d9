package import AuspexSignals

/// Runs that no engine can drive: their records cannot be read, or are not what they were.
extension RunRecord {
    /// What a journal still knows of a run whose record it cannot read.
    package struct Remains: Hashable, Sendable {
        /// The run's id.
        package var id: String
        /// What started it.
        package var triggerKey: String
        /// The runbook's id.
        package var runbook: String
        /// Who or what asked for it.
        package var requestedBy: String
        /// Whether it was recorded and nothing else.
        package var isShadow: Bool
        /// Whether it was open.
        package var isOpen: Bool
        /// When it was made.
        package var createdAt: Timestamp
        /// The revision that is stored.
        package var revision: Int64

        /// Gathers what is known.
        package init(
            id: String, triggerKey: String, runbook: String, requestedBy: String, isShadow: Bool, isOpen: Bool,
            createdAt: Timestamp, revision: Int64
        ) {
            self.id = id
            self.triggerKey = triggerKey
            self.runbook = runbook
            self.requestedBy = requestedBy
            self.isShadow = isShadow
            self.isOpen = isOpen
            self.createdAt = createdAt
            self.revision = revision
        }
    }

    /// The hash of a plan that nobody can read: no plan has it.
    private static let noHash = "unreadable"

    /// A record in the place of one that cannot be read, so that people see the run and can end it. One that was open waits
    /// for a decision; of one that was over nobody knows how it ended, and it counts as failed.
    ///
    /// - Parameter reason: Why it cannot be read.
    package init(of remains: Remains, because reason: String) {
        let plan = Plan(
            runbook: remains.runbook, version: 0, title: "a run whose record cannot be read", owner: "",
            parameters: [:],
            sensitive: [], locks: [], deadline: Plan.defaultDeadline, steps: [],
            verification: Verification(soak: .zero, within: .zero), onFailure: [], always: [])
        self.init(
            id: remains.id, plan: plan, planHash: Self.noHash, triggerKey: remains.triggerKey,
            mode: remains.isShadow ? .shadow : .manual, requestedBy: remains.requestedBy, createdAt: remains.createdAt)
        revision = remains.revision
        let problem = "the record of this run cannot be read: \(reason)"
        if remains.isOpen {
            status = .needsDecision
            questions = [Question(path: nil, text: RunState.unfitQuestion(problem))]
        } else if !remains.isShadow {
            status = .failed
            ending = .failed(reason: "\(problem); nobody knows how it ended, so it counts as failed")
        }
    }

    /// Whether it stands in the place of one that cannot be read.
    package var isUnreadable: Bool { planHash == Self.noHash }

    /// Why no engine can drive the run; nil when one can.
    package var unfitness: RunStateError? {
        guard !isUnreadable else { return .unreadable(run: id) }
        return plan.hash == planHash ? nil : .planChanged(run: id)
    }
}

extension RunState {
    /// What a person is asked about a run that no engine can drive.
    static func unfitQuestion(_ problem: String) -> String {
        "\(problem); nothing of it is carried out any more. Look at what it may have done, then cancel it"
    }

    /// The change by which a run that no engine can drive is set aside for a person.
    ///
    /// - Returns: nil when that has been done already.
    package static func settingAside(
        _ record: RunRecord, because problem: RunStateError, now: Moment
    ) -> RunCommit? {
        guard record.status != .needsDecision || !record.questions.contains(where: { $0.path == nil }) else {
            return nil
        }
        var record = record
        let text = unfitQuestion("\(problem)")
        record.status = .needsDecision
        record.stopping = nil
        record.questions = [RunRecord.Question(path: nil, text: text)]
        record.revision += 1
        record.updatedAt = now.wall
        return RunCommit(
            kind: .state, record: record,
            audit: RunAudit(kind: "run.needs_decision", detail: .object(["question": .string(text)])))
    }

    /// The change by which a run that no engine can drive ends. Nothing of its plan is carried out.
    package static func endingUnfit(_ record: RunRecord, _ ending: RunEnding, by person: String, now: Moment)
        -> RunCommit
    {
        var record = record
        record.status = ending.status
        record.stopping = nil
        record.ending = ending
        record.questions = []
        record.hold = nil
        record.revision += 1
        record.updatedAt = now.wall
        var detail: [String: JSONValue] = ["by": .string(person)]
        if let reason = ending.reason { detail["reason"] = .string(SecretMask(record.plan.secrets).masked(reason)) }
        return RunCommit(
            kind: .state, record: record,
            audit: RunAudit(kind: "run.\(ending.status.rawValue)", detail: .object(detail)))
    }

    /// What people are told of a run that no engine can drive.
    package static func unfitNotice(_ record: RunRecord, because problem: RunStateError) -> RunNotice {
        RunNotice(
            kind: .decisionNeeded, run: record.id,
            text: "run \(record.id) of \(record.plan.runbook): \(record.question?.text ?? unfitQuestion("\(problem)"))",
            key: "\(record.id)/unfit")
    }
}
