import AuspexSignals

/// The text of a rule that was imported.
struct RuleText {
    /// The rule's identifier.
    let id: String
    /// One line for people.
    let title: String
    /// How much its alerts matter.
    let severity: Severity
    /// What to read; empty when there is nothing.
    let runbookURL: String
    /// Labels that its alerts get, in order.
    let labels: [(name: String, value: String)]
    /// The condition's expression.
    let condition: String
    /// How long it has to hold.
    let hold: TimeSpan
    /// How long the alert goes on firing afterwards.
    let keepFiring: TimeSpan
    /// What stands above the rule for people.
    let comments: [String]

    /// What the condition is called; its expression calls the fact `m`, as every condition on metrics may.
    private static let conditionName = "series"

    /// The rule as one YAML document.
    var document: String {
        var text = comments.map(YAMLText.comment).joined()
        text += "kind: rule\n"
        text += line("id", id) + line("title", title)
        text += line("status", Rule.Status.experimental.rawValue) + line("severity", severity.rawValue)
        if !runbookURL.isEmpty { text += line("runbook_url", runbookURL) }
        if !labels.isEmpty {
            text += "labels:\n" + labels.map { "  " + line(YAMLText.scalar($0.name), $0.value) }.joined()
        }
        text += "when:\n  \(Self.conditionName):\n"
        text += "    " + line("source", FactSource.metric.rawValue)
        text += "    " + line("where", condition)
        if hold > .zero { text += "    for: \(hold)\n" }
        if keepFiring > .zero { text += "    keep_firing_for: \(keepFiring)\n" }
        // A series that is gone has no value in Prometheus, so that its alert ends.
        return text + line("missing_data", Rule.MissingData.resolve.rawValue)
    }

    private func line(_ key: String, _ value: String) -> String {
        "\(key): \(YAMLText.scalar(value))\n"
    }
}
