import AuspexSignals

extension RunRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, plan, planHash, triggerKey, alertID, mode, requestedBy, createdAt, updatedAt, status, stopping, ending
        case steps, deadline, closingDeadline, approvalDeadline, approvedBy, approvals, questions, question, hold,
            standingSince, takenUp, takenUpBy
        case recoveries, revision
    }

    /// Reads a run, also one that an older engine wrote: it had at most one question, and knew nothing of holds.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        plan = try values.decode(Plan.self, forKey: .plan)
        planHash = try values.decode(String.self, forKey: .planHash)
        triggerKey = try values.decode(String.self, forKey: .triggerKey)
        alertID = try values.decodeIfPresent(String.self, forKey: .alertID)
        mode = try values.decode(RunMode.self, forKey: .mode)
        requestedBy = try values.decode(String.self, forKey: .requestedBy)
        createdAt = try values.decode(Timestamp.self, forKey: .createdAt)
        updatedAt = try values.decode(Timestamp.self, forKey: .updatedAt)
        status = try values.decode(RunStatus.self, forKey: .status)
        stopping = try values.decodeIfPresent(RunEnding.self, forKey: .stopping)
        ending = try values.decodeIfPresent(RunEnding.self, forKey: .ending)
        steps = try values.decode([StepRecord].self, forKey: .steps)
        deadline = try values.decodeIfPresent(Deadline.self, forKey: .deadline)
        closingDeadline = try values.decodeIfPresent(Deadline.self, forKey: .closingDeadline)
        approvalDeadline = try values.decodeIfPresent(Deadline.self, forKey: .approvalDeadline)
        approvedBy = try values.decodeIfPresent(String.self, forKey: .approvedBy)
        approvals = try values.decodeIfPresent([Approval].self, forKey: .approvals) ?? []
        let only = try values.decodeIfPresent(Question.self, forKey: .question)
        questions = try values.decodeIfPresent([Question].self, forKey: .questions) ?? (only.map { [$0] } ?? [])
        hold = try values.decodeIfPresent(Hold.self, forKey: .hold)
        standingSince = try values.decodeIfPresent(Moment.self, forKey: .standingSince)
        takenUp = try values.decodeIfPresent(Int.self, forKey: .takenUp) ?? 0
        takenUpBy = try values.decodeIfPresent(String.self, forKey: .takenUpBy)
        recoveries = try values.decode(Int.self, forKey: .recoveries)
        revision = try values.decode(Int64.self, forKey: .revision)
    }

    /// Writes a run. The first question is also written by itself, for those who look for one.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id, forKey: .id)
        try values.encode(plan, forKey: .plan)
        try values.encode(planHash, forKey: .planHash)
        try values.encode(triggerKey, forKey: .triggerKey)
        try values.encodeIfPresent(alertID, forKey: .alertID)
        try values.encode(mode, forKey: .mode)
        try values.encode(requestedBy, forKey: .requestedBy)
        try values.encode(createdAt, forKey: .createdAt)
        try values.encode(updatedAt, forKey: .updatedAt)
        try values.encode(status, forKey: .status)
        try values.encodeIfPresent(stopping, forKey: .stopping)
        try values.encodeIfPresent(ending, forKey: .ending)
        try values.encode(steps, forKey: .steps)
        try values.encodeIfPresent(deadline, forKey: .deadline)
        try values.encodeIfPresent(closingDeadline, forKey: .closingDeadline)
        try values.encodeIfPresent(approvalDeadline, forKey: .approvalDeadline)
        try values.encodeIfPresent(approvedBy, forKey: .approvedBy)
        if !approvals.isEmpty { try values.encode(approvals, forKey: .approvals) }
        try values.encodeIfPresent(question, forKey: .question)
        if !questions.isEmpty { try values.encode(questions, forKey: .questions) }
        try values.encodeIfPresent(hold, forKey: .hold)
        try values.encodeIfPresent(standingSince, forKey: .standingSince)
        if takenUp > 0 { try values.encode(takenUp, forKey: .takenUp) }
        try values.encodeIfPresent(takenUpBy, forKey: .takenUpBy)
        try values.encode(recoveries, forKey: .recoveries)
        try values.encode(revision, forKey: .revision)
    }
}
