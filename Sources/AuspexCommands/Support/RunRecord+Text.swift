import AuspexRunbooks
import AuspexSignals

extension RunRecord {
    /// The run for people: what it is, how it stands, its steps, and what can be said to it next.
    ///
    /// - Parameter isTold: Whether it has just been told something, which it may not have heard yet.
    func text(isTold: Bool = false) -> String {
        var head = [
            ["run", id], ["runbook", "\(plan.runbook) \(plan.version): \(plan.title)"], ["status", standing],
            ["mode", mode.word], ["by", requestedBy], ["created", createdAt.iso8601], ["plan", planHash],
        ]
        if let approvedBy { head.append(["approved by", approvedBy]) }
        for question in questions { head.append(["question", question.text]) }
        if let hold { head.append(["held by", "\(hold.by): \(hold.reason)"]) }
        var parts = [aligned(head)]
        if !steps.isEmpty {
            parts.append(aligned([["STEP", "ATTEMPT", "STATE", "RESULT"]] + steps.map(\.cells)))
        }
        if let next = nextCommand(isTold: isTold) { parts.append("next: \(next)") }
        return parts.joined(separator: "\n\n")
    }

    private var standing: String {
        guard let reason = ending?.reason, !reason.isEmpty else { return status.rawValue }
        return "\(status.rawValue): \(reason)"
    }

    private func nextCommand(isTold: Bool) -> String? {
        guard isOpen else { return nil }
        let show = "auspex runbook show \(id)"
        guard !isTold else { return show }
        guard !awaitsApproval else { return "auspex runbook approve \(id) --plan \(planHash)" }
        return switch status {
        case .needsDecision: "auspex runbook resume \(id) --decision done|run_again|give_up"
        default: show
        }
    }
}

extension StepRecord {
    fileprivate var cells: [String] {
        [path, String(attempt), state.rawValue, state == .done ? "" : result?.reason ?? ""]
    }
}
