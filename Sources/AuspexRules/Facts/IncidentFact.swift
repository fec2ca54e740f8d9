package import AuspexSignals

/// How an incident stands. Each report of an incident replaces the one before; one that is resolved ends the condition.
package struct IncidentFact: Hashable, Sendable, Codable {
    /// A change that the incident may come from.
    package struct Suspect: Hashable, Sendable, Codable {
        /// The service that was changed.
        package var service: String
        /// The version after the change; empty when unknown.
        package var version: String
        /// What kind of change it was.
        package var kind: Change.Kind
        /// The change's identifier.
        package var id: String
        /// How much it is suspected, from 0 to 1.
        package var score: Double
        /// Why, in a sentence.
        package var evidence: String

        /// Creates a suspect.
        package init(
            service: String, version: String = "", kind: Change.Kind = .deploy, id: String, score: Double,
            evidence: String = ""
        ) {
            self.service = service
            self.version = version
            self.kind = kind
            self.id = id
            self.score = score
            self.evidence = evidence
        }
    }

    /// The incident's identifier.
    package var id: String
    /// How it stands.
    package var state: Incident.State
    /// The highest severity of its alerts.
    package var severity: Severity
    /// What it is about, in a line.
    package var title: String
    /// Its services, in order.
    package var services: [String]
    /// All its alerts.
    package var alertCount: Int
    /// Those of them that fire.
    package var firingCount: Int
    /// Whether it holds the alerts of a storm.
    package var isStorm: Bool
    /// Who has taken it on; empty when nobody has.
    package var acknowledgedBy: String
    /// When its first alert fired.
    package var startedAt: Timestamp
    /// Changes that it may come from, the most suspected first.
    package var suspects: [Suspect]
    /// The incident's own labels, and `service` when it has exactly one.
    package var labels: Labels
    /// When it began to stand like this.
    package var time: Timestamp

    /// Creates a fact.
    package init(
        id: String, state: Incident.State = .open, severity: Severity, title: String = "", services: [String] = [],
        alertCount: Int = 1, firingCount: Int = 1, isStorm: Bool = false, acknowledgedBy: String = "",
        startedAt: Timestamp, suspects: [Suspect] = [], labels: Labels = Labels(), time: Timestamp
    ) {
        self.id = id
        self.state = state
        self.severity = severity
        self.title = title
        self.services = services
        self.alertCount = alertCount
        self.firingCount = firingCount
        self.isStorm = isStorm
        self.acknowledgedBy = acknowledgedBy
        self.startedAt = startedAt
        self.suspects = suspects
        self.labels = services.count == 1 ? labels.setting("service", to: services[0]) : labels
        self.time = time
    }

    /// How `incident` stands at `time`.
    package init(_ incident: Incident, at time: Timestamp) {
        self.init(
            id: incident.id, state: incident.state, severity: incident.severity, title: incident.title,
            services: incident.services, alertCount: incident.alertCount, firingCount: incident.firingCount,
            isStorm: incident.isStorm, acknowledgedBy: incident.acknowledgedBy, startedAt: incident.startedAt,
            suspects: incident.suspects.map { Suspect($0) }, labels: incident.labels, time: time)
    }

    /// That an incident has become part of another at `time`, and is none any more: what was said of it ends.
    package init(absorbed id: String, at time: Timestamp) {
        self.init(
            id: id, state: .resolved, severity: .info, alertCount: 0, firingCount: 0, startedAt: time, time: time)
    }

    /// The labels with the incident's identifier as `incident`.
    package var allLabels: Labels { labels.setting(Self.identity, to: id) }

    /// What tells it from other incidents, and stays the same while it grows.
    var identityLabels: Labels { Labels([Self.identity: id]) }

    private static let identity = "incident"
}

extension IncidentFact.Suspect {
    /// What of a suspected change rules look at.
    init(_ suspect: SuspectedChange) {
        self.init(
            service: suspect.change.service, version: suspect.change.version, kind: suspect.change.kind,
            id: suspect.change.id, score: suspect.score, evidence: suspect.evidence)
    }
}
