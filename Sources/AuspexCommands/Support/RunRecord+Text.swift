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
        if let question { head.append(["question", question.text]) }
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
        return switch status {
        case .awaitingApproval: "auspex runbook approve \(id) --plan \(planHash)"
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
