package import AuspexSignals

/// Evaluates rules over facts in event time. A value: the same facts in the same order give the same events, whatever the
/// wall clock says.
///
/// Facts of one series must come in order of time; older ones are ignored. The order across series matters only in that a
/// fact can't undo what a later one has brought about, so whoever has a reorder stage puts it before this one.
///
/// Cost of a fact: the rules whose conditions can hold for its name, plus those that name none. Memory: one entry for each
/// series for which a condition holds.
package struct RuleEngine: Sendable {
    /// The rules.
    package private(set) var ruleSet: RuleSet
    /// Groups with an alert that one rule may have at a time. A grouping by something like a request's identifier must not
    /// take all memory; groups beyond are counted in ``RuleStatistics/refusedGroups``.
    package static let mostGroups = 10_000

    private var index: RuleIndex
    private var states: [RuleState]
    /// No deadline lies before this moment; nil when there is none at all.
    private var nextDeadline: Timestamp?

    /// Starts with no alerts.
    package init(_ ruleSet: RuleSet) {
        self.init(ruleSet, usesIndex: true)
    }

    init(_ ruleSet: RuleSet, usesIndex: Bool) {
        self.ruleSet = ruleSet
        index = RuleIndex(ruleSet.rules, isUsed: usesIndex)
        states = ruleSet.rules.map { _ in RuleState() }
    }

    // MARK: Looking

    /// How the evaluations of a rule went; nil for a rule that there is not.
    package func statistics(of rule: String) -> RuleStatistics? {
        ruleSet.place(of: rule).map { states[$0].statistics }
    }

    /// The alerts that are pending or firing, in order of rule and group.
    package var activeAlerts: [Alert] {
        zip(ruleSet.rules, states).flatMap { rule, state in
            state.groups.values.sorted { $0.group.description < $1.group.description }.map { group in
                Alert(group.firedAt == nil ? .pending : .firing, of: rule.summary, group)
            }
        }
    }

    /// What a rule remembers.
    func state(of rule: String) -> RuleState {
        ruleSet.place(of: rule).map { states[$0] } ?? RuleState()
    }

    /// Takes over what the rules remember, in their order.
    mutating func take(_ states: [RuleState]) {
        self.states = states
        nextDeadline = earliestDeadline
    }

    private var earliestDeadline: Timestamp? {
        states.lazy.flatMap { $0.groups.values.compactMap(\.deadline) }.min()
    }

    // MARK: Facts and time

    /// Evaluates the rules for a fact.
    ///
    /// - Parameters:
    ///   - fact: What happened.
    ///   - now: When it is evaluated, for ``RunRequest/requestedAt``; it decides nothing.
    /// - Returns: What follows, in the order of the rules.
    package mutating func handle(_ fact: Fact, now: Timestamp) -> [RuleEvent] {
        let fact = Self.endingStale(fact)
        var concerned: [Int] = []
        index.forEachRule(concernedBy: fact) { concerned.append($0) }
        guard !concerned.isEmpty else { return [] }
        let value = fact.value(concerned.reduce([]) { $0.union(ruleSet.rules[$1].condition.fields) })
        var events: [RuleEvent] = []
        for place in concerned.sorted() {
            let rule = ruleSet.rules[place]
            let answer =
                Self.hasNoValue(fact)
                ? .unknown : RuleEvaluation.answer(rule.condition, fact, value, &states[place].statistics)
            events += apply(answer, of: rule, at: place, fact, now: now)
        }
        return events
    }

    /// Lets time pass: alerts whose condition has held long enough fire, those that were kept firing end.
    ///
    /// - Parameter moment: All facts up to and including this moment have been handed in; facts that come later than that
    ///   find alerts that may have fired without them.
    /// - Returns: What follows, in order of the deadlines.
    package mutating func advance(to moment: Timestamp) -> [RuleEvent] {
        guard let nextDeadline, nextDeadline <= moment else { return [] }
        var due: [(deadline: Timestamp, place: Int, group: Labels)] = []
        for (place, state) in states.enumerated() {
            for (group, state) in state.groups {
                if let deadline = state.deadline, deadline <= moment { due.append((deadline, place, group)) }
            }
        }
        due.sort { ($0.deadline, $0.place, $0.group.description) < ($1.deadline, $1.place, $1.group.description) }
        var events: [RuleEvent] = []
        for (_, place, group) in due {
            guard var state = states[place].groups.removeValue(forKey: group) else { continue }
            let transitions = state.pass(upTo: moment)
            events += settle(state, transitions, at: place, now: moment)
        }
        self.nextDeadline = earliestDeadline
        return events
    }

    /// The fact, or the end of its series when its value is Prometheus' mark for that.
    private static func endingStale(_ fact: Fact) -> Fact {
        guard case .metric(let metric) = fact else { return fact }
        let reading = metric.reading
        let isStale = Sample(time: reading.time, value: reading.value).isStale
        return isStale ? .stale(metric.labels, at: reading.time) : fact
    }

    /// Whether a reading has no value, which is no answer, also not that all is well.
    private static func hasNoValue(_ fact: Fact) -> Bool {
        if case .metric(let metric) = fact { metric.reading.value.isNaN } else { false }
    }

    private mutating func apply(
        _ answer: RuleEvaluation.Answer, of rule: Rule, at place: Int, _ fact: Fact, now: Timestamp
    ) -> [RuleEvent] {
        let timing = GroupState.Timing(rule)
        let begins = answer == .holds || (answer == .lost && timing.missingData == .fire)
        // Most facts end here: they don't hold, and nothing is going on that they could end.
        if !begins, states[place].groups.isEmpty { return [] }
        let group = rule.group(of: fact)
        let member = fact.labels.id
        var events: [RuleEvent] = []
        // Taken out and put back, so that it is changed in place and not copied with all its members.
        if var state = states[place].groups.removeValue(forKey: group) {
            let transitions = state.pass(before: fact.time)
            events += settle(state, transitions, at: place, now: now)
        }
        if var state = states[place].groups.removeValue(forKey: group) {
            let transitions = state.answer(answer, member, fact, timing: timing)
            return events + settle(state, transitions, at: place, now: now)
        }
        guard begins else { return events }
        guard states[place].groups.count < Self.mostGroups else {
            states[place].statistics.refusedGroups += 1
            return events
        }
        let (state, transitions) = GroupState.begin(group, member, fact, timing: timing)
        return events + settle(state, transitions, at: place, now: now)
    }

    /// Keeps or forgets the group and turns transitions into events.
    private mutating func settle(
        _ state: GroupState, _ transitions: [GroupState.Transition], at place: Int, now: Timestamp
    ) -> [RuleEvent] {
        if state.isOver {
            states[place].groups[state.group] = nil
        } else {
            states[place].groups[state.group] = state
            if let deadline = state.deadline { nextDeadline = min(nextDeadline ?? deadline, deadline) }
        }
        let rule = ruleSet.rules[place]
        return transitions.flatMap { transition in
            RuleEvaluation.events(transition, of: rule, state, now: now, &states[place].statistics)
        }
    }
}
