package import AuspexSignals

/// How alerts are put together into incidents. The defaults are meant for teams that run some hundred services.
package struct IncidentSettings: Hashable, Sendable, Codable {
    /// When many alerts are a storm, and when it is over.
    package struct Storm: Hashable, Sendable, Codable {
        /// The largest bound. Noting an alert costs as many steps as there are services in the bound.
        package static let largest = 10_000

        /// More new alerts than this within a minute are a storm; from 1 to ``largest``.
        package var alertsPerMinute: Int
        /// New alerts of more services than this within a minute are a storm; from 1 to ``largest``.
        package var services: Int
        /// The storm is over when for so long there were fewer.
        package var coolDown: TimeSpan

        /// Creates the bounds.
        package init(alertsPerMinute: Int = 100, services: Int = 20, coolDown: TimeSpan = .minutes(10)) {
            self.alertsPerMinute = min(max(1, alertsPerMinute), Self.largest)
            self.services = min(max(1, services), Self.largest)
            self.coolDown = coolDown
        }
    }

    /// An alert joins an incident whose last alert fired at most so long before.
    package var window: TimeSpan
    /// Services that depend on one another, directly or through others, count as connected up to so many steps. Two that
    /// merely depend on the same third do not: everything depends on the name server.
    package var depth: Int
    /// Alerts for which one of these labels has different values are never in one incident; a missing label differs from
    /// nothing.
    package var agree: [String]
    /// Alerts that have all these labels with the same values belong together, as an Alertmanager's `group_by` puts them
    /// together; none for no such grouping. An alert without one of them is not grouped by them: there a missing label is an
    /// empty one, but that two alerts say nothing of their team does not make them one incident.
    package var together: [String]
    /// An incident is over when all its alerts have been resolved for so long.
    package var quiet: TimeSpan
    /// An incident that is over is opened again when one of its alerts comes back within so long.
    package var reopenWithin: TimeSpan
    /// Changes up to so long before an incident's first alert are suspected.
    package var lookback: TimeSpan
    /// Suspicion, 0 to 1, from which on a change that two alerts may both come from puts them into one incident.
    package var sharedSuspicion: Double
    /// Events may come so long after their time and still have the effect that they would have had in order.
    package var allowLate: TimeSpan
    /// When many alerts are a storm.
    package var storm: Storm

    /// Creates settings.
    package init(
        window: TimeSpan = .minutes(15), depth: Int = 2, agree: [String] = ["environment"], together: [String] = [],
        quiet: TimeSpan = .minutes(5), reopenWithin: TimeSpan = .hours(1), lookback: TimeSpan = .hours(2),
        sharedSuspicion: Double = 0.25, allowLate: TimeSpan = .minutes(2), storm: Storm = Storm()
    ) {
        self.window = window
        self.depth = depth
        self.agree = agree
        self.together = together
        self.quiet = quiet
        self.reopenWithin = reopenWithin
        self.lookback = lookback
        self.sharedSuspicion = sharedSuspicion
        self.allowLate = allowLate
        self.storm = storm
    }
}
