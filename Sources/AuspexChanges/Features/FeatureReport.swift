package import AuspexSignals

/// The measures of a range of commits, one by one and as one change, beside those of the repository's past.
package struct FeatureReport: Hashable, Sendable, Encodable {
    /// One commit with its measures.
    package struct Commit: Hashable, Sendable, Encodable {
        /// The full object name.
        package var sha: String
        /// When it was committed.
        package var time: Timestamp
        /// The author's name.
        package var author: String
        /// The message's first line.
        package var subject: String
        /// Whether it is a merge; its measures are then against its first parent.
        package var isMerge: Bool
        /// Its measures, against the state just before it.
        package var features: ChangeFeatures
    }

    /// The range as it was asked for.
    package var range: String
    /// The object name of the left side; nil for a single commit.
    package var from: String?
    /// The object name of the right side.
    package var to: String
    /// The commits of the main line in the range, oldest first.
    package var commits: [Commit]
    /// The whole range as one change.
    package var change: ChangeFeatures
    /// Earlier changes of as many commits each as the range has, newest first, at most 1,000. Not part of the JSON.
    package var history: [ChangeFeatures]
    /// What limits these figures, for a person to read.
    package var notes: [String]
    /// What the range consists of besides its measures.
    package var content = ChangeContent()
    /// What whoever runs it should know of the cache; not part of the JSON, because it says nothing of the change.
    package var cacheNotes: [String] = []

    private enum CodingKeys: String, CodingKey {
        case range, from, to, commits, change, notes, content
        case pastChanges = "past_changes"
        case commitsPerChange = "commits_per_change"
        case entropyForm = "entropy_form"
    }

    /// Writes everything but the history itself, of which only the size is told.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(range, forKey: .range)
        try container.encode(from, forKey: .from)
        try container.encode(to, forKey: .to)
        try container.encode(commits, forKey: .commits)
        try container.encode(change, forKey: .change)
        try container.encode(history.count, forKey: .pastChanges)
        try container.encode(commits.count, forKey: .commitsPerChange)
        // Public data sets differ here; whoever compares numbers must know.
        try container.encode("normalised by log2(files), 0 to 1", forKey: .entropyForm)
        try container.encode(notes, forKey: .notes)
        try container.encode(content, forKey: .content)
    }
}
