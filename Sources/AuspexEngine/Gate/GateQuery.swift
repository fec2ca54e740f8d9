package import AuspexChanges

/// What a pipeline asks the gate. The risk comes with the question, measured where the code is, or is measured here in a
/// repository that the configuration names; with neither it is missing.
package struct GateQuery: Hashable, Sendable, Codable {
    /// The service that is to be changed.
    package var service: String
    /// Where; empty when unknown.
    package var environment: String
    /// The commit; empty when unknown.
    package var sha: String
    /// The version; empty when unknown.
    package var version: String
    /// The risk as the caller has assessed it.
    package var assessment: RiskAssessment?
    /// The name of a repository in the configuration.
    package var repository: String?
    /// The range of commits in that repository.
    package var range: String?
    /// Whether the change is yet to come; after it, the answer is what it has done.
    package var phase = Verdict.Phase.before
    /// The id of the change that was made; without one the newest of the service, environment and version is meant.
    package var change: String?

    /// Creates a question.
    package init(
        service: String, environment: String = "", sha: String = "", version: String = "",
        assessment: RiskAssessment? = nil, repository: String? = nil, range: String? = nil
    ) {
        self.service = service
        self.environment = environment
        self.sha = sha
        self.version = version
        self.assessment = assessment
        self.repository = repository
        self.range = range
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case service, environment, sha, version, assessment, repository, range, phase, change
    }

    /// Reads a question; all members but the service may be left out.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        phase = try container.decodeIfPresent(Verdict.Phase.self, forKey: .phase) ?? .before
        change = try container.decodeIfPresent(String.self, forKey: .change)
        let isNamed = phase == .after && change?.isEmpty == false
        service =
            isNamed
            ? try container.decodeIfPresent(String.self, forKey: .service) ?? ""
            : try container.decode(String.self, forKey: .service)
        environment = try container.decodeIfPresent(String.self, forKey: .environment) ?? ""
        sha = try container.decodeIfPresent(String.self, forKey: .sha) ?? ""
        version = try container.decodeIfPresent(String.self, forKey: .version) ?? ""
        assessment = try container.decodeIfPresent(RiskAssessment.self, forKey: .assessment)
        repository = try container.decodeIfPresent(String.self, forKey: .repository)
        range = try container.decodeIfPresent(String.self, forKey: .range)
        if service.isEmpty, !isNamed {
            throw DecodingError.dataCorruptedError(
                forKey: .service, in: container, debugDescription: "name the service that is to be changed")
        }
    }
}
