import AuspexExpressions
import AuspexSignals

extension RuleEngine {
    /// What a condition of several says of a fact, and what follows.
    mutating func correlate(
        _ answer: RuleEvaluation.Answer, of rule: Rule, at place: RuleIndex.Place, _ fact: Fact, _ value: CELValue,
        now: Timestamp
    ) -> [RuleEvent] {
        // Most facts end here: they don't hold, and nothing is going on that they could end.
        if answer != .holds, answer != .lost, states[place.rule].correlations.isEmpty { return [] }
        let condition = rule.conditions[place.condition]
        let variables = condition.variables(value)
        let joined = rule.join.labels(of: fact, variables, condition: place.condition)
        let events = leaveOtherKeys(than: joined, fact, of: rule, at: place, now: now)
        guard let key = joined else {
            if answer == .holds { states[place.rule].statistics.noteUnjoined() }
            return events
        }
        var state = states[place.rule].correlations.removeValue(forKey: key)
        if state == nil {
            guard answer == .holds || answer == .lost && rule.missingData == .fire else { return events }
            // What follows something that never was is nothing to remember.
            let absence = rule.correlation?.absence
            if absence?.side == .after, place.condition == rule.conditions.count - 1 { return events }
            guard states[place.rule].correlations.count < Self.mostGroups else {
                states[place.rule].statistics.refusedGroups += 1
                return events
            }
        }
        var correlation = state.take() ?? CorrelationState(key: key, conditions: rule.conditions.count)
        var transitions = correlation.pass(before: fact.time, rule)
        let distinct = answer == .holds ? condition.count?.distinct?.text(variables) : nil
        transitions += correlation.take(answer, fact, of: place.condition, in: rule, distinct: distinct)
        return events + settle(correlation, transitions, at: place.rule, now: now)
    }

    /// Keeps or forgets the key and turns transitions into events; `history` are the beginnings of alerts that are over by
    /// now.
    mutating func settle(
        _ state: CorrelationState, _ transitions: [CorrelationState.Transition], at place: Int, now: Timestamp,
        history: Set<Timestamp> = []
    ) -> [RuleEvent] {
        let rule = ruleSet.rules[place]
        if !state.isIdle {
            states[place].correlations[state.key] = state
            if let deadline = state.deadline(rule) { note(deadline: deadline, at: place) }
        }
        let steps = transitions.map { ($0.step, $0.match.occasion(state.key)) }
        return tell(steps, at: place, now: now, history: history)
    }
}
