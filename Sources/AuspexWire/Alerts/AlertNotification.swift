package import AuspexSignals

/// A notification of an Alertmanager or of Grafana: the alerts of one group, and where they come from.
package struct AlertNotification: Hashable, Sendable {
    /// The alerts, and those that could not be read.
    package internal(set) var alerts: DecodedAlerts
    /// The receiver by the sender's configuration.
    package internal(set) var receiver = ""
    /// `firing` while one of the alerts fires, else `resolved`; empty when the sender doesn't say.
    package internal(set) var status = ""
    /// Which group it is, in the sender's own form; the same for each notification of the group.
    package internal(set) var groupKey = ""
    /// The labels by which the sender groups.
    package internal(set) var groupLabels = Labels()
    /// The labels that all alerts of the group have.
    package internal(set) var commonLabels = Labels()
    /// Where the sender can be reached.
    package internal(set) var externalURL = ""
    /// How many alerts of the group the sender has left out (`max_alerts` of its configuration): nothing is known of
    /// them.
    package internal(set) var truncatedAlerts = 0
}
