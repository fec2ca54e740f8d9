package import AuspexSignals

/// Alerts that belong together, with suspected changes.
package struct Incident: Hashable, Sendable, Codable {
    /// How an incident stands.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nobody has taken it on yet.
        case open
        /// Somebody has.
        case acknowledged
        /// It is over.
        case resolved
    }

    /// A stable hash of the alert that it began with.
    package var id: String
    /// Identifiers of incidents that have become part of it, in order; at most ``mostAliases``. The others still lead to it
    /// as long as the alert that they come from is known.
    package var aliases: [String] = []
    /// How it stands.
    package var state: State = .open
    /// Whether it holds the alerts of a storm.
    package var isStorm = false
    /// The highest severity of its alerts.
    package var severity: Severity
    /// Its services in order.
    package var services: [String] = []
    /// The values on which its alerts have to agree, as far as one has them.
    package var labels: Labels
    /// When its first alert fired.
    package var startedAt: Timestamp
    /// When its last alert fired.
    package var lastAlertAt: Timestamp
    /// Its alerts in order of when they fired, those that are folded left out.
    package var alerts: [IncidentAlert] = []
    /// Alerts that are not listed because there are too many.
    package var foldedCount = 0
    /// Of all its alerts, those that fire.
    package var firingCount = 0
    /// Changes that it may come from, the most suspected first.
    package var suspects: [SuspectedChange] = []
    /// Who has taken it on; empty when nobody has.
    package var acknowledgedBy = ""
    /// When it became quiet: the last alert was resolved, or it was opened again without one; nil while one fires.
    package var quietSince: Timestamp?
    /// When it was over; nil until then.
    package var resolvedAt: Timestamp?
    /// What happened to it, in order of time.
    package var history: [IncidentEntry] = []
    /// Its alerts by rule and service; only for a storm.
    package var summary: AlertSummary?

    /// Aliases that an incident keeps.
    package static let mostAliases = 1_000

    init(id: String, first alert: IncidentAlert, agreeing labels: Labels) {
        self.id = id
        severity = alert.severity
        self.labels = labels
        startedAt = alert.firedAt
        lastAlertAt = alert.firedAt
    }

    /// The identifier of an incident that begins with an alert.
    static func id(of alertHash: UInt64) -> String { "inc-" + hexadecimal(alertHash) }

    /// The hash of the alert that an incident with this identifier began with; nil if it is no such identifier.
    static func alertHash(of id: String) -> UInt64? {
        guard id.hasPrefix("inc-"), id.utf8.count == 20 else { return nil }
        return UInt64(id.dropFirst(4), radix: 16)
    }

    /// All alerts, listed or not.
    package var alertCount: Int { alerts.count + foldedCount }

    /// The title of the first alert with the services, or the extent of a storm.
    package var title: String {
        if isStorm {
            let size = "Alert storm: \(alertCount) alerts on \(services.count) services"
            return summary.map { "\(size) (\(AlertSummary.text($0.byRule)))" } ?? size
        }
        let title = alerts.first?.title ?? "No alerts"
        switch services.count {
        case 0: return title
        case 1: return "\(title) (\(services[0]))"
        default:
            let first = alerts.first.map(\.service).flatMap { $0.isEmpty ? nil : $0 } ?? services[0]
            return "\(title) (\(first) and \(services.count - 1) more)"
        }
    }

    /// The incident, declared over at `time` because nothing is known of it any more but what was told; `reason` says why.
    package func lost(at time: Timestamp, _ reason: String) -> Incident {
        var incident = self
        incident.state = .resolved
        incident.resolvedAt = time
        incident.history.append(IncidentEntry(at: time, actor: "", kind: .resolved, text: reason, act: ""))
        return incident
    }

    /// The incident as a listing shows it: without its history, and with its first alerts alone.
    package var brief: Incident {
        var incident = self
        incident.history = []
        incident.alerts = Array(alerts.prefix(Self.alertsOfBrief))
        incident.foldedCount = alertCount - incident.alerts.count
        return incident
    }

    private static let alertsOfBrief = 10

    func precedes(_ other: Incident) -> Bool { (startedAt, id) < (other.startedAt, other.id) }
}
