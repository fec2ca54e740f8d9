package import AuspexSignals

/// What is known of a service at one moment, as plain values: what the gate judges its health by.
package struct ServiceHealth: Hashable, Sendable, Codable {
    /// An alert that is open for the service.
    package struct Alert: Hashable, Sendable, Codable {
        /// How serious it is.
        package enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
            case critical, warning, info
        }

        /// Whether its condition has held for long enough.
        package enum State: String, Hashable, Sendable, Codable, CaseIterable {
            case pending, firing
        }

        /// The rule's name.
        package var name: String
        /// How serious it is.
        package var severity: Severity
        /// Pending or firing.
        package var state: State
        /// When its condition began to hold.
        package var since: Timestamp

        /// Creates an alert.
        package init(name: String, severity: Severity, state: State, since: Timestamp) {
            self.name = name
            self.severity = severity
            self.state = state
            self.since = since
        }
    }

    /// A series that is anomalous now.
    package struct Anomaly: Hashable, Sendable, Codable {
        /// The series, as text.
        package var series: String
        /// Its anomaly score: 1 is the alert line.
        package var score: Double

        /// Creates an anomaly.
        package init(series: String, score: Double) {
            self.series = series
            self.score = score
        }
    }

    /// When the newest sample of the service was measured; nil when there was none yet.
    package var lastSampleAt: Timestamp?
    /// How many of its series have a detector that has seen enough to be asked.
    package var readySeries: Int
    /// How many have one that is still warming up.
    package var warmingSeries: Int
    /// The open alerts.
    package var alerts: [Alert]
    /// The anomalous ones among the ready series.
    package var anomalies: [Anomaly]

    /// Creates a state of health.
    package init(
        lastSampleAt: Timestamp?, readySeries: Int, warmingSeries: Int = 0, alerts: [Alert] = [],
        anomalies: [Anomaly] = []
    ) {
        self.lastSampleAt = lastSampleAt
        self.readySeries = readySeries
        self.warmingSeries = warmingSeries
        self.alerts = alerts
        self.anomalies = anomalies
    }
}
