import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// Decodes one rule by the closed schema.
struct RuleDecoder {
    /// The runbooks that there are; nil for not checking.
    let runbooks: Set<String>?
    /// The version that rules may require.
    let engine: EngineVersion
    /// Where mistakes go.
    let collector: DiagnosticCollector

    /// Who waits longer for what is late hears too late of everything.
    private static let mostLate = TimeSpan.hours(1)

    /// A gap of a minute is no end, and what has been silent for a month is gone.
    private static let holds = TimeSpan.minutes(1)...TimeSpan.hours(31 * 24)

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
        let requirement = requirement(&reader)
        let labels = reader.labels("labels")
        let falsePositives = reader.optionalStrings("falsepositives") ?? []
        let when = reader.node("when").flatMap { self.when($0) }
        let clock = reader.optionalChoice("time", of: Rule.Clock.self) ?? .event
        let allowLate = reader.optionalDuration("allow_late", in: .zero...Self.mostLate) ?? .zero
        if clock == .arrival, allowLate > .zero {
            reader.report("allow_late", "nothing is late by 'time: arrival'")
        }
        let missingData = missingData(&reader, when)
        let groupBy = groupBy(&reader, when)
        let inhibition = reader.optionalNode("inhibited_by").flatMap { self.inhibition($0) }
        let throttle = reader.optionalNode("throttle").flatMap { node in
            ThrottleDecoder.throttle(node, groupBy: groupBy ?? when?.join.names, reporting: collector)
        }
        checkThrottle(throttle, when, reader)
        let exceptions = reader.optionalNode("exceptions").map { node in
            ExceptionDecoder.exceptions(
                node, about: when?.conditions[0].source ?? .metric, reporting: collector)
        }
        let riskNode = reader.optionalNode("risk")
        let risk = riskNode.flatMap { self.risk($0, when) }
        let responses = responses(&reader, when, status, hasRisk: riskNode != nil)
        let limits = limits(&reader)
        if limits != nil, !responses.contains(where: { $0.runbook != nil }) {
            reader.report("limits", "'limits' are about runbooks, and this rule asks for none")
        }
        let tests = tests(&reader, ruleID: id)
        reader.finish()
        checkURL(runbookURL, reader)
        guard let id, let title, let severity, let when else { return nil }
        return Rule(
            id: id, title: title, owner: owner, status: status, severity: severity, runbookURL: runbookURL,
            requirement: requirement, labels: labels, falsePositives: falsePositives, conditions: when.conditions,
            correlation: when.correlation, join: groupBy.map { join($0, when) } ?? when.join,
            clock: clock, allowLate: allowLate, missingData: missingData.choice, holdAtMost: missingData.holdAtMost,
            groupBy: groupBy, inhibition: inhibition, throttle: throttle,
            exceptions: exceptions ?? RuleExceptions(), risk: risk,
            responses: responses, limits: limits, tests: tests,
            location: node.location)
    }

    /// `requires_engine`; a rule that needs another version than this one is refused.
    private func requirement(_ reader: inout MappingReader) -> EngineRequirement? {
        let key = "requires_engine"
        reader.refuseNull([key])
        guard let (node, text) = reader.optionalTextNode(key) else { return nil }
        do throws(EngineRequirement.Mistake) {
            let requirement = try EngineRequirement(text)
            if !requirement.isMet(by: engine) {
                collector.report(node.location, "this rule needs an engine '\(text)', and this is version \(engine)")
            }
            return requirement
        } catch {
            collector.report(node.location(ofOffset: error.offset), error.reason)
            return nil
        }
    }

    /// Who gathers for longer than alerts on moments fire would find them all over.
    private func checkThrottle(_ throttle: Throttle?, _ when: When?, _ reader: MappingReader) {
        guard case .onceAfter(let window)? = throttle?.form, let when else { return }
        let lasting = when.positives.contains { !$0.source.isMomentary }
        let firing = when.correlation?.momentaryFiring ?? when.conditions[0].keepFiring
        if !lasting, window >= firing {
            let message =
                "'once_after' must be shorter than 'keep_firing_for' (\(firing)), or all is over before it is told"
            reader.report("throttle", message)
        }
    }

    /// `missing_data`: a word, or `{hold: 6h}` for how long the last answer of a silent series stands.
    private func missingData(
        _ reader: inout MappingReader, _ when: When?
    ) -> (choice: Rule.MissingData, holdAtMost: TimeSpan?) {
        if reader.has("missing_data"), let when, !when.conditions.contains(where: { $0.source.mayBeSilent }) {
            let source = when.conditions[0].source.rawValue
            reader.report("missing_data", "'missing_data' is about series and health checks; source \(source) has none")
        }
        if let node = reader.optionalNode("missing_data"), node.entries != nil {
            var reader = MappingReader(node, named: "'missing_data'", reporting: collector)
            let hold = reader.duration("hold", in: Self.holds)
            reader.finish()
            return (.hold, hold)
        }
        let choice = reader.optionalChoice("missing_data", of: Rule.MissingData.self) ?? .hold
        if choice == .fire, let when, !when.conditions.contains(where: { $0.source == .metric }) {
            let message = "'fire' is about series; 'where' says whether a check with the status 'unknown' counts"
            reader.report("missing_data", message)
        }
        return (choice, choice == .hold ? Rule.usualHold : nil)
    }

    private func groupBy(_ reader: inout MappingReader, _ when: When?) -> [String]? {
        guard let names = reader.optionalStrings("group_by") else { return nil }
        if Set(names).count < names.count { reader.report("group_by", "'group_by' has a label twice") }
        if let when, when.correlation != nil, !when.join.parts.isEmpty {
            let joined = "'join_on' says already by what the alerts of several conditions are grouped"
            reader.report("group_by", joined)
        }
        return names
    }

    /// A rule of several conditions that only says how to group is joined by the same labels.
    private func join(_ groupBy: [String], _ when: When) -> JoinKey {
        guard when.correlation != nil else { return .none }
        return JoinKey(
            parts: groupBy.map { name in JoinKey.Part(name: name, paths: when.conditions.map { _ in nil }) })
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
