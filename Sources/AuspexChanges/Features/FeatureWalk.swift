/// Measures a range and the changes before it in one pass over the main line, oldest commit first.
///
/// The main line is cut into blocks of as many commits as the range has, counted back from where the range begins, so
/// that the range is compared with changes of its own kind. Blocks older than the last 1,000 only feed the state.
struct FeatureWalk: CommitWalk {
    /// How many earlier changes a report compares with at most.
    static let longestHistory = 1_000

    private let rangeCount: Int
    private let rangeStart: Int
    private let historyStart: Int
    private let startsWithSnapshot: Bool
    private var index = 0
    private var state = ChangeHistory()
    private var block: [GitCommit] = []
    private(set) var history: [ChangeFeatures] = []
    private(set) var change = ChangeFeatures()
    private(set) var content = ChangeContent()
    private(set) var commits: [FeatureReport.Commit] = []

    /// Prepares for a main line of `total` commits, the last `rangeCount` of which are the range.
    ///
    /// - Parameters:
    ///   - startsWithSnapshot: Whether the first commit is the edge of a shallow clone: it then holds all files as if
    ///     they were new and is no change to compare with.
    ///   - start: What is known of the commits that are not handed in, and how many those are; not more than
    ///     ``firstMeasured(total:rangeCount:startsWithSnapshot:)``.
    init(
        total: Int, rangeCount: Int, startsWithSnapshot: Bool, from start: (state: ChangeHistory, index: Int)? = nil
    ) {
        self.rangeCount = rangeCount
        if let start { (state, index) = start }
        self.startsWithSnapshot = startsWithSnapshot
        rangeStart = total - rangeCount
        historyStart = Self.firstMeasured(total: total, rangeCount: rangeCount, startsWithSnapshot: startsWithSnapshot)
    }

    /// How many commits only feed the state: those before the first that is measured.
    static func firstMeasured(total: Int, rangeCount: Int, startsWithSnapshot: Bool) -> Int {
        let rangeStart = total - rangeCount
        let usable = max(0, rangeStart - (startsWithSnapshot ? 1 : 0))
        return rangeStart - min(longestHistory, usable / max(1, rangeCount)) * rangeCount
    }

    /// Takes the next commit.
    mutating func take(_ commit: GitCommit) {
        defer { index += 1 }
        if index == 0, startsWithSnapshot {
            state.applySnapshot(commit)
            return
        }
        guard index >= historyStart else {
            state.apply(commit)
            return
        }
        block.append(commit)
        guard block.count == rangeCount else { return }
        if index < rangeStart {
            history.append(state.features(of: block))
            for commit in block { state.apply(commit) }
        } else {
            measureRange()
        }
        block.removeAll(keepingCapacity: true)
    }

    /// How many commits were taken.
    var taken: Int { index }

    private mutating func measureRange() {
        change = state.features(of: block)
        content = ChangeContent(block)
        for commit in block {
            commits.append(
                FeatureReport.Commit(
                    sha: commit.sha, time: commit.time, author: commit.authorName, subject: commit.subject,
                    isMerge: commit.parents.count > 1, features: state.features(of: [commit])))
            state.apply(commit)
        }
    }
}
