import AuspexExpressions
import AuspexSignals

/// What the expressions of a rule may look at besides the fact: the moment, the windows, and the services with their
/// instances.
struct RuleContext: CELContext {
    /// The moment that the rule goes by.
    let now: Timestamp
    /// The labels of the fact or the alert, by which windows know whether it is theirs.
    let labels: Labels
    let windows: WindowSet
    let services: ServiceReachMemo
    /// How the instances of services are; nil where nobody may ask.
    let fleet: FleetBook?
}
