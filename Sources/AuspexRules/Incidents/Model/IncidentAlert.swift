package import AuspexSignals

/// An alert as an incident lists it: what is needed to put alerts together. The alert itself is in the store of alerts.
package struct IncidentAlert: Hashable, Sendable, Codable {
    /// The alert's identifier.
    package var id: String
    /// The rule's identifier.
    package var rule: String
    /// The rule's title.
    package var title: String
    /// The rule's severity.
    package var severity: Severity
    /// The service that it is about; empty when nothing names one.
    package var service: String
    /// Those of its labels that decide what it may be together with.
    package var labels: Labels
    /// The same for all alerts of one rule and group, however often they come and go.
    package var recurrence: UInt64
    /// When it fired first.
    package var firedAt: Timestamp
    /// When it fired last: later than ``firedAt`` when it came back with the same identifier.
    package var lastFiredAt: Timestamp
    /// When it was over; nil while it fires.
    package var resolvedAt: Timestamp?
    /// Why it is in the incident: `joined because shop depends on db, 1 step`.
    package var reason: String

    init(_ alert: Alert, firedAt: Timestamp, service: String, labels: Labels) {
        id = alert.id
        rule = alert.rule
        title = alert.title
        severity = alert.severity
        self.service = service
        self.labels = labels
        recurrence = alert.recurrence
        self.firedAt = firedAt
        lastFiredAt = firedAt
        resolvedAt = nil
        reason = ""
    }

    /// A stable hash of the identifier.
    var hash: UInt64 { Self.hash(of: id) }

    static func hash(of id: String) -> UInt64 {
        var hash = StableHash()
        hash.combine(id)
        return hash.value
    }

    func precedes(_ other: IncidentAlert) -> Bool { (firedAt, id) < (other.firedAt, other.id) }
}

extension Alert {
    /// The same for all alerts of one rule and group, however often they come and go.
    package var recurrence: UInt64 {
        var hash = StableHash()
        hash.combine(rule)
        hash.combine(SeriesKey(group).bytes)
        return hash.value
    }
}

extension Severity {
    /// Larger is worse.
    package var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .critical: 2
        }
    }
}
