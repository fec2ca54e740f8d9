import AuspexExpressions
package import AuspexSignals

/// Evaluates rules over facts in event time. A value: the same facts in the same order give the same events, whatever the
/// wall clock says.
///
/// Facts of one series must come in order of time; older ones are ignored. The order across series matters only in that a
/// fact can't undo what a later one has brought about, so whoever has a reorder stage puts it before this one.
///
/// Cost of a fact: the rules whose conditions can hold for its name, plus those that name none. Memory: one entry for each
/// series for which a condition holds and for each key of rules of several conditions, the facts that are held back, and where
/// rules ask for them the instances of services.
package struct RuleEngine: Sendable {
    /// The rules.
    package let ruleSet: RuleSet
    /// Groups with an alert that one rule may have at a time. A grouping by something like a request's identifier must not
    /// take all memory; groups beyond are counted in ``RuleStatistics/refusedGroups``.
    package static let mostGroups = 10_000

    private var index: RuleIndex
    var states: [RuleState]
    /// The facts that rules hold back, by how long they do.
    private(set) var held: [TimeSpan: ReorderBuffer]
    /// The time of the newest fact.
    private(set) var newest: Timestamp?
    /// The services and what depends on what.
    var services: ServiceReachMemo
    /// The instances of services, where rules ask for them, by how long those hold facts back.
    var fleets: [TimeSpan: FleetBook]
    /// The alerts that fire, for each rule of which some keep its own quiet, by the rule's place.
    var inhibitions: [Int: InhibitionIndex]
    /// When an inhibition next ends by itself; nil while there is none.
    var nextInhibition: Timestamp?
    /// The silences that people have made.
    package internal(set) var silences = SilenceSet()
    /// When a window or a silence next begins or ends; nil while no alert has fired that it could concern.
    var nextWindow: Timestamp?
    /// No deadline lies before this moment; nil when there is none at all.
    var nextDeadline: Timestamp?

    /// Starts with no alerts.
    package init(_ ruleSet: RuleSet) {
        self.init(ruleSet, graph: nil)
    }

    /// Without a graph it goes by what the rules' documents declare.
    init(_ ruleSet: RuleSet, graph: ServiceGraph? = nil, usesIndex: Bool = true) {
        self.ruleSet = ruleSet
        services = ServiceReachMemo(graph ?? ServiceGraph(declaring: ruleSet.services))
        fleets = Self.fleets(of: ruleSet)
        index = RuleIndex(ruleSet.rules, isUsed: usesIndex)
        states = ruleSet.rules.map { _ in RuleState() }
        inhibitions = Self.inhibitions(of: ruleSet, services)
        held = Dictionary(
            ruleSet.rules.filter { $0.allowLate > .zero }.map { ($0.allowLate, ReorderBuffer()) }
        ) { first, _ in first }
    }

    // MARK: Looking

    /// How the evaluations of a rule went; nil for a rule that there is not.
    package func statistics(of rule: String) -> RuleStatistics? {
        ruleSet.place(of: rule).map { states[$0].statistics }
    }

    /// The alerts that are pending or firing, in order of rule and group.
    package var activeAlerts: [Alert] {
        ruleSet.rules.indices.flatMap { activeAlerts(at: $0) }
    }

    /// The alerts of the rule at `place` that are pending or firing, in order of their groups.
    func activeAlerts(at place: Int) -> [Alert] {
        let state = states[place]
        return (Array(state.groups.keys) + state.correlations.keys).sorted { $0.description < $1.description }
            .compactMap { activeAlert(at: place, of: $0) }
    }

    /// The alert of the rule at `place` about `group` that is pending or firing; nil if there is none.
    func activeAlert(at place: Int, of group: Labels) -> Alert? {
        let (rule, state) = (ruleSet.rules[place], states[place])
        var alert: Alert
        if let single = state.groups[group] {
            let step = single.firedAt.map { Occasion.Step.firing(at: $0) } ?? .pending
            alert = Alert(step, of: rule.summary, single.occasion(rule.condition.name))
        } else if let several = state.correlations[group], let step = several.step {
            alert = Alert(step, of: rule.summary, several.occasion)
        } else {
            return nil
        }
        alert.note(state.notes[group])
        return alert
    }

    /// Takes over what the rules remember, in their order.
    mutating func take(_ states: [RuleState]) {
        self.states = states
        nextDeadline = earliestDeadline
        fillInhibitions()
        // What held alerts back may be over, or gone from the rules: the next tick finds out.
        if states.contains(where: { !$0.notes.isEmpty }) { nextWindow = Timestamp(milliseconds: .min) }
    }

    /// Takes over what is held back by rules that there still are.
    mutating func takeHeld(_ held: [TimeSpan: ReorderBuffer], newest: Timestamp?) {
        for delay in self.held.keys { self.held[delay] = held[delay] ?? ReorderBuffer() }
        self.newest = newest
    }

    var earliestDeadline: Timestamp? {
        zip(ruleSet.rules, states).compactMap { rule, state in
            var deadlines = state.groups.values.compactMap(\.deadline)
            deadlines += state.correlations.values.compactMap { $0.deadline(rule) }
            return (deadlines + [state.throttle?.nextDeadline].compactMap { $0 }).min().map { $0 + rule.allowLate }
        }.min()
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
        let newest = max(newest ?? fact.time, fact.time)
        self.newest = newest
        var events = evaluate(fact, heldBack: .zero, now: now)
        for delay in held.keys.sorted() {
            if isHeldBack(fact, by: delay), let oldest = held[delay]?.push(fact) {
                for rule in Set(places(oldest, heldBack: delay).map(\.rule)) { states[rule].statistics.noteHurried() }
                events += evaluate(oldest, heldBack: delay, now: now)
            }
            events += release(delay, upTo: newest - delay, now: now)
        }
        return events
    }

    /// Whether rules that hold facts back for so long have to see this one.
    private func isHeldBack(_ fact: Fact, by delay: TimeSpan) -> Bool {
        !places(fact, heldBack: delay).isEmpty || (fleets[delay] != nil && FleetBook.concerns(fact))
    }

    /// The conditions that `fact` may concern, of the rules that hold facts back for so long.
    private func places(_ fact: Fact, heldBack delay: TimeSpan) -> [RuleIndex.Place] {
        var places: [RuleIndex.Place] = []
        index.forEachCondition(concernedBy: fact) { place in
            if ruleSet.rules[place.rule].allowLate == delay { places.append(place) }
        }
        return places
    }

    /// Evaluates what has been held back for long enough.
    private mutating func release(_ delay: TimeSpan, upTo time: Timestamp, now: Timestamp) -> [RuleEvent] {
        var events: [RuleEvent] = []
        while let fact = held[delay]?.pop(upTo: time) { events += evaluate(fact, heldBack: delay, now: now) }
        return events
    }

    /// Evaluates the rules that hold facts back for so long.
    private mutating func evaluate(_ fact: Fact, heldBack delay: TimeSpan, now: Timestamp) -> [RuleEvent] {
        if !fleets.isEmpty { fleets[delay]?.note(fact, services.graph) }
        let concerned = places(fact, heldBack: delay)
        guard !concerned.isEmpty else { return [] }
        let fields = concerned.reduce(FactFields(rawValue: 0)) {
            $0.union(ruleSet.rules[$1.rule].conditions[$1.condition].fields)
        }
        let value = fact.value(fields)
        var events: [RuleEvent] = []
        for place in concerned.sorted() {
            let rule = ruleSet.rules[place.rule]
            let condition = rule.conditions[place.condition]
            // By arrival a fact is as new as the newest: a clock that runs alike when the same facts come again.
            let fact = rule.clock == .event ? fact : fact.moved(to: newest ?? fact.time)
            var answer =
                Self.hasNoValue(fact)
                ? .unknown
                : RuleEvaluation.answer(
                    condition, fact, value, in: context(of: condition, fact, heldBack: delay),
                    &states[place.rule].statistics)
            let isAbsence = rule.correlation?.absence != nil && place.condition == rule.conditions.count - 1
            if answer == .holds || answer == .lost, !isAbsence, rule.exceptions.match(fact) != nil {
                answer = answer == .holds ? .fails : .ended
                states[place.rule].statistics.noteExcepted()
            }
            events +=
                rule.correlation == nil
                ? apply(answer, of: rule, at: place.rule, fact, now: now)
                : correlate(answer, of: rule, at: place, fact, value, now: now)
        }
        return events
    }

    /// Lets time pass: alerts whose condition has held long enough fire, those that were kept firing end.
    ///
    /// - Parameter moment: All facts up to and including this moment have been handed in; facts that come later than that
    ///   find alerts that may have fired without them.
    /// - Returns: What follows, in order of the deadlines.
    package mutating func advance(to moment: Timestamp) -> [RuleEvent] {
        var events: [RuleEvent] = []
        for delay in held.keys.sorted() { events += release(delay, upTo: moment - delay, now: moment) }
        events += passDeadlines(upTo: moment)
        events += passInhibitions(upTo: moment)
        return events + passWindows(upTo: moment)
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
        let member = fact.member
        var events = leaveOtherGroups(than: group, fact, of: rule, at: place, now: now)
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
    mutating func settle(
        _ state: GroupState, _ transitions: [GroupState.Transition], at place: Int, now: Timestamp
    ) -> [RuleEvent] {
        if state.isOver {
            states[place].groups[state.group] = nil
        } else {
            states[place].groups[state.group] = state
            if let deadline = state.deadline { note(deadline: deadline, at: place) }
        }
        let rule = ruleSet.rules[place]
        return tell(transitions.map { (state.step($0), state.occasion(rule.condition.name)) }, at: place, now: now)
    }
}
