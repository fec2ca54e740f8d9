package import AuspexSignals

/// A test of a rule: what the rule is shown, and what has to come of it.
package struct RuleTest: Sendable {
    /// Its name.
    package let name: String
    /// Where it begins.
    package let location: SourceLocation
    /// What the rule is shown, in order of time. The clock starts at 1970-01-01T00:00:00Z.
    let facts: [Fact]
    /// What has to come of it, in order of time.
    let checkpoints: [Checkpoint]

    /// What has to be the case at a moment.
    struct Checkpoint: Sendable {
        let at: TimeSpan
        let location: SourceLocation
        /// All alerts of the rules that the test is about; nil for not looking.
        let alerts: [ExpectedAlert]?
        /// All requests until now; nil for not looking.
        let requests: [ExpectedRequest]?
    }

    /// An alert of `rule` in `state` that has at least `labels`.
    struct ExpectedAlert: Sendable {
        let rule: String
        let state: Alert.State
        let labels: Labels
        /// Nil for not looking.
        let risk: ExpectedRisk?
    }

    /// The risk of an alert; nil for not looking.
    struct ExpectedRisk: Sendable {
        let score: Double?
        let band: String?
    }

    /// A request for `runbook`; nil for not looking.
    struct ExpectedRequest: Sendable {
        let runbook: String
        let mode: ResponseMode?
        let parameters: JSONValue?
    }

    /// The other rules that the expectations name.
    var namedRules: Set<String> {
        Set(checkpoints.flatMap { ($0.alerts ?? []).map(\.rule) })
    }
}
