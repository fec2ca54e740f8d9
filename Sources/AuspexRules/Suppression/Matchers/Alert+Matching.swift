package import AuspexSignals

extension Alert {
    /// The labels by which silences and windows see the alert: its own, and where it has none of that name `alertname` with
    /// the rule's identifier and `severity`.
    package var matchedLabels: Labels {
        let own = labels.pairs.map { ($0.name, $0.value) }
        return Labels(
            Dictionary([("alertname", rule), ("severity", severity.rawValue)] + own) { _, last in last })
    }
}
