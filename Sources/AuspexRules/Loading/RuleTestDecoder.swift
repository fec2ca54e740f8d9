import AuspexDocuments
import AuspexSignals

/// Decodes one test of a rule.
struct RuleTestDecoder {
    /// The rule that the test belongs to.
    let ruleID: String
    /// Where mistakes go.
    let collector: DiagnosticCollector

    /// The test; nil when something essential is missing.
    func test(_ node: DocumentNode) -> RuleTest? {
        var reader = MappingReader(node, named: "a test", reporting: collector)
        let name = reader.string("name")
        let given = reader.mapping("given")
        let checkpoints = (reader.mappings("expect", named: "an entry of 'expect'") ?? []).compactMap { checkpoint($0) }
        reader.finish()
        if reader.has("expect"), checkpoints.isEmpty {
            reader.report("expect", "'expect' is empty, so the test can't fail")
        }
        let facts = given.map { GivenDecoder(collector: collector).facts($0) }
        guard let name, let facts else { return nil }
        return RuleTest(
            name: name, location: node.location, facts: facts, checkpoints: checkpoints.sorted { $0.at < $1.at })
    }

    private func checkpoint(_ reader: MappingReader) -> RuleTest.Checkpoint? {
        var reader = reader
        let at = reader.duration("at")
        let alerts = reader.optionalMappings("alerts", named: "an expected alert").map { $0.compactMap { alert($0) } }
        let requests = reader.optionalMappings("requests", named: "an expected request").map {
            $0.compactMap { request($0) }
        }
        reader.finish()
        if alerts == nil, requests == nil {
            collector.report(reader.location, "an entry of 'expect' needs 'alerts' or 'requests'; [] means none")
        }
        return at.map { RuleTest.Checkpoint(at: $0, location: reader.location, alerts: alerts, requests: requests) }
    }

    private func alert(_ reader: MappingReader) -> RuleTest.ExpectedAlert? {
        var reader = reader
        let rule = reader.optionalIdentifier("rule") ?? ruleID
        let state = reader.optionalChoice("state", of: Alert.State.self) ?? .firing
        let labels = reader.labels("labels")
        let risk = reader.optionalMapping("risk", named: "an expected risk").map { self.risk($0) }
        reader.finish()
        return RuleTest.ExpectedAlert(rule: rule, state: state, labels: labels, risk: risk)
    }

    private func risk(_ reader: MappingReader) -> RuleTest.ExpectedRisk {
        var reader = reader
        let risk = RuleTest.ExpectedRisk(
            score: reader.optionalDouble("score"), band: reader.optionalString("band"))
        if risk.score == nil, risk.band == nil {
            reader.report("score", "an expected risk needs 'score' or 'band'")
        }
        reader.finish()
        return risk
    }

    private func request(_ reader: MappingReader) -> RuleTest.ExpectedRequest? {
        var reader = reader
        let runbook = reader.identifier("runbook")
        let mode = reader.optionalChoice("mode", of: ResponseMode.self)
        let parameters = reader.optionalJSON("with")
        reader.finish()
        return runbook.map { RuleTest.ExpectedRequest(runbook: $0, mode: mode, parameters: parameters) }
    }
}
