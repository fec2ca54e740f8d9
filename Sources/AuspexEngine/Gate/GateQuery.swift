package import AuspexChanges
package import AuspexSignals

/// What a pipeline asks the gate.
///
/// The risk comes with the question: as measures, which the server weighs by its own model of the service if it has one, or
/// as an assessment of the caller's. Or it is measured here, in a repository that the configuration names. With none of
/// these, what was measured before of the same commit or version counts, else what the repository of the question's
/// ``origin`` or service has since the last deploy; without that too it is missing.
package struct GateQuery: Hashable, Sendable, Codable {
    /// The service that is to be changed.
    package var service: String
    /// Where; empty when unknown.
    package var environment: String
    /// The commit; empty when unknown.
    package var sha: String
    /// The version; empty when unknown.
    package var version: String
    /// The risk as the caller has assessed it; what counts when the server has no model for the measures.
    package var assessment: RiskAssessment?
    /// The name of a repository in the configuration.
    package var repository: String?
    /// The range of commits in that repository.
    package var range: String?
    /// The repository as its host names it, of a question by webhook; empty when unknown. Not part of the JSON.
    package var origin = ""
    /// The measures of the change; in JSON the 14 numbers in order, or an object with the paper's names.
    package var measures: ChangeMeasures?
    /// What the change consists of.
    package var content: ChangeContent?
    /// Who made it; empty when unknown.
    package var author: String
    /// How many commits it brings; nil when unknown, then the content's.
    package var commits: Int?
    /// When its newest commit was made; nil when unknown, then the content's.
    package var committedAt: Timestamp?
    /// Whether the change is yet to come; after it, the answer is what it has done.
    package var phase = Verdict.Phase.before
    /// The id of the change that was made; without one the newest of the service, environment and version is meant.
    package var change: String?

    /// Creates a question.
    package init(
        service: String, environment: String = "", sha: String = "", version: String = "",
        assessment: RiskAssessment? = nil, repository: String? = nil, range: String? = nil,
        measures: ChangeMeasures? = nil, content: ChangeContent? = nil, author: String = "", commits: Int? = nil,
        committedAt: Timestamp? = nil
    ) {
        self.service = service
        self.environment = environment
        self.sha = sha
        self.version = version
        self.assessment = assessment
        self.repository = repository
        self.range = range
        self.measures = measures
        self.content = content
        self.author = author
        self.commits = commits
        self.committedAt = committedAt
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case service, environment, sha, version, assessment, repository, range, measures, content, author, commits
        case committedAt, phase, change
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
        measures = try container.decodeIfPresent(EitherForm.self, forKey: .measures)?.measures
        content = try container.decodeIfPresent(ChangeContent.self, forKey: .content)
        author = try container.decodeIfPresent(String.self, forKey: .author) ?? ""
        commits = try container.decodeIfPresent(Int.self, forKey: .commits)
        committedAt = try container.decodeIfPresent(Timestamp.self, forKey: .committedAt)
        if service.isEmpty, !isNamed {
            throw DecodingError.dataCorruptedError(
                forKey: .service, in: container, debugDescription: "name the service that is to be changed")
        }
        if let commits, commits < 0 {
            throw DecodingError.dataCorruptedError(
                forKey: .commits, in: container, debugDescription: "expected a number of at least 0")
        }
    }

    /// Measures as a list, or as the object that `risk features` writes.
    private struct EitherForm: Decodable {
        let measures: ChangeMeasures

        init(from decoder: any Decoder) throws {
            if (try? decoder.unkeyedContainer()) != nil {
                measures = try ChangeMeasures(from: decoder)
            } else {
                measures = ChangeMeasures(try ChangeFeatures(from: decoder))
            }
        }
    }
}
