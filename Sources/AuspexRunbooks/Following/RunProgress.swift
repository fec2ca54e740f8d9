import AuspexSignals

/// What has happened in a run between two looks at its record. Looking more seldom joins changes of one attempt, but no
/// attempt is ever left out.
package struct RunProgress: Sendable {
    private struct Seen: Hashable {
        var state: StepState
        var polls: Int
    }

    private struct Attempt: Hashable {
        var path: String
        var number: Int
    }

    private var status: RunStatus?
    private var question: String?
    private var seen: [Attempt: Seen] = [:]

    /// Nothing has been seen yet.
    package init() {}

    /// What is new in `record` since the last look, oldest first.
    package mutating func changes(in record: RunRecord) -> [RunChange] {
        var changes: [RunChange] = []
        let isOver = record.status.isOver
        if record.status != status, !isOver { changes.append(change(.status, record)) }
        for step in record.steps { changes += self.changes(of: step, record) }
        if let asked = asked(record), asked != question {
            changes.append(change(.question, record, ["question": .string(asked)]))
        }
        if isOver, record.status != status { changes.append(change(.ended, record)) }
        question = asked(record)
        status = record.status
        // Steps have times of their own; what has none has that of the record's last change.
        return changes.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(
            \.element)
    }

    private func asked(_ record: RunRecord) -> String? {
        record.status == .awaitingApproval
            ? "let the plan \(record.planHash) be carried out?" : record.question?.text
    }

    private func change(
        _ kind: RunChange.Kind, _ record: RunRecord, _ more: [String: JSONValue] = [:]
    ) -> RunChange {
        var data = more
        if kind == .question {
            if record.status == .awaitingApproval { data["planHash"] = .string(record.planHash) }
        } else {
            data["status"] = .string(record.status.rawValue)
            if let reason = record.ending?.reason { data["reason"] = .string(reason) }
        }
        return RunChange(
            time: kind == .status ? begun(record) : record.updatedAt, run: record.id,
            step: kind == .question ? record.question?.path : nil, kind: kind, data: data)
    }

    /// Since when the run stands where it does, as far as its steps tell; else its last change.
    private func begun(_ record: RunRecord) -> Timestamp {
        let hasBegun = status.map { ![.planned, .awaitingApproval].contains($0) } ?? false
        let first: StepRecord? =
            switch record.status {
            case .running: hasBegun ? nil : record.steps.first
            case .verifying: record.lastAttempt(at: PlanTree.verification)
            default: nil
            }
        return first?.intentAt.wall ?? record.updatedAt
    }

    private mutating func changes(of step: StepRecord, _ record: RunRecord) -> [RunChange] {
        let key = Attempt(path: step.path, number: step.attempt)
        let now = Seen(state: step.state, polls: step.wait?.attempts ?? 0)
        let before = seen.updateValue(now, forKey: key)
        guard before != now else { return [] }
        func change(_ kind: RunChange.Kind, _ time: Timestamp, _ data: [String: JSONValue]) -> RunChange {
            var data = data
            data["attempt"] = .int(Int64(step.attempt))
            return RunChange(time: time, run: record.id, step: step.path, kind: kind, data: data)
        }
        var changes: [RunChange] = []
        if before == nil {
            changes.append(change(.stepBegan, step.intentAt.wall, ["effect": .string(step.effect.rawValue)]))
        }
        if now.polls > max(1, before?.polls ?? 0) {
            changes.append(change(.stepPolled, record.updatedAt, ["poll": .int(Int64(now.polls))]))
        }
        if step.state.isSettled, before?.state != step.state {
            changes.append(change(.stepEnded, step.endedAt ?? record.updatedAt, step.outcome))
        } else if step.state != .intent, before?.state != step.state {
            changes.append(change(.stepState, record.updatedAt, step.outcome))
        }
        return changes
    }
}

extension StepRecord {
    /// What is told of how it stands.
    fileprivate var outcome: [String: JSONValue] {
        var data: [String: JSONValue] = ["state": .string(state.rawValue)]
        guard let result else { return data }
        if !result.reason.isEmpty { data["reason"] = .string(result.reason) }
        if let status = result.status { data["status"] = .int(Int64(status)) }
        if let code = result.errorCode { data["errorCode"] = .string(code) }
        if !result.output.text.isEmpty { data["output"] = .string(result.output.text) }
        if !result.errorOutput.text.isEmpty { data["errorOutput"] = .string(result.errorOutput.text) }
        if let decidedBy { data["decidedBy"] = .string(decidedBy) }
        return data
    }
}
