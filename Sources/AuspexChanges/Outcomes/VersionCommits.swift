package import AuspexSignals

/// The commits that a version brings, as a push told of them.
package struct VersionCommits: Hashable, Sendable, Codable {
    /// The repository, `owner/name`.
    package var repository: String
    /// The newest of the commits, which is the version.
    package var sha: String
    /// When the oldest was committed.
    package var oldest: Timestamp
    /// How many there are.
    package var count: Int

    /// Creates a note.
    package init(repository: String, sha: String, oldest: Timestamp, count: Int) {
        self.repository = repository
        self.sha = sha
        self.oldest = oldest
        self.count = count
    }

    /// The change with what it does not say itself; unchanged when it is of another version or repository.
    package func filled(into change: Change) -> Change {
        guard change.version == sha, change.repository == nil || change.repository == repository else { return change }
        var filled = change
        filled.repository = repository
        filled.committedAt = change.committedAt ?? oldest
        filled.commits = change.commits ?? count
        return filled
    }
}
