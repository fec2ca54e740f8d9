import AuspexSignals

/// Incidents get other labels while they grow. Where a rule groups by these, an incident has to leave the group in which it
/// was before it comes to another.
extension RuleEngine {
    /// Ends the condition for an incident in all groups of a rule but the one in which it is now.
    mutating func leaveOtherGroups(
        than group: Labels, _ fact: Fact, of rule: Rule, at place: Int, now: Timestamp
    ) -> [RuleEvent] {
        guard case .incident = fact, rule.groupBy != nil else { return [] }
        let left = states[place].groups.filter { $0.key != group && $0.value.members[fact.member] != nil }
        var events: [RuleEvent] = []
        for (_, var state) in left.sorted(by: { $0.key.description < $1.key.description }) {
            var transitions = state.pass(before: fact.time)
            transitions += state.answer(.fails, fact.member, fact, timing: GroupState.Timing(rule))
            events += settle(state, transitions, at: place, now: now)
        }
        return events
    }

    /// Ends a condition for an incident under all keys of a rule of several conditions but the one that it has now.
    mutating func leaveOtherKeys(
        than key: Labels?, _ fact: Fact, of rule: Rule, at place: RuleIndex.Place, now: Timestamp
    ) -> [RuleEvent] {
        guard case .incident = fact else { return [] }
        let left = states[place.rule].correlations.filter {
            $0.key != key && $0.value.holds(fact.member, condition: place.condition)
        }
        var events: [RuleEvent] = []
        for (key, var state) in left.sorted(by: { $0.key.description < $1.key.description }) {
            states[place.rule].correlations[key] = nil
            var transitions = state.pass(before: fact.time, rule)
            transitions += state.take(.fails, fact, of: place.condition, in: rule, distinct: nil)
            events += settle(state, transitions, at: place.rule, now: now)
        }
        return events
    }
}
