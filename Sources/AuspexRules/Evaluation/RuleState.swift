package import AuspexSignals

/// What one rule remembers: its active groups and how its evaluations went.
struct RuleState: Sendable, Codable {
    /// The groups for which the condition holds or whose alert is not over.
    var groups: [Labels: GroupState] = [:]
    /// The keys for which something of a rule of several conditions has happened.
    var correlations: [Labels: CorrelationState] = [:]
    /// What is said of the alerts that fire, by their group.
    var notes: [Labels: AlertNote] = [:]
    /// What the rule's throttle remembers; nil without one, and before its first alert.
    var throttle: ThrottleState<HeldAlert>?
    /// How its evaluations went.
    var statistics = RuleStatistics()
}

/// What is said of an alert that fires, besides what shows it.
struct AlertNote: Hashable, Sendable, Codable {
    /// How much is at stake.
    var risk: RuleRisk?
    /// Why nobody is told of it.
    var heldBack: String?
    /// What is held back, by whatever.
    var held: HeldAlert?
    /// The moment for which the throttle was asked; nil when it was not, and in snapshots from before it was noted.
    var throttledAt: Timestamp?
    /// Whether the throttle has let it go, so that it is not asked again.
    var isReleased: Bool?
    /// How many alerts it stands for.
    var standsFor: Int?
}

/// An alert that a throttle decides about, with what it would ask for.
struct HeldAlert: Hashable, Sendable, Codable {
    var alert: Alert
    var request: RunRequest?
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
    /// Facts for which a condition held but that an exception leaves alone; nil as below.
    package internal(set) var excepted: Int?
    /// Facts that were judged before the end of `allow_late`, because too many were held back; nil as below.
    package internal(set) var hurried: Int?
    /// Alerts that the throttle held back; nil as below.
    package internal(set) var heldBack: Int?
    /// Facts for which a condition held but that lack a value of `join_on`, so that they belong to nothing; nil in
    /// snapshots from before it was noted.
    package internal(set) var unjoined: Int?

    mutating func noteExcepted() { excepted = 1 + (excepted ?? 0) }

    mutating func noteHurried() { hurried = 1 + (hurried ?? 0) }

    mutating func noteUnjoined() { unjoined = 1 + (unjoined ?? 0) }

    mutating func fail(_ reason: String, at time: Timestamp) {
        errors += 1
        lastError = reason
        lastErrorAt = time
    }
}
