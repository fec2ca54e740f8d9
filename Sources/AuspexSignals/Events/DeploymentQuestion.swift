/// A question of another system whether a deployment may go on, and where the answer goes.
public struct DeploymentQuestion: Hashable, Sendable, Codable {
    /// Where an answer goes.
    public enum ReplyTarget: Hashable, Sendable, Codable {
        /// Whoever asked comes back for it.
        case poll
        /// GitHub's deployment protection rule: `callback` is the URL that its event names, `environment` the one asked
        /// about, `installation` that of the app.
        case gitHubProtectionRule(repository: String, callback: String, environment: String, installation: Int64)
        /// A commit status at GitHub; `repository` is `owner/name`. Without an installation a token is used.
        case gitHubStatus(repository: String, sha: String, installation: Int64?)
        /// A check run at GitHub.
        case gitHubCheck(repository: String, sha: String, installation: Int64)
        /// An external status check of a merge request at GitLab.
        case gitLabStatusCheck(project: Int64, mergeRequest: Int64, sha: String, check: Int64)
        /// A deployment at GitLab that waits for approvals.
        case gitLabDeployment(project: Int64, deployment: Int64)
    }

    /// Unique and stable: the same question twice has the same id.
    public var id: String
    /// The service that is to be changed.
    public var service: String
    /// Where; empty when unknown.
    public var environment: String
    /// The commit; empty when unknown.
    public var sha: String
    /// The version; empty when unknown.
    public var version: String
    /// The repository, as its host names it; empty when unknown.
    public var repository: String
    /// Who asks for the deployment; empty when unknown.
    public var author: String
    /// Where the answer goes.
    public var reply: ReplyTarget

    /// Creates a question.
    public init(
        id: String, service: String, environment: String = "", sha: String = "", version: String = "",
        repository: String = "", author: String = "", reply: ReplyTarget = .poll
    ) {
        self.id = id
        self.service = service
        self.environment = environment
        self.sha = sha
        self.version = version
        self.repository = repository
        self.author = author
        self.reply = reply
    }
}
