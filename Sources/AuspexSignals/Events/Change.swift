/// Something that somebody changed in a running system: a deploy, a configuration or a flag.
public struct Change: Hashable, Sendable, Codable {
    /// What kind of change it is.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A new version of a service.
        case deploy
        /// A configuration change.
        case config
        /// A feature flag.
        case flag
    }

    /// How a change stands.
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Announced or under way.
        case pending
        /// Carried out without error.
        case success
        /// Failed to be carried out.
        case failure
        /// Undone.
        case rolledBack = "rolled_back"
    }

    /// Unique and stable: the same report twice has the same id.
    public var id: String
    /// What kind of change.
    public var kind: Kind
    /// The service that it touches.
    public var service: String
    /// Where: `production`, `staging`…; empty when unknown.
    public var environment: String
    /// The version after the change, often a commit; empty when unknown.
    public var version: String
    /// The version before it; empty when unknown.
    public var previousVersion: String
    /// Who made it; empty when unknown.
    public var author: String
    /// What it says of itself.
    public var title: String
    /// When it was announced or begun.
    public var startedAt: Timestamp
    /// When it was over, once it is.
    public var endedAt: Timestamp?
    /// How it stands.
    public var outcome: Outcome
    /// Where the report came from, such as `github`.
    public var source: String
    /// The repository of the version, as its host names it (`owner/name`); nil when unknown.
    public var repository: String?
    /// When the oldest commit that the change brings was committed; nil when unknown.
    public var committedAt: Timestamp?
    /// How many commits the change brings; nil when unknown.
    public var commits: Int?

    /// Creates a change.
    public init(
        id: String, kind: Kind = .deploy, service: String, environment: String = "", version: String = "",
        previousVersion: String = "", author: String = "", title: String = "", startedAt: Timestamp,
        endedAt: Timestamp? = nil, outcome: Outcome = .pending, source: String = "api", repository: String? = nil,
        committedAt: Timestamp? = nil, commits: Int? = nil
    ) {
        self.id = id
        self.kind = kind
        self.service = service
        self.environment = environment
        self.version = version
        self.previousVersion = previousVersion
        self.author = author
        self.title = title
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.source = source
        self.repository = repository
        self.committedAt = committedAt
        self.commits = commits
    }
}
