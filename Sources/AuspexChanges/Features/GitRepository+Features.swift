extension GitRepository {
    /// Measures a range of commits, and the repository's past beside it.
    ///
    /// One `git log` over the whole main line, read as it is written; besides it a few short commands.
    ///
    /// - Complexity: O(size of the history as git writes it), and for each commit as ``ChangeHistory/features(of:)``;
    ///   memory as ``ChangeHistory``, plus the range's commits.
    package func features(of range: GitRange) async throws(GitError) -> FeatureReport {
        let resolved = try await resolve(range)
        guard !resolved.startsAtEdge || resolved.count < resolved.total else {
            throw .shallowBoundary(range.description)
        }
        let walk = FeatureWalk(
            total: resolved.total, rangeCount: resolved.count, startsWithSnapshot: resolved.startsAtEdge)
        var log = try await self.walk(upTo: resolved.to, into: WalkedLog(limit: historyBytes, walk: walk))
        try log.finish()
        guard log.walk.taken == resolved.total else {
            throw .unexpectedOutput(
                command: "log", reason: "\(log.walk.taken) commits instead of \(resolved.total)")
        }
        return FeatureReport(
            range: range.description, from: resolved.from, to: resolved.to, commits: log.walk.commits,
            change: log.walk.change, history: log.walk.history.reversed(), notes: notes(on: resolved))
    }

    private func notes(on range: ResolvedRange) -> [String] {
        var notes: [String] = []
        if range.startsAtEdge {
            notes.append(
                "the clone is shallow: developers, age, experience and past changes are counted only from the"
                    + " \(range.total) commits that are here (git fetch --unshallow)")
        }
        if !range.isAncestor, let from = range.from {
            notes.append(
                "\(from) is not contained in \(range.to): what only it has is undone by this change and not measured")
        }
        return notes
    }
}
