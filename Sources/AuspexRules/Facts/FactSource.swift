/// Which kind of fact a condition looks at.
package enum FactSource: String, Hashable, Sendable, Codable, CaseIterable {
    /// Readings of series.
    case metric
    /// Log records.
    case log
    /// What is unusual in a stream of log records.
    case logAnomaly = "log_anomaly"
    /// Changes of the system.
    case change
    /// Alerts of other systems.
    case alert
    /// Outcomes of health checks.
    case health
    /// How incidents stand.
    case incident

    /// The name that expressions may use for the fact whatever the condition is called.
    package var alias: String { self == .metric ? "m" : rawValue }

    /// Whether what it tells of may come to say nothing any more: a series falls silent, a check comes to no result.
    var mayBeSilent: Bool { self == .metric || self == .health }

    /// Whether its facts are moments, not states: a log record is not followed by one that says that it is over.
    package var isMomentary: Bool { self == .log || self == .logAnomaly || self == .change }
}
