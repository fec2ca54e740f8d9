import AuspexSignals

/// Measures every commit of a main line against the state before it, oldest first.
struct MeasuredWalk: CommitWalk {
    /// What is kept of a commit.
    struct Commit: Sendable {
        var sha: String
        var parent: String?
        var time: Timestamp
        var measures: ChangeMeasures
        var isFix: Bool
        var files: Int
    }

    private let startsWithSnapshot: Bool
    private var isFirst = true
    private var state = ChangeHistory()
    private(set) var commits: [Commit] = []

    /// - Parameter startsWithSnapshot: Whether the first commit is the edge of a shallow clone and no change to
    ///   measure.
    init(startsWithSnapshot: Bool) { self.startsWithSnapshot = startsWithSnapshot }

    /// Takes the next commit.
    mutating func take(_ commit: GitCommit) {
        defer { isFirst = false }
        if isFirst, startsWithSnapshot {
            state.applySnapshot(commit)
            return
        }
        let features = state.features(of: [commit])
        commits.append(
            Commit(
                sha: commit.sha, parent: commit.parents.first, time: commit.time, measures: ChangeMeasures(features),
                isFix: features.isFix, files: commit.files.count))
        state.apply(commit)
    }
}
