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
    /// What else was said of it.
    package var background: Background

    /// What a gate that is asked again needs besides the measures.
    package struct Background: Hashable, Sendable, Codable {
        /// The risk as whoever measured it has assessed it; nil for not at all.
        package var assessment: RiskAssessment?
        /// What it consists of; nil when unknown.
        package var content: ChangeContent?
        /// How many commits it brings; nil when unknown.
        package var commits: Int?

        /// Creates a background.
        package init(assessment: RiskAssessment? = nil, content: ChangeContent? = nil, commits: Int? = nil) {
            self.assessment = assessment
            self.content = content
            self.commits = commits
        }
    }

    /// Creates a measured change.
    package init(
        service: String, environment: String = "", sha: String = "", version: String = "", measures: ChangeMeasures,
        time: Timestamp, background: Background = Background()
    ) {
        self.service = service
        self.environment = environment
        self.sha = sha
        self.version = version
        self.measures = measures
        self.time = time
        self.background = background
    }

    /// Whether a change's report can ever be matched with it.
    package var isNamed: Bool { !service.isEmpty && !(sha.isEmpty && version.isEmpty) }

    /// Whether one of its names means the same version as one of these.
    package func isNamed(oneOf names: [String]) -> Bool {
        names.contains { VersionName.isSame($0, sha) || VersionName.isSame($0, version) }
    }
}
