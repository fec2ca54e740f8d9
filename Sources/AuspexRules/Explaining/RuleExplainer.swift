package import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// Shows rules some facts and says, condition by condition, what they make of them.
package enum RuleExplainer {
    /// How long it is watched what follows when no more facts come.
    private static let patience = TimeSpan.hours(24)

    /// Reads facts in the form of `given` of a rule's test; JSON is such a document too.
    ///
    /// - Throws: `DocumentError` with every mistake, also when there is no fact.
    package static func facts(text: String, file: String) throws(DocumentError) -> [Fact] {
        let collector = DiagnosticCollector()
        var facts: [Fact] = []
        for document in try DocumentParser.documents(in: text, file: file) {
            let reader = MappingReader(document.root, named: "an event file", reporting: collector)
            facts += GivenDecoder(collector: collector).facts(reader)
            if facts.isEmpty {
                let kinds = "'series', 'logs', 'log_anomalies', 'changes', 'alerts', 'health' or 'incidents'"
                collector.report(document.location, "there is nothing in it that could be explained; it needs \(kinds)")
            }
        }
        try collector.check()
        return facts
    }

    /// What each of the rules makes of `facts`, which are in order of time.
    package static func explain(_ ruleSet: RuleSet, _ facts: [Fact]) -> [RuleExplanation] {
        ruleSet.rules.map { explain($0, facts, in: ruleSet.only([$0.id])) }
    }

    private static func explain(_ rule: Rule, _ facts: [Fact], in ruleSet: RuleSet) -> RuleExplanation {
        var engine = RuleEngine(ruleSet)
        let facts = facts.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(
            \.element)
        let start = facts.first?.time ?? GivenDecoder.start
        var hasFired = false
        // Of its own, because a rule that holds facts back knows of them later.
        var fleet = FleetBook()
        var steps: [RuleExplanation.Step] = []
        for fact in facts {
            var events = engine.advance(to: fact.time - TimeSpan(milliseconds: 1))
            events += engine.handle(fact, now: fact.time)
            hasFired =
                hasFired || events.contains { if case .alert(let alert) = $0 { alert.state == .firing } else { false } }
            fleet.note(fact, engine.graph)
            let context = RuleContext(
                now: fact.time, labels: fact.labels, windows: ruleSet.windows, services: engine.services, fleet: fleet)
            let answers = rule.conditions.map { answer($0, fact, rule.exceptions, context) }
            steps.append(
                RuleExplanation.Step(
                    at: "\(fact.time - start)", fact: Evidence(fact).text, answers: answers,
                    events: events.map { text(of: $0, since: start) }))
        }
        let end = facts.last?.time ?? start
        let standing = standing(engine, rule)
        let later = engine.advance(to: end + patience).map { text(of: $0, since: start) }
        return RuleExplanation(
            rule: rule.id, steps: steps, later: later,
            conclusion: conclusion(
                standing ?? (hasFired ? "it fired, and is over" : nil), later, engine.statistics(of: rule.id)))
    }

    // MARK: One condition

    private static func answer(
        _ condition: Condition, _ fact: Fact, _ exceptions: RuleExceptions, _ context: RuleContext
    ) -> RuleExplanation.Answer {
        guard fact.source == condition.source else {
            let outcome = "looks at \(condition.source.rawValue) facts, and this is \(fact.source.rawValue)"
            return RuleExplanation.Answer(condition: condition.name, outcome: outcome, terms: [])
        }
        var statistics = RuleStatistics()
        let value = fact.value()
        let outcome =
            switch RuleEvaluation.answer(condition, fact, value, in: context, &statistics) {
            case .holds:
                exceptions.match(fact).map { "holds, and is left alone by an exception: \($0.reason)" } ?? "holds"
            case .fails: "does not hold"
            case .lost: "its series has ended"
            case .ended:
                fact.isWithoutResult
                    ? "the check came to no result, which ends nothing by itself"
                    : "is not about the series that has ended"
            case .unknown: "no answer: \(statistics.lastUndecided ?? statistics.lastError)"
            }
        return RuleExplanation.Answer(
            condition: condition.name, outcome: outcome,
            terms: ExpressionTerms.terms(of: condition.expression, condition.variables(value), in: context))
    }

    // MARK: Sentences

    private static func text(of event: RuleEvent, since start: Timestamp) -> String {
        switch event {
        case .alert(let alert):
            let time = alert.resolvedAt ?? alert.firedAt ?? alert.startedAt
            let risk = alert.risk.map { ", risk \($0.score) (\($0.band))" } ?? ""
            let quiet = alert.heldBack.map { ", \($0)" } ?? ""
            return "\(alert.state.rawValue) \(alert.group) at \(time - start)\(risk)\(quiet)"
        case .request(let request):
            return "asks for \(request.runbook) (\(request.mode.rawValue)) with \(request.parameters.canonicalText)"
        }
    }

    private static func standing(_ engine: RuleEngine, _ rule: Rule) -> String? {
        let states = Set(engine.activeAlerts.map(\.state))
        if states.contains(.firing) { return "it fires" }
        return states.contains(.pending) ? "it is pending" : nil
    }

    private static func conclusion(_ standing: String?, _ later: [String], _ statistics: RuleStatistics?) -> String {
        var conclusion = standing ?? "it does not fire"
        if standing != "it fires", later.contains(where: { $0.hasPrefix("firing") }) {
            conclusion += ", and fires if nothing else comes"
        }
        if let statistics, statistics.errors > 0 {
            conclusion += "; \(statistics.errors) evaluations failed, the last one: \(statistics.lastError)"
        }
        if let unjoined = statistics?.unjoined {
            conclusion += "; \(unjoined) facts lack a value of 'join_on'"
        }
        return conclusion
    }
}

extension Fact {
    /// The source of conditions that look at it.
    fileprivate var source: FactSource {
        switch self {
        case .metric, .stale: .metric
        case .log: .log
        case .logAnomaly: .logAnomaly
        case .change: .change
        case .alert: .alert
        case .health: .health
        case .incident: .incident
        }
    }
}
