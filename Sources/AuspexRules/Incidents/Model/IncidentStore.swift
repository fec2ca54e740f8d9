package import AuspexSignals

/// Keeps incidents.
package protocol IncidentStore: Sendable {
    /// Writes what has become of incidents, in order, all or none: an incident that has changed replaces the one with its
    /// identifier, one that was absorbed is removed, and its identifier leads to the other from then on.
    func apply(_ updates: [IncidentUpdate]) async throws

    /// The incidents that match `filter`, latest start first, those with the same start in order of their identifiers.
    func incidents(matching filter: IncidentFilter) async throws -> [Incident]
}

/// Which incidents are asked for.
package struct IncidentFilter: Hashable, Sendable {
    /// Only these identifiers, or those that have one as an alias; nil for all.
    package var ids: Set<String>?
    /// Only these states; nil for all.
    package var states: Set<Incident.State>?
    /// Only those with this service; nil for all.
    package var service: String?
    /// Only those of this severity or a higher one; nil for all.
    package var severity: Severity?
    /// Only those with this alert; nil for all. An alert that is folded is not found.
    package var alert: String?
    /// Only those that began at this moment or later; nil for all.
    package var startedSince: Timestamp?
    /// At most so many.
    package var limit: Int

    /// Creates a filter that lets everything through.
    package init(
        ids: Set<String>? = nil, states: Set<Incident.State>? = nil, service: String? = nil, severity: Severity? = nil,
        alert: String? = nil, startedSince: Timestamp? = nil, limit: Int = 1_000
    ) {
        self.ids = ids
        self.states = states
        self.service = service
        self.severity = severity
        self.alert = alert
        self.startedSince = startedSince
        self.limit = limit
    }

    /// Whether `incident` matches; the limit is not looked at.
    package func matches(_ incident: Incident) -> Bool {
        (ids.map { $0.contains(incident.id) || !$0.isDisjoint(with: incident.aliases) } ?? true)
            && (states?.contains(incident.state) ?? true)
            && (service.map { incident.services.contains($0) } ?? true)
            && (severity.map { incident.severity.rank >= $0.rank } ?? true)
            && (alert.map { id in incident.alerts.contains { $0.id == id } } ?? true)
            && (startedSince.map { incident.startedAt >= $0 } ?? true)
    }
}
