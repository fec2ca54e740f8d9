import AuspexSignals

/// A main line as it was walked: its last commits, and what is known of those before them. With this a later walk needs
/// from git only what is new.
struct KeptHistory: Sendable {
    /// How many commits are kept at least, of a longer history. A range is compared with up to
    /// ``FeatureWalk/longestHistory`` changes of its own size, so that the whole history has to be read again for one of
    /// more than ten commits of the main line where that has more than so many.
    static let most = 10 * FeatureWalk.longestHistory
    /// How many more are kept before the oldest are folded into the state.
    private static let slack = 2_500

    /// The commit of a shallow clone's edge that it begins with; nil for a whole history.
    var edge: String?
    /// What is known before the first kept commit.
    var base = ChangeHistory()
    /// How many commits come before that.
    var baseCount = 0
    /// The last commits, oldest first; of each message only the first line.
    var commits: [GitCommit] = []

    /// How many commits the main line has.
    var total: Int { baseCount + commits.count }

    /// Adds the next commit.
    mutating func append(_ commit: GitCommit) {
        var slim = commit
        slim.isKnownFix = commit.isFix
        slim.message = commit.subject
        commits.append(slim)
        if commits.count > Self.most + Self.slack { fold() }
    }

    /// Forgets everything after the commit at `index`.
    mutating func cut(after index: Int) { commits.removeSubrange((index + 1)...) }

    private mutating func fold() {
        let count = commits.count - Self.most
        for commit in commits.prefix(count) {
            if baseCount == 0, edge != nil { base.applySnapshot(commit) } else { base.apply(commit) }
            baseCount += 1
        }
        commits.removeFirst(count)
    }

    /// The walk over the range at the end of the main line; nil if that needs commits that are not kept.
    func walk(rangeCount: Int) -> FeatureWalk? {
        let first = FeatureWalk.firstMeasured(
            total: total, rangeCount: rangeCount, startsWithSnapshot: edge != nil)
        guard first >= baseCount, rangeCount <= commits.count else { return nil }
        var walk = FeatureWalk(
            total: total, rangeCount: rangeCount, startsWithSnapshot: edge != nil, from: (base, baseCount))
        for commit in commits { walk.take(commit) }
        return walk
    }
}

/// Measures a whole history, and keeps it.
struct KeepingWalk: CommitWalk {
    private(set) var walk: FeatureWalk
    private(set) var history: KeptHistory

    init(_ walk: FeatureWalk, edge: String?) {
        self.walk = walk
        history = KeptHistory(edge: edge)
    }

    mutating func take(_ commit: GitCommit) {
        walk.take(commit)
        history.append(commit)
    }
}

/// Keeps commits as they come.
struct CollectingWalk: CommitWalk {
    private(set) var commits: [GitCommit] = []

    mutating func take(_ commit: GitCommit) { commits.append(commit) }
}
