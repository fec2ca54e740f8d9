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
        /// The series that the fact ends is none that the condition is about, or it says nothing without a value.
        case ended
        /// There is no answer: it failed, or the detector is warming up.
        case unknown
    }

    /// Asks a condition about `fact`, whose form for expressions is `value`.
    static func answer(
        _ condition: Condition, _ fact: Fact, _ value: CELValue, _ statistics: inout RuleStatistics
    ) -> Answer {
        statistics.evaluations += 1
        if case .alert(let alert) = fact, alert.state == .resolved { return .fails }
        do throws(RuleExpression.Failure) {
            let holds = try condition.expression.holds(condition.variables(value))
            if case .stale = fact { return holds ? .lost : .ended }
            if holds { statistics.matches += 1 }
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

    /// What follows from a transition of a group.
    static func events(
        _ transition: GroupState.Transition, of rule: Rule, _ state: GroupState, now: Timestamp,
        _ statistics: inout RuleStatistics
    ) -> [RuleEvent] {
        let alert = Alert(transition, of: rule.summary, state)
        guard transition == .firing, let request = request(for: alert, of: rule, state, now: now, &statistics) else {
            return [.alert(alert)]
        }
        return [.alert(alert), .request(request)]
    }

    /// The request for the first response that applies. An expression that fails applies to nothing and stops the search:
    /// what a later entry would do is not what its author meant for this case.
    private static func request(
        for alert: Alert, of rule: Rule, _ state: GroupState, now: Timestamp, _ statistics: inout RuleStatistics
    ) -> RunRequest? {
        guard !rule.responses.isEmpty, let firedAt = alert.firedAt else { return nil }
        var variables = rule.condition.variables(state.fact.value())
        variables["labels"] = state.fact.labels.value
        variables["alert"] = alert.value(firedAt: firedAt)
        do throws(RuleExpression.Failure) {
            for response in rule.responses {
                if let condition = response.condition, try !condition.holds(variables) { continue }
                guard let runbook = response.runbook else { return nil }
                var parameters: [String: JSONValue] = [:]
                for (name, expression) in response.parameters { parameters[name] = try expression.json(variables) }
                return RunRequest(
                    runbook: runbook, mode: response.mode, parameters: .object(parameters),
                    triggerKey: "\(rule.id)/\(state.group.id)/\(state.startedAt.milliseconds)", rule: rule.id,
                    alertID: alert.id, firedAt: firedAt, requestedAt: now)
            }
        } catch {
            statistics.fail("then: \(error.reason)", at: firedAt)
        }
        return nil
    }
}

extension MetricFact {
    /// Whether detector or forecaster cannot say everything yet.
    fileprivate var isWarmingUp: Bool {
        reading.readiness != .ready || forecasts?.values.contains(where: \.isMissing) ?? false
    }
}

extension Alert {
    /// The alert of a group after a transition.
    init(_ transition: GroupState.Transition, of rule: RuleSummary, _ group: GroupState, note: String = "") {
        var hash = StableHash()
        hash.combine(rule.id)
        hash.combine(group.group.key.bytes)
        hash.combine(String(group.startedAt.milliseconds))
        var labels = group.group.dictionary
        labels.merge(rule.labels.dictionary) { _, ruled in ruled }
        let resolvedAt: Timestamp? = if case .over(let time) = group.phase { time } else { nil }
        let state: State =
            switch transition {
            case .pending: .pending
            case .firing: .firing
            case .resolved: .resolved
            }
        self.init(
            id: hexadecimal(hash.value), rule: rule.id, title: rule.title, severity: rule.severity, owner: rule.owner,
            runbookURL: rule.runbookURL, group: group.group, labels: Labels(labels), state: state,
            startedAt: group.startedAt, firedAt: transition == .pending ? nil : group.firedAt,
            resolvedAt: transition == .resolved ? resolvedAt : nil, evidence: Evidence(group.fact), note: note)
    }

    /// The alert as the expressions of `then` see it, with the fields of ``FactSchema/ownAlert``.
    fileprivate func value(firedAt: Timestamp) -> CELValue {
        .map([
            "id": .string(id), "rule": .string(rule), "title": .string(title), "severity": .string(severity.rawValue),
            "labels": labels.value, "started_at": CELValue(startedAt), "fired_at": CELValue(firedAt),
        ])
    }
}
