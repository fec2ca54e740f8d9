import AuspexRunbooks
import AuspexSignals

extension RunRecord {
    /// The run for people: what it is, how it stands, its steps, and what can be said to it next. Nothing in it can act upon
    /// a terminal, whatever programs have written.
    ///
    /// - Parameters:
    ///   - isTold: Whether it has just been told something, which it may not have heard yet.
    ///   - withOutputs: Whether to show what the steps have written, as far as the journal keeps it.
    ///   - directory: The directory of its journal, when no server has it.
    func text(isTold: Bool = false, withOutputs: Bool = false, in directory: String? = nil) -> String {
        var head = [
            ["run", id], ["runbook", "\(plan.runbook) \(plan.version): \(plan.title)"], ["status", standing],
            ["mode", mode.word], ["by", requestedBy], ["created", createdAt.iso8601], ["plan", planHash],
        ]
        if let alertID { head.append(["alert", alertID]) }
        if let approvedBy { head.append(["approved by", approvedBy]) }
        for question in questions { head.append(["question", question.text]) }
        if let hold { head.append(["held by", "\(hold.by): \(hold.reason)"]) }
        var parts = [aligned(head.map { $0.map(PlainText.line) })]
        if !steps.isEmpty {
            parts.append(aligned([["STEP", "ATTEMPT", "STATE", "RESULT"]] + steps.map(\.cells)))
        }
        if withOutputs { parts += steps.flatMap(\.outputs) }
        if let next = nextCommand(isTold: isTold, in: directory) { parts.append("next: \(next)") }
        return parts.joined(separator: "\n\n")
    }

    private var standing: String {
        guard let reason = ending?.reason, !reason.isEmpty else { return status.rawValue }
        return "\(status.rawValue): \(reason)"
    }

    private func nextCommand(isTold: Bool, in directory: String?) -> String? {
        guard isOpen else { return nil }
        if let directory { return "auspex runbook resume \(id) --data \(PlainText.line(directory))" }
        let show = "auspex runbook show \(id)"
        guard !isTold else { return show }
        guard !awaitsApproval else { return "auspex runbook approve \(id) --plan \(planHash)" }
        return switch status {
        case .needsDecision: "auspex runbook decide \(id) done|run_again|give_up"
        default: show + " --follow"
        }
    }
}

extension StepRecord {
    fileprivate var cells: [String] {
        [path, String(attempt), state.rawValue, PlainText.line(result?.reason ?? "")]
    }

    /// What it has written, under a heading each.
    fileprivate var outputs: [String] {
        [("output", result?.output), ("error output", result?.errorOutput)].compactMap { name, text in
            guard let text = text?.text, !text.isEmpty else { return nil }
            let lines = PlainText.lines(text.last?.isNewline ?? false ? String(text.dropLast()) : text)
            return "\(path), attempt \(attempt), \(name):\n" + lines.map { "  " + $0 }.joined(separator: "\n")
        }
    }
}
