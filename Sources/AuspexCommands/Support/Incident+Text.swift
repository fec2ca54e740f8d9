import AuspexRules
import AuspexSignals

extension Incident {
    /// How it stands, in a line.
    var line: String {
        let person = acknowledgedBy.isEmpty ? "" : " by \(acknowledgedBy)"
        return "\(id)  \(state.rawValue)\(state == .acknowledged ? person : "")  \(title)"
    }

    /// All of it, for people.
    var report: String {
        var lines = [
            title, "\(id), \(severity.rawValue), \(state.rawValue), since \(startedAt.iso8601)",
        ]
        if !acknowledgedBy.isEmpty { lines.append("taken on by \(acknowledgedBy)") }
        if let resolvedAt { lines.append("over since \(resolvedAt.iso8601)") }
        if !services.isEmpty { lines.append("services: \(services.joined(separator: ", "))") }
        if !labels.pairs.isEmpty { lines.append("labels: \(labels)") }
        if !suspects.isEmpty { lines += ["", "Suspected changes"] + suspects.map { "  \($0.line)" } }
        lines += ["", "Alerts: \(alertCount), of which \(firingCount) fire"]
        lines += aligned(
            alerts.map { alert in
                [
                    "  \(alert.id)", alert.resolvedAt == nil ? "firing" : "resolved", alert.firedAt.iso8601,
                    alert.title, alert.service, alert.reason,
                ]
            }
        ).split(separator: "\n").map(String.init)
        if foldedCount > 0 { lines.append("  and \(foldedCount) more") }
        lines += ["", "History"]
        lines += history.map { entry in
            let actor = entry.actor.isEmpty ? "" : "\(entry.actor): "
            return "  \(entry.at.iso8601)  \(entry.kind.rawValue)  \(actor)\(entry.text)"
        }
        return lines.joined(separator: "\n")
    }
}

extension SuspectedChange {
    fileprivate var line: String {
        let version = change.version.isEmpty ? "" : " to \(change.version)"
        let share = (100 * score).rounded()
        return "\(Int(share)) %  \(change.kind.rawValue) \(change.id) of \(change.service)\(version): \(evidence)"
    }
}

extension Alert {
    /// All of it, for people.
    func report(in incident: Incident?) -> String {
        var lines = ["\(title) \(group)", "\(id), rule \(rule), \(severity.rawValue), \(state.rawValue)"]
        lines.append("began \(startedAt.iso8601)" + (firedAt.map { ", fired \($0.iso8601)" } ?? ""))
        if let resolvedAt { lines.append("over \(resolvedAt.iso8601)" + (note.isEmpty ? "" : ": \(note)")) }
        if let heldBack { lines.append("nobody is told: \(heldBack)") }
        if let standsFor { lines.append("stands for \(standsFor) alerts") }
        if !owner.isEmpty { lines.append("owner: \(owner)") }
        if !runbookURL.isEmpty { lines.append("read: \(runbookURL)") }
        lines.append("labels: \(labels)")
        lines.append("because: \(evidence.text)")
        for (name, other) in (related ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines.append("and \(name): \(other.text)")
        }
        if let risk {
            lines.append("risk: \(Int(risk.score.rounded())), \(risk.band)")
            lines += risk.reasons.map { "  \($0.text)" }
        }
        if let incident { lines.append("incident: \(incident.line)") }
        return lines.joined(separator: "\n")
    }
}
