/// Commits that somebody pushed to a branch. They tell how old the code is that a deploy brings.
package struct PushedCommits: Hashable, Sendable, Codable {
    /// The repository, as its host names it: `owner/name`.
    package var repository: String
    /// The newest of the commits.
    package var sha: String
    /// The commit that the branch stood at before; empty for a new branch.
    package var before: String
    /// When the oldest of the commits was made; nil when the sender has not listed all of them.
    package var committedAt: Timestamp?
    /// How many they are.
    package var count: Int
    /// When they were pushed.
    package var pushedAt: Timestamp

    /// Creates pushed commits.
    package init(
        repository: String, sha: String, before: String = "", committedAt: Timestamp?, count: Int, pushedAt: Timestamp
    ) {
        self.repository = repository
        self.sha = sha
        self.before = before
        self.committedAt = committedAt
        self.count = count
        self.pushedAt = pushedAt
    }
}
