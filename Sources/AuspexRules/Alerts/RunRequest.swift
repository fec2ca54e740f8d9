package import AuspexSignals

/// How far a runbook may go on its own.
package enum ResponseMode: String, Hashable, Sendable, Codable, CaseIterable {
    /// The plan is recorded, nothing is run or proposed.
    case shadow
    /// The plan is shown to people, who may start it.
    case propose
    /// The run is started and waits for an approval before its first change.
    case approve
    /// The run is started.
    case auto
}

/// A rule asks for a runbook. Made once for an alert, when it begins to fire, and never when it ends.
package struct RunRequest: Hashable, Sendable, Codable {
    /// The runbook's identifier.
    package var runbook: String
    /// How far it may go.
    package var mode: ResponseMode
    /// The values of its parameters by name: always an object.
    package var parameters: JSONValue
    /// Unique for rule, group and start, so that a request that comes twice starts one run.
    package var triggerKey: String
    /// The rule that asks.
    package var rule: String
    /// The alert that it asks for.
    package var alertID: String
    /// When the alert began to fire, in event time.
    package var firedAt: Timestamp
    /// When the rule was evaluated; much later than `firedAt` means that the input is old.
    package var requestedAt: Timestamp
    /// How often the rule's runbooks may run; nil for what holds for all.
    package var limits: ResponseLimits?

    /// The request with a runbook that would start by itself proposed instead.
    package var withoutStartingByItself: RunRequest {
        var request = self
        if mode == .auto { request.mode = .propose }
        return request
    }
}

/// What comes out of the evaluation of rules.
package enum RuleEvent: Hashable, Sendable, Codable {
    /// An alert has begun to stand like this.
    case alert(Alert)
    /// An alert that has begun to fire asks for a runbook.
    case request(RunRequest)
}
