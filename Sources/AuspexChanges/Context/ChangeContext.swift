package import AuspexSignals

/// Facts about the moment in which a change is asked about, as plain values. What is nil is not known; an empty list is
/// known to be empty. In JSON lengths of time are milliseconds.
package struct ChangeContext: Hashable, Sendable, Codable {
    /// An incident that is not over.
    package struct Incident: Hashable, Sendable, Codable {
        /// Its identifier.
        package var id: String
        /// What it is about, in a line.
        package var title: String
        /// The highest severity of its alerts.
        package var severity: ServiceHealth.Alert.Severity
        /// The service of it that the gate looks at.
        package var service: String
        /// Whether that is one that the changed service depends on, and not itself.
        package var isDependency: Bool

        /// Creates an incident.
        package init(
            id: String, title: String, severity: ServiceHealth.Alert.Severity, service: String, isDependency: Bool
        ) {
            self.id = id
            self.title = title
            self.severity = severity
            self.service = service
            self.isDependency = isDependency
        }
    }

    /// A freeze in force.
    package struct Freeze: Hashable, Sendable, Codable {
        /// The window's identifier.
        package var id: String
        /// Its title.
        package var title: String

        /// Creates a freeze.
        package init(id: String, title: String) {
            self.id = id
            self.title = title
        }
    }

    /// How many of the series are anomalous.
    package struct Anomalies: Hashable, Sendable, Codable {
        /// How many are at or above the alert line.
        package var anomalous: Int
        /// How many have a detector that has seen enough.
        package var ready: Int

        /// Creates a level.
        package init(anomalous: Int, ready: Int) {
            self.anomalous = anomalous
            self.ready = ready
        }

        /// The share of anomalous series, 0 to 1; 0 when there is none.
        package var share: Double { ready > 0 ? min(1, Double(anomalous) / Double(ready)) : 0 }
    }

    /// When the gate was asked.
    package var askedAt: Timestamp?
    /// What the change consists of.
    package var content: ChangeContent?
    /// How many commits it brings.
    package var commits: Int?
    /// How old its newest commit is.
    package var commitAge: TimeSpan?
    /// How old the newest sample of the service is.
    package var sampleAge: TimeSpan?
    /// How long ago the service was deployed last to that environment.
    package var sinceLastDeploy: TimeSpan?
    /// How often the author's changes have failed.
    package var author: FailureRate?
    /// How often the service's changes have failed.
    package var service: FailureRate?
    /// The open incidents of the service and of what it depends on, gravest first.
    package var incidents: [Incident]?
    /// How strange the service's series are.
    package var anomalies: Anomalies?
    /// How strange the series of what it depends on are.
    package var dependencyAnomalies: Anomalies?
    /// The freezes in force for the change.
    package var freezes: [Freeze]?
    /// How many services depend on it, directly or through others.
    package var dependents: Int?

    /// Creates a context of which nothing is known.
    package init() {}

    private enum CodingKeys: String, CodingKey {
        case askedAt, content, commits, commitAge, sampleAge, sinceLastDeploy, author, service, incidents, anomalies
        case dependencyAnomalies, freezes, dependents
    }

    /// Reads a context.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func span(_ key: CodingKeys) throws -> TimeSpan? {
            try container.decodeIfPresent(Int64.self, forKey: key).map { TimeSpan(milliseconds: $0) }
        }
        askedAt = try container.decodeIfPresent(Timestamp.self, forKey: .askedAt)
        content = try container.decodeIfPresent(ChangeContent.self, forKey: .content)
        commits = try container.decodeIfPresent(Int.self, forKey: .commits)
        commitAge = try span(.commitAge)
        sampleAge = try span(.sampleAge)
        sinceLastDeploy = try span(.sinceLastDeploy)
        author = try container.decodeIfPresent(FailureRate.self, forKey: .author)
        service = try container.decodeIfPresent(FailureRate.self, forKey: .service)
        incidents = try container.decodeIfPresent([Incident].self, forKey: .incidents)
        anomalies = try container.decodeIfPresent(Anomalies.self, forKey: .anomalies)
        dependencyAnomalies = try container.decodeIfPresent(Anomalies.self, forKey: .dependencyAnomalies)
        freezes = try container.decodeIfPresent([Freeze].self, forKey: .freezes)
        dependents = try container.decodeIfPresent(Int.self, forKey: .dependents)
    }

    /// Writes all members; what is not known is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(askedAt, forKey: .askedAt)
        try container.encode(content, forKey: .content)
        try container.encode(commits, forKey: .commits)
        try container.encode(commitAge?.milliseconds, forKey: .commitAge)
        try container.encode(sampleAge?.milliseconds, forKey: .sampleAge)
        try container.encode(sinceLastDeploy?.milliseconds, forKey: .sinceLastDeploy)
        try container.encode(author, forKey: .author)
        try container.encode(service, forKey: .service)
        try container.encode(incidents, forKey: .incidents)
        try container.encode(anomalies, forKey: .anomalies)
        try container.encode(dependencyAnomalies, forKey: .dependencyAnomalies)
        try container.encode(freezes, forKey: .freezes)
        try container.encode(dependents, forKey: .dependents)
    }
}
