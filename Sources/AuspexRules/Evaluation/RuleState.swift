package import AuspexSignals

/// What one rule remembers: its active groups and how its evaluations went.
struct RuleState: Hashable, Sendable, Codable {
    /// The groups for which the condition holds or whose alert is not over.
    var groups: [Labels: GroupState] = [:]
    /// The keys for which something of a rule of several conditions has happened.
    var correlations: [Labels: CorrelationState] = [:]
    /// The risk of the alerts that fire, by their group.
    var risks: [Labels: RiskAssessment] = [:]
    /// How its evaluations went.
    var statistics = RuleStatistics()
}

/// How the evaluations of a rule went.
package struct RuleStatistics: Hashable, Sendable, Codable {
    /// Facts that the rule was shown.
    package internal(set) var evaluations: Int = 0
    /// Facts for which its condition held.
    package internal(set) var matches: Int = 0
    /// Facts that had no answer because the detector or the forecaster is warming up.
    package internal(set) var undecided: Int = 0
    /// Why the last of these had no answer, such as a forecast that is warming up; nil when there was none, and in
    /// snapshots from before it was noted.
    package internal(set) var lastUndecided: String?
    /// Evaluations that failed. A failure is neither true nor false: the alert stays as it was.
    package internal(set) var errors: Int = 0
    /// What the last failure was, with line and column in the expression; empty when there was none.
    package internal(set) var lastError: String = ""
    /// The time of the fact of the last failure.
    package internal(set) var lastErrorAt: Timestamp?
    /// Groups that could not become alerts because the rule has too many.
    package internal(set) var refusedGroups: Int = 0
    /// Facts for which a condition held but that lack a value of `join_on`, so that they belong to nothing; nil in
    /// snapshots from before it was noted.
    package internal(set) var unjoined: Int?

    mutating func noteUnjoined() { unjoined = 1 + (unjoined ?? 0) }

    mutating func fail(_ reason: String, at time: Timestamp) {
        errors += 1
        lastError = reason
        lastErrorAt = time
    }
}
