import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// Decodes one rule by the closed schema.
struct RuleDecoder {
    /// The runbooks that there are; nil for not checking.
    let runbooks: Set<String>?
    /// Where mistakes go.
    let collector: DiagnosticCollector

    /// Blocks of the grammar that are to come: they must not be ignored, because a rule without its throttle is another
    /// rule.
    static let unsupported = ["requires_engine", "throttle", "inhibited_by", "exceptions", "risk", "limits"]
    static let unsupportedReason = "is not supported by this version; take it out (it must not be ignored)"

    /// The rule; nil when something essential is missing or wrong, which is then reported.
    func rule(_ node: DocumentNode) -> Rule? {
        var reader = MappingReader(node, named: "a rule", reporting: collector)
        _ = reader.string("kind")
        let id = reader.identifier("id")
        let title = reader.string("title")
        let owner = reader.optionalString("owner") ?? ""
        let status = reader.optionalChoice("status", of: Rule.Status.self) ?? .experimental
        let severity = reader.choice("severity", of: Severity.self)
        let runbookURL = reader.optionalString("runbook_url") ?? ""
        let labels = reader.labels("labels")
        let falsePositives = reader.optionalStrings("falsepositives") ?? []
        let condition = reader.node("when").flatMap { self.condition($0) }
        let missingData = missingData(&reader, condition)
        let groupBy = groupBy(&reader)
        let responses = responses(&reader, condition, status)
        let tests = tests(&reader, ruleID: id)
        reader.refuse(Self.unsupported, because: Self.unsupportedReason)
        reader.finish()
        checkURL(runbookURL, reader)
        guard let id, let title, let severity, let condition else { return nil }
        return Rule(
            id: id, title: title, owner: owner, status: status, severity: severity, runbookURL: runbookURL,
            labels: labels, falsePositives: falsePositives, condition: condition, missingData: missingData,
            groupBy: groupBy, responses: responses, tests: tests, location: node.location)
    }

    private func missingData(_ reader: inout MappingReader, _ condition: Condition?) -> Rule.MissingData {
        let choice = reader.optionalChoice("missing_data", of: Rule.MissingData.self)
        if choice != nil, let condition, condition.source != .metric {
            reader.report(
                "missing_data", "'missing_data' is about series; source \(condition.source.rawValue) has none")
        }
        return choice ?? .hold
    }

    private func groupBy(_ reader: inout MappingReader) -> [String]? {
        guard let names = reader.optionalStrings("group_by") else { return nil }
        if Set(names).count < names.count { reader.report("group_by", "'group_by' has a label twice") }
        return names
    }

    /// A link that a page shows must not be a script.
    private func checkURL(_ url: String, _ reader: MappingReader) {
        guard !url.isEmpty, !url.hasPrefix("https://"), !url.hasPrefix("http://") else { return }
        reader.report("runbook_url", "'runbook_url' must begin with https:// or http://, not '\(url)'")
    }

    private func tests(_ reader: inout MappingReader, ruleID: String?) -> [RuleTest] {
        let nodes = reader.optionalList("tests") ?? []
        return nodes.compactMap { RuleTestDecoder(ruleID: ruleID ?? "", collector: collector).test($0) }
    }
}
