import AuspexSignals

extension GitRepository {
    /// Labels past commits by the algorithm of Śliwerski, Zimmermann and Zeller (MSR 2005): a commit did harm when a
    /// later one whose message tells of a fix takes away or changes a line that it had brought in.
    ///
    /// What it cannot see: harm that was repaired by adding lines only, or by nobody yet; fixes that don't say so.
    /// What it sees wrongly: whoever last touched a line is blamed, also when only its form was changed (changes of
    /// blanks are looked through). Better labels are incidents; these are for the first day.
    ///
    /// - Parameters:
    ///   - range: Its right side is the newest commit that is looked at.
    ///   - options: Limits.
    /// - Complexity: one pass over the history, then a git process a fix and one a file of it.
    package func labelledHistory(
        upTo range: GitRange, options: LabelOptions = LabelOptions()
    ) async throws(GitError) -> LabelledHistory {
        let resolved = try await resolve(range)
        var log = try await walk(
            upTo: resolved.to,
            into: WalkedLog(
                limit: historyBytes, walk: MeasuredWalk(startsWithSnapshot: resolved.startsAtEdge)))
        try log.finish()
        let commits = log.walk.commits
        let numbers = Dictionary(commits.enumerated().map { ($1.sha, $0) }) { first, _ in first }
        let allFixes = commits.indices.filter { commits[$0].isFix && commits[$0].parent != nil }
        let fixes = allFixes.suffix(options.mostFixes)
        let top = try await fromTop()
        var harmful: Set<Int> = []
        var skipped = 0
        for fix in fixes {
            guard commits[fix].files <= options.mostFiles, let parent = commits[fix].parent,
                let blamed = try await top.blamed(by: commits[fix].sha, parent: parent)
            else {
                skipped += 1
                continue
            }
            harmful.formUnion(blamed.compactMap { numbers[$0] }.filter { $0 < fix })
        }
        let newest = commits.map(\.time).max() ?? Timestamp(milliseconds: 0)
        let mature = commits.indices.filter { commits[$0].time <= newest - options.maturity }
        // What came before a fix that nobody followed may have been repaired by it.
        let firstKnown = allFixes.dropLast(fixes.count).last ?? 0
        let labelled = mature.filter { $0 >= firstKnown }.map { index in
            LabelledHistory.Commit(
                sha: commits[index].sha,
                change: LabelledChange(
                    time: commits[index].time, measures: commits[index].measures,
                    isHarmful: harmful.contains(index)))
        }
        return LabelledHistory(
            commits: labelled, fixes: fixes.count - skipped, skippedFixes: skipped,
            immature: commits.count - mature.count, unfollowed: mature.count - labelled.count)
    }

    /// The commits that brought in what a fix took away; nil when git cannot tell. To be asked of the top of the working
    /// tree.
    private func blamed(by fix: String, parent: String) async throws(GitError) -> Set<String>? {
        let diff = try await shortAnswer([
            "diff", "--unified=0", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--find-renames",
            "--ignore-submodules=all", "--diff-algorithm=myers", "-w", "--src-prefix=a/", "--dst-prefix=b/",
            "--end-of-options", parent, fix, "--",
        ])
        guard let diff else { return nil }
        var result: Set<String> = []
        for (path, ranges) in DeletedLines(diff: diff).ranges.sorted(by: { $0.key < $1.key }) {
            let places = ranges.prefix(Self.mostRanges).flatMap { ["-L", "\($0.lowerBound),\($0.upperBound)"] }
            let blame = try await shortAnswer(
                // An empty list makes blame forget those that it is configured with; a setting could not.
                ["blame", "--first-parent", "--porcelain", "--no-textconv", "--ignore-revs-file=", "-w"] + places
                    + [parent, "--", path])
            guard let blame else { return nil }
            result.formUnion(BlamedCommits.names(in: blame))
        }
        return result
    }

    /// Places of one file that are followed back; more would not fit a command line.
    private static let mostRanges = 500
}
