package import AuspexSignals

/// A rule's condition holding for one group.
package struct Alert: Hashable, Sendable, Codable {
    /// How an alert stands.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// The condition holds, but not for long enough yet.
        case pending
        /// The condition has held for long enough.
        case firing
        /// It is over. Without ``Alert/firedAt`` it never fired, and nobody needs to hear of it.
        case resolved
    }

    /// A stable hash of rule, group and start: the same alert has the same identifier however often it is reported.
    package var id: String
    /// The rule's identifier.
    package var rule: String
    /// The rule's title.
    package var title: String
    /// The rule's severity.
    package var severity: Severity
    /// Who answers for the rule; empty when nobody said.
    package var owner: String
    /// What to read; empty when the rule has nothing.
    package var runbookURL: String
    /// The labels by which the rule groups.
    package var group: Labels
    /// The group's labels with those of the rule over them, for routing.
    package var labels: Labels
    /// How it stands.
    package var state: State
    /// When the condition began to hold.
    package var startedAt: Timestamp
    /// When it had held for long enough; nil if it has not.
    package var firedAt: Timestamp?
    /// When it was over; nil until then.
    package var resolvedAt: Timestamp?
    /// The last fact for which the condition held.
    package var evidence: Evidence
    /// The facts of the other conditions of its rule, by the condition's name; nil when the rule has but one.
    package var related: [String: Evidence]?
    /// How much is at stake; nil when the rule doesn't say, and before it fires.
    package var risk: RuleRisk?
    /// Why nobody is told of it and nothing is done about it, such as `throttled`; nil when nothing keeps it back.
    package var heldBack: String?
    /// How many alerts it stands for, itself included; nil for itself alone.
    package var standsFor: Int?
    /// Whether its rule looks at incidents, so that it is in none itself; nil for no.
    package var looksAtIncidents: Bool?
    /// Why it is over, if something else than the condition ended it; empty otherwise.
    package var note: String
}

/// How much an alert matters.
package enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
    /// Good to know.
    case info
    /// To be looked at in working hours.
    case warning
    /// To be looked at now.
    case critical
}
