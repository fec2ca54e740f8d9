/// What an incident tracker refused, folded or ignored.
package struct IncidentStatistics: Hashable, Sendable, Codable {
    /// Alerts in no incident because there are too many incidents or too many alerts.
    package internal(set) var refusedAlerts: Int = 0
    /// Alerts that an incident counts but does not list.
    package internal(set) var foldedAlerts: Int = 0
    /// Entries of histories that were dropped.
    package internal(set) var droppedEntries: Int = 0
    /// Changes that were forgotten because there are too many.
    package internal(set) var droppedChanges: Int = 0
    /// Incidents that were over and were forgotten before their time because there are too many.
    package internal(set) var droppedIncidents: Int = 0
    /// Acts of people that had become impossible when their turn came, as when an incident is resolved twice.
    package internal(set) var voidActs: Int = 0
    /// Events that came later than is allowed and were taken in as if they had happened then.
    package internal(set) var lateEvents: Int = 0
    /// Events that claimed to be from the future and were taken in as soon as it is allowed.
    package internal(set) var earlyEvents: Int = 0
    /// Events that were taken as final before their time because too many were waiting.
    package internal(set) var hurriedEvents: Int = 0

    /// Adds the counts of another.
    static func + (one: IncidentStatistics, other: IncidentStatistics) -> IncidentStatistics {
        var sum = one
        sum.refusedAlerts += other.refusedAlerts
        sum.foldedAlerts += other.foldedAlerts
        sum.droppedEntries += other.droppedEntries
        sum.droppedChanges += other.droppedChanges
        sum.droppedIncidents += other.droppedIncidents
        sum.voidActs += other.voidActs
        sum.lateEvents += other.lateEvents
        sum.earlyEvents += other.earlyEvents
        sum.hurriedEvents += other.hurriedEvents
        return sum
    }
}
