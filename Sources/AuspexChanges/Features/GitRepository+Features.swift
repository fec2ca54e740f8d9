extension GitRepository {
    /// Measures a range of commits, and the repository's past beside it.
    ///
    /// One `git log` over the main line, read as it is written; besides it a few short commands. With a cache only what is
    /// new since the last time is read, as long as the range has at most ten commits or the main line at most 10,000; what
    /// comes out is the same.
    ///
    /// - Parameters:
    ///   - range: What to measure.
    ///   - cache: Where the history is kept; nil to read it all. A cache that cannot be used is no error, see
    ///     ``FeatureReport/cacheNotes``.
    /// - Complexity: O(size of the history as git writes it), and for each commit as ``ChangeHistory/features(of:)``;
    ///   memory as ``ChangeHistory``, plus the range's commits. With a cache O(size of what is new), and of the work on
    ///   each commit that on the last 12,500.
    package func features(of range: GitRange, cache: HistoryCache? = nil) async throws(GitError) -> FeatureReport {
        let resolved = try await resolve(range)
        let walked =
            if let cache { try await walk(resolved, keepingIn: cache) } else { try await walkAll(resolved) }
        guard !resolved.startsAtEdge || resolved.count < walked.total else {
            throw .shallowBoundary(range.description)
        }
        return FeatureReport(
            range: range.description, from: resolved.from, to: resolved.to, commits: walked.walk.commits,
            change: walked.walk.change, history: walked.walk.history.reversed(),
            notes: notes(on: resolved, total: walked.total), content: walked.walk.content, cacheNotes: walked.notes)
    }

    private func notes(on range: ResolvedRange, total: Int) -> [String] {
        var notes: [String] = []
        if range.startsAtEdge {
            notes.append(
                "the clone is shallow: developers, age, experience and past changes are counted only from the"
                    + " \(total) commits that are here (git fetch --unshallow)")
        }
        if !range.isAncestor, let from = range.from {
            notes.append(
                "\(from) is not contained in \(range.to): what only it has is undone by this change and not measured")
        }
        return notes
    }
}
