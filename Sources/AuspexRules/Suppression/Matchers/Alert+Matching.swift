package import AuspexSignals

extension Alert {
    /// The labels by which silences and windows see the alert: its own, and where it has none of that name `alertname` with
    /// the rule's identifier and `severity`.
    package var matchedLabels: Labels { labels.matched(rule: rule, severity) }
}

extension Rule {
    /// The ``Alert/matchedLabels`` of the rule's alert about `group`.
    func matchedLabels(of group: Labels) -> Labels { summary.alertLabels(of: group).matched(rule: id, severity) }
}

extension Labels {
    fileprivate func matched(rule: String, _ severity: Severity) -> Labels {
        let own = pairs.map { ($0.name, $0.value) }
        return Labels(Dictionary([("alertname", rule), ("severity", severity.rawValue)] + own) { _, last in last })
    }
}
