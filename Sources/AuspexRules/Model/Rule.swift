package import AuspexSignals

/// A rule: what to look for, when that is an alert, and what to do about it.
package struct Rule: Sendable {
    /// How far a rule has come.
    package enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        /// Just written; expect false alarms.
        case experimental
        /// Being tried on real data.
        case test
        /// Trusted; only now may it start runbooks by itself.
        case stable
        /// To be replaced.
        case deprecated
    }

    /// By which clock a rule goes.
    package enum Clock: String, Hashable, Sendable, Codable, CaseIterable {
        /// The times that facts carry.
        case event
        /// The times at which they came: for senders whose clocks are wrong.
        case arrival
    }

    /// What to do about a series that sends nothing any more, and about a health check that comes to no result. No data never
    /// means that all is well again.
    package enum MissingData: String, Hashable, Sendable, Codable, CaseIterable {
        /// The last answer stands, for ``Rule/holdAtMost`` since the series fell silent: what was taken away for good would
        /// have an alert for ever. Time without data does not count towards `for`. The same holds, whatever is chosen
        /// here, for a series that sends no number, whose detector warms up, or for which the condition has no answer,
        /// though with another choice without an end.
        case hold
        /// The condition counts as ended.
        case resolve
        /// The condition counts as holding.
        case fire
    }

    /// For how long the last answer of a silent series stands unless a rule says otherwise.
    package static let usualHold = TimeSpan.hours(24)

    /// Unique and stable.
    package let id: String
    /// One line for people.
    package let title: String
    /// Who answers for it; empty when nobody does.
    package let owner: String
    /// How far it has come.
    package let status: Status
    /// How much its alerts matter.
    package let severity: Severity
    /// What to read; empty when there is nothing.
    package let runbookURL: String
    /// The versions of the engine that it needs; nil for any.
    let requirement: EngineRequirement?
    /// Labels that its alerts get.
    package let labels: Labels
    /// Known harmless causes.
    package let falsePositives: [String]
    /// What it waits for; that of `unless` comes last.
    package let conditions: [Condition]
    /// How its conditions belong together; nil for a rule of a single one.
    package let correlation: Correlation?
    /// By which values facts of its conditions belong together.
    package let join: JoinKey
    /// By which clock it goes.
    package let clock: Clock
    /// How long facts are held back for those that happened before them and come later.
    package let allowLate: TimeSpan
    /// What to do about a series that sends nothing any more.
    package let missingData: MissingData
    /// For how long the last answer of a silent series stands; nil unless it does at all.
    package let holdAtMost: TimeSpan?
    /// One alert for each combination of these labels; nil for one for each series, record, change, check or incident.
    package let groupBy: [String]?
    /// Which alerts keep its own quiet; nil for none.
    let inhibition: InhibitedBy?
    /// How often its alerts are told and acted upon; nil for always.
    package let throttle: Throttle?
    /// Facts that it leaves alone.
    package let exceptions: RuleExceptions
    /// How much is at stake when an alert fires; nil for not asking.
    package let risk: RiskScore?
    /// What to do when an alert fires: the first that applies.
    package let responses: [Response]
    /// How often what it asks for may run; nil for what holds for all.
    package let limits: ResponseLimits?
    /// Its tests.
    package let tests: [RuleTest]
    /// Where it begins.
    package let location: SourceLocation

    /// What the state of its groups depends on: a rule that is changed in this starts afresh.
    var fingerprint: String {
        var hash = StableHash()
        for part in [condition.source.rawValue, condition.expression.text, groupBy?.joined(separator: ",") ?? "*"] {
            hash.combine(part)
        }
        if allowLate > .zero { hash.combine("\(allowLate)") }
        if clock != .event { hash.combine(clock.rawValue) }
        if let correlation { correlation.combine(into: &hash, conditions, join) }
        return hexadecimal(hash.value)
    }

    /// The first condition, and the only one of most rules.
    package var condition: Condition { conditions[0] }

    /// For how long the last answer of what a condition is about stands when it says nothing any more; nil for ever. Only
    /// series fall silent, and only checks come to no result: an alert of another system, say, is reported when it begins and
    /// when it ends.
    func holdAtMost(_ condition: Condition) -> TimeSpan? { condition.source.mayBeSilent ? holdAtMost : nil }

    /// The conditions that have to hold: without that of `unless`.
    var positives: ArraySlice<Condition> { conditions.dropLast(correlation?.absence == nil ? 0 : 1) }

    /// The expressions that are asked when an alert begins to fire.
    private var firingExpressions: [RuleExpression] {
        responses.compactMap(\.condition) + responses.flatMap { $0.parameters.map(\.expression) }
            + (risk?.expressions ?? [])
    }

    /// Whether one of the expressions that are asked when an alert begins to fire needs a context.
    var needsContextToFire: Bool { firingExpressions.contains(where: \.needsContext) }

    /// Whether one of its expressions asks for the instances of services.
    var asksForFleet: Bool {
        (conditions.map(\.expression) + firingExpressions).contains(where: \.asksForFleet)
    }

    /// What its alerts say of it.
    var summary: RuleSummary {
        RuleSummary(
            id: id, title: title, owner: owner, severity: severity, runbookURL: runbookURL, labels: labels,
            looksAtIncidents: looksAtIncidents ? true : nil)
    }

    /// Whether it looks at incidents. Its alerts must not become part of one, or they would feed what they tell of.
    var looksAtIncidents: Bool { conditions.contains { $0.source == .incident } }

    /// The labels that identify the group of a fact.
    func group(of fact: Fact) -> Labels {
        if let groupBy { return fact.labels.projected(onto: groupBy) }
        if case .incident(let incident) = fact { return incident.identityLabels }
        let labels = fact.labels
        // The name tells groups apart only where the rule looks at several metrics.
        guard condition.names?.count == 1 else { return labels }
        return labels.setting(Labels.metricName, to: "")
    }
}

/// What alerts say of their rule; kept with their state, so that an alert can be ended after its rule is gone.
struct RuleSummary: Hashable, Sendable, Codable {
    let id: String
    let title: String
    let owner: String
    let severity: Severity
    let runbookURL: String
    let labels: Labels
    /// Nil for no.
    let looksAtIncidents: Bool?

    /// The labels of the rule's alert about `group`: the group's with those of the rule over them.
    func alertLabels(of group: Labels) -> Labels {
        Labels(group.dictionary.merging(labels.dictionary) { _, ruled in ruled })
    }
}

/// What a rule does when an alert fires.
package struct Response: Sendable {
    /// When it applies; nil for always.
    package let condition: RuleExpression?
    /// The runbook; nil for nothing but the alert.
    package let runbook: String?
    /// How far the runbook may go.
    package let mode: ResponseMode
    /// The runbook's parameters by name.
    package let parameters: [(name: String, expression: RuleExpression)]
}
