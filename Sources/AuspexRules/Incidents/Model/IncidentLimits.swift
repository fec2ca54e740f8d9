/// What an incident tracker may hold.
package struct IncidentLimits: Hashable, Sendable, Codable {
    /// Incidents that are not over; an alert that would open another one is refused.
    package var openIncidents: Int
    /// Incidents that are over and could be opened again; the oldest are forgotten first.
    package var resolvedIncidents: Int
    /// Alerts that one incident lists; further ones are folded: counted, and followed until they are resolved.
    package var alertsPerIncident: Int
    /// Alerts that all incidents follow, listed or folded; further ones are refused.
    package var alerts: Int
    /// Entries of an incident's history; the oldest that no person made goes first, but never the first of all.
    package var historyPerIncident: Int
    /// Services that one incident lists.
    package var servicesPerIncident: Int
    /// Suspected changes of one incident, the most suspected first.
    package var suspectsPerIncident: Int
    /// Changes that are remembered; the oldest are forgotten first.
    package var changes: Int
    /// Events that wait for others that may still come; over that the oldest are taken as final early.
    package var waiting: Int

    /// Creates limits.
    package init(
        openIncidents: Int = 10_000, resolvedIncidents: Int = 10_000, alertsPerIncident: Int = 1_000,
        alerts: Int = 500_000, historyPerIncident: Int = 500, servicesPerIncident: Int = 1_000,
        suspectsPerIncident: Int = 20, changes: Int = 10_000, waiting: Int = 20_000
    ) {
        self.openIncidents = openIncidents
        self.resolvedIncidents = resolvedIncidents
        self.alertsPerIncident = alertsPerIncident
        self.alerts = alerts
        self.historyPerIncident = historyPerIncident
        self.servicesPerIncident = servicesPerIncident
        self.suspectsPerIncident = suspectsPerIncident
        self.changes = changes
        self.waiting = waiting
    }

    /// The longest comment in bytes.
    package static let longestText = 4_096
    /// The longest name of an actor in bytes.
    package static let longestActor = 128
}
