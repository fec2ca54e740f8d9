package import AuspexSignals

/// What was measured of a change before it ran, kept until its outcome is known.
package struct MeasuredChange: Hashable, Sendable, Codable {
    /// The service.
    package var service: String
    /// Where; empty when unknown.
    package var environment: String
    /// The commit; empty when unknown.
    package var sha: String
    /// The version; empty when unknown.
    package var version: String
    /// The measures.
    package var measures: ChangeMeasures
    /// When they were taken.
    package var time: Timestamp

    /// Creates a measured change.
    package init(
        service: String, environment: String = "", sha: String = "", version: String = "", measures: ChangeMeasures,
        time: Timestamp
    ) {
        self.service = service
        self.environment = environment
        self.sha = sha
        self.version = version
        self.measures = measures
        self.time = time
    }

    /// Whether a change's report can ever be matched with it.
    package var isNamed: Bool { !service.isEmpty && !(sha.isEmpty && version.isEmpty) }
}
