package import AuspexSignals

/// One delivery of a GitHub webhook, verified and understood.
package struct GitHubDelivery: Hashable, Sendable {
    /// `X-GitHub-Delivery`. A repeated delivery has the same one; whoever keeps them can refuse a replay.
    package var id: String
    /// The event's name, `X-GitHub-Event`.
    package var event: String
    /// The repository as `owner/name`; empty when the event belongs to none.
    package var repository: String
    /// What it means to us.
    package var content: Content
    /// How large the pull request is, where the event tells.
    package var size: GitHubChangeSize?

    /// What a delivery means to us.
    package enum Content: Hashable, Sendable {
        /// The webhook was just set up and works.
        case ping
        /// Something has changed, or an earlier report of it has news.
        case change(Change)
        /// A pull request that has changed nothing yet: worth a risk assessment, not a change.
        case proposal(GitHubProposal)
        /// Well-formed and of no use here.
        case ignored(Ignored)
    }

    /// Why an event is of no use.
    package enum Ignored: Hashable, Sendable, CustomStringConvertible {
        /// Events of this name are not read.
        case event(String)
        /// The event is read, this action of it is not.
        case action(String)
        /// The state of a deployment says nothing about its outcome.
        case deploymentState(String)
        /// The push or merge went to a branch that is not the default one.
        case branch(String)
        /// The push created or moved a tag.
        case tag(String)
        /// The push deleted its branch or tag.
        case deletion(String)

        package var description: String {
            switch self {
            case .event(let name): "events of the kind '\(name)' are not read"
            case .action(let name): "the action '\(name)' changes nothing"
            case .deploymentState(let state): "the deployment state '\(state)' says nothing about the outcome"
            case .branch(let name): "'\(name)' is not the default branch"
            case .tag(let name): "'\(name)' is a tag"
            case .deletion(let name): "'\(name)' was deleted"
            }
        }
    }
}

/// A pull request that is not merged.
package struct GitHubProposal: Hashable, Sendable {
    /// The pull request's number.
    package var number: Int
    /// Its title.
    package var title: String
    /// The login of who opened it.
    package var author: String
    /// The newest commit of its branch.
    package var head: String
    /// The commit that it is to be merged onto.
    package var base: String
    /// False once it was closed without being merged.
    package var isOpen: Bool
}

/// The size of a pull request as GitHub counts it.
package struct GitHubChangeSize: Hashable, Sendable {
    /// Lines added.
    package var additions: Int
    /// Lines deleted.
    package var deletions: Int
    /// Files touched.
    package var files: Int
    /// Commits.
    package var commits: Int
}
