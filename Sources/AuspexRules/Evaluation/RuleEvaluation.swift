import AuspexExpressions
import AuspexSignals

/// Asks the expressions of a rule.
enum RuleEvaluation {
    /// What a condition says of a fact.
    enum Answer: Hashable {
        /// It holds.
        case holds
        /// It does not.
        case fails
        /// The series that the fact ends may be one that the condition is about.
        case lost
        /// The series that the fact ends is none that the condition is about, or it says nothing without a value; or a health
        /// check came to no result, and the condition does not hold for that.
        case ended
        /// There is no answer: it failed, or the detector is warming up.
        case unknown
    }

    /// Asks a condition about `fact`, whose form for expressions is `value`.
    static func answer(
        _ condition: Condition, _ fact: Fact, _ value: CELValue, in context: RuleContext? = nil,
        _ statistics: inout RuleStatistics
    ) -> Answer {
        statistics.evaluations += 1
        if fact.isResolved { return .fails }
        do throws(RuleExpression.Failure) {
            let holds = try condition.expression.holds(condition.variables(value), in: context)
            if case .stale = fact { return holds ? .lost : .ended }
            if holds { statistics.matches += 1 }
            if !holds, fact.isWithoutResult { return .ended }
            return holds ? .holds : .fails
        } catch {
            // Without its value, what the condition is about can't be ruled out.
            if case .stale = fact { return .lost }
            if error.isMissingField, case .metric(let metric) = fact, metric.isWarmingUp {
                statistics.undecided += 1
                statistics.lastUndecided = error.reason
            } else {
                statistics.fail(error.reason, at: fact.time)
            }
            return .unknown
        }
    }

    /// An alert and what it asks for.
    static func events(_ alert: Alert, _ request: RunRequest?) -> [RuleEvent] {
        [.alert(alert)] + (request.map { [.request($0)] } ?? [])
    }

    /// Puts the risk into an alert that begins to fire; what it asks for.
    static func weigh(
        _ alert: inout Alert, of rule: Rule, _ occasion: Occasion, firedAt: Timestamp, now: Timestamp,
        in context: RuleContext?, _ statistics: inout RuleStatistics
    ) -> RunRequest? {
        do throws(RuleExpression.Failure) {
            var variables = variables(of: rule, occasion, alert, firedAt: firedAt)
            if let risk = rule.risk {
                let assessment = try risk.assessment(variables, in: context)
                alert.risk = assessment
                variables["risk"] = assessment.value
            }
            return try request(for: alert, of: rule, occasion, variables, in: context, now: now)
        } catch {
            statistics.fail("then: \(error.reason)", at: firedAt)
            return nil
        }
    }

    /// What the expressions of `risk` and `then` see.
    static func variables(
        of rule: Rule, _ occasion: Occasion, _ alert: Alert, firedAt: Timestamp
    ) -> [String: CELValue] {
        var variables: [String: CELValue] = [:]
        for condition in rule.positives {
            // Of the conditions of `any` some may have nothing to show; has() tells.
            let count = occasion.counts[condition.name]
            let value = occasion.facts[condition.name]?.value(count: count) ?? .map([:])
            variables.merge(condition.variables(value)) { known, _ in known }
        }
        variables["labels"] =
            rule.correlation == nil ? occasion.facts[rule.condition.name]?.labels.value : occasion.group.value
        variables["alert"] = alert.value(firedAt: firedAt)
        return variables
    }

    /// The request for the first response that applies. An expression that fails applies to nothing and stops the search:
    /// what a later entry would do is not what its author meant for this case.
    private static func request(
        for alert: Alert, of rule: Rule, _ occasion: Occasion, _ variables: [String: CELValue],
        in context: RuleContext?, now: Timestamp
    ) throws(RuleExpression.Failure) -> RunRequest? {
        guard let firedAt = alert.firedAt else { return nil }
        for response in rule.responses {
            if let condition = response.condition, try !condition.holds(variables, in: context) { continue }
            guard let runbook = response.runbook else { return nil }
            var parameters: [String: JSONValue] = [:]
            for (name, expression) in response.parameters {
                parameters[name] = try expression.json(variables, in: context)
            }
            return RunRequest(
                runbook: runbook, mode: response.mode, parameters: .object(parameters),
                triggerKey: "\(rule.id)/\(occasion.group.id)/\(occasion.startedAt.milliseconds)", rule: rule.id,
                alertID: alert.id, firedAt: firedAt, requestedAt: now, limits: rule.limits)
        }
        return nil
    }
}

extension Fact {
    /// Whether it says that what was said before is over.
    fileprivate var isResolved: Bool {
        switch self {
        case .alert(let alert): alert.state == .resolved
        case .incident(let incident): incident.state == .resolved
        default: false
        }
    }

    /// Whether it is a health check that came to no result, which does not say that all is well again.
    var isWithoutResult: Bool { if case .health(let health) = self { health.status == .unknown } else { false } }

    /// Whether it says so only because nothing was heard of it any more.
    var isUnheardOf: Bool { if case .alert(let alert) = self { alert.isUnheardOf ?? false } else { false } }
}

extension MetricFact {
    /// Whether detector or forecaster cannot say everything yet.
    fileprivate var isWarmingUp: Bool {
        reading.readiness != .ready || forecasts?.values.contains(where: \.isMissing) ?? false
    }
}

extension Alert {
    /// The alert of a rule after a step; `note` is why it is over, where that is not its condition's doing.
    init(_ step: Occasion.Step, of rule: RuleSummary, _ occasion: Occasion, note: String? = nil) {
        var hash = StableHash()
        hash.combine(rule.id)
        hash.combine(occasion.group.key.bytes)
        hash.combine(String(occasion.startedAt.milliseconds))
        let latest = occasion.latest
        var evidence = occasion.evidence
        let last = latest.flatMap { evidence.removeValue(forKey: $0.name) }
        self.init(
            id: hexadecimal(hash.value), rule: rule.id, title: rule.title, severity: rule.severity, owner: rule.owner,
            runbookURL: rule.runbookURL, group: occasion.group, labels: rule.alertLabels(of: occasion.group),
            state: step.state,
            startedAt: occasion.startedAt, firedAt: step.firedAt, resolvedAt: step.resolvedAt,
            evidence: last ?? Evidence(.stale(occasion.group, at: occasion.startedAt)),
            related: evidence.isEmpty ? nil : evidence, risk: nil, heldBack: nil, standsFor: nil,
            looksAtIncidents: rule.looksAtIncidents,
            note: note ?? occasion.silence.map(Self.note(afterSilence:)) ?? "")
    }

    private static func note(afterSilence silence: TimeSpan) -> String {
        silence > .zero ? "nothing was heard of it for \(silence)" : "nothing was heard of it any more"
    }

    /// Takes over what is said of it.
    mutating func note(_ note: AlertNote?) {
        risk = note?.risk
        heldBack = note?.heldBack
        standsFor = note?.standsFor
    }

    /// The alert as the expressions of `then` see it, with the fields of ``FactSchema/ownAlert``.
    func value(firedAt: Timestamp) -> CELValue {
        .map([
            "id": .string(id), "rule": .string(rule), "title": .string(title), "severity": .string(severity.rawValue),
            "labels": labels.value, "started_at": CELValue(startedAt), "fired_at": CELValue(firedAt),
        ])
    }
}

extension RuleRisk {
    /// The score as the expressions of `then` see it, with the fields of ``FactSchema/risk``.
    fileprivate var value: CELValue {
        .map([
            "score": .double(score), "band": .string(band),
            "reasons": .list(CELList(reasons.map { CELValue.string($0.text) })),
        ])
    }
}
