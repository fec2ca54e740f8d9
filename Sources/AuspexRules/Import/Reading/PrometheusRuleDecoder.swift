import AuspexDocuments
import AuspexSignals

/// Decodes one rule of a group.
struct PrometheusRuleDecoder {
    /// What a rule turns out to be.
    enum Outcome {
        /// An alert that is well-formed.
        case alert(PrometheusRule)
        /// A rule that records what Prometheus computes under this name.
        case recording(String)
        /// A rule with mistakes.
        case refused(ImportFinding.Subject, [DocumentDiagnostic])
    }

    /// The group's own labels.
    let groupLabels: [PrometheusRule.Entry]
    /// What the rule is called as long as it has no name: `rule 3 of group 'node'`.
    let description: String

    /// What `node` is. A rule with a mistake in it is refused: without its `for`, say, it would be another one.
    func decode(_ node: DocumentNode) -> Outcome {
        let collector = DiagnosticCollector()
        var reader = MappingReader(node, named: "a rule", reporting: collector)
        // Without a name a rule is none.
        let name = reader.optionalString("alert").flatMap { $0.isEmpty ? nil : $0 }
        let recorded = reader.optionalString("record").flatMap { $0.isEmpty ? nil : $0 }
        let expression = reader.textNode("expr")?.node
        let hold = duration("for", &reader)
        let keepFiring = duration("keep_firing_for", &reader)
        let labels = entries("labels", &reader)
        let annotations = entries("annotations", &reader)
        reader.finish()
        if let recorded, name == nil { return .recording(recorded) }
        if recorded != nil { reader.report("record", "a rule has 'alert' or 'record', not both") }
        if name == nil, node.entries != nil { collector.report(node.location, "a rule needs 'alert' or 'record'") }
        guard let name, let expression, collector.isEmpty else {
            return .refused(name.map { .alert($0) } ?? .other(description), collector.diagnostics)
        }
        return .alert(
            PrometheusRule(
                name: name, location: node.location, expression: expression, hold: hold, keepFiring: keepFiring,
                labels: Self.merged(groupLabels, labels), annotations: annotations))
    }

    private func duration(_ key: String, _ reader: inout MappingReader) -> TimeSpan {
        guard let (node, text) = reader.optionalTextNode(key) else { return .zero }
        if let span = PromQLDuration.span(text) { return span }
        reader.collector.report(
            node.location, "'\(key)' must be a length of time such as 5m or 1h30m, not \(node.kind)")
        return .zero
    }

    private func entries(_ key: String, _ reader: inout MappingReader) -> [PrometheusRule.Entry] {
        Self.entries(reader.optionalEntries(key) ?? [], of: key, reporting: reader.collector)
    }

    /// Names with texts; what is empty counts as an empty text.
    static func entries(
        _ entries: [DocumentNode.Entry], of key: String, reporting collector: DiagnosticCollector
    ) -> [PrometheusRule.Entry] {
        entries.compactMap { entry in
            guard let text = entry.value.text ?? (entry.value.isNull ? "" : nil) else {
                collector.report(
                    entry.value.location, "'\(entry.key)' in '\(key)' must be text, not \(entry.value.kind)")
                return nil
            }
            return PrometheusRule.Entry(name: entry.key, text: text, location: entry.keyLocation)
        }
    }

    /// The labels of both; the rule's win.
    private static func merged(
        _ group: [PrometheusRule.Entry], _ rule: [PrometheusRule.Entry]
    ) -> [PrometheusRule.Entry] {
        let own = Set(rule.map(\.name))
        return (group.filter { !own.contains($0.name) } + rule).sorted { $0.name < $1.name }
    }
}
