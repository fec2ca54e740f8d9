extension GitRepository {
    /// A walk over a range, with how many commits the main line has and what there is to say of the cache.
    struct WalkedRange: Sendable {
        var walk: FeatureWalk
        var total: Int
        var notes: [String] = []
    }

    /// Walks the whole main line.
    func walkAll(_ range: ResolvedRange) async throws(GitError) -> WalkedRange {
        let total = try await count([range.to])
        var log = try await walk(upTo: range.to, into: WalkedLog(limit: historyBytes, walk: whole(range, total)))
        try log.finish()
        return try walked(log.walk, total)
    }

    /// Walks the range with what a cache has kept, and keeps what is new. Gives what ``walkAll(_:)`` gives.
    ///
    /// A commit's name stands for everything before it. So where the new commits grow out of one that is kept, all that
    /// is kept before that is right, also when what came after it has been rewritten.
    func walk(_ range: ResolvedRange, keepingIn cache: HistoryCache) async throws(GitError) -> WalkedRange {
        let file = HistoryFile(path: try await cache.path(in: self, upTo: range.to))
        var notes: [String] = []
        if let kept = file.read({ notes.append($0) }) {
            if let (history, isNew) = try await continuation(of: kept, upTo: range) {
                if let walk = history.walk(rangeCount: range.count) {
                    if isNew { file.write(history) { notes.append($0) } }
                    return WalkedRange(walk: walk, total: history.total, notes: notes)
                }
            } else {
                notes.append("the kept history in \(file.path) is of another repository or was rewritten; begun anew")
            }
        }
        let total = try await count([range.to])
        var log = try await walk(
            upTo: range.to,
            into: WalkedLog(limit: historyBytes, walk: KeepingWalk(whole(range, total), edge: range.edge)))
        try log.finish()
        file.write(log.walk.history) { notes.append($0) }
        var result = try walked(log.walk.walk, total)
        result.notes = notes
        return result
    }

    private func whole(_ range: ResolvedRange, _ total: Int) -> FeatureWalk {
        FeatureWalk(total: total, rangeCount: range.count, startsWithSnapshot: range.startsAtEdge)
    }

    private func walked(_ walk: FeatureWalk, _ total: Int) throws(GitError) -> WalkedRange {
        guard walk.taken == total else {
            throw .unexpectedOutput(command: "log", reason: "\(walk.taken) commits instead of \(total)")
        }
        return WalkedRange(walk: walk, total: total)
    }

    /// A kept history as far as it leads to the end of the range, with the commits that it lacks; and whether there are
    /// such. Nil when the two have nothing in common.
    private func continuation(
        of kept: KeptHistory, upTo range: ResolvedRange
    ) async throws(GitError) -> (history: KeptHistory, isNew: Bool)? {
        guard kept.edge == range.edge, let last = kept.commits.last?.sha else { return nil }
        var history = kept
        if let place = history.commits.lastIndex(where: { $0.sha == range.to }) {
            history.cut(after: place)
            return (history, false)
        }
        let news: [GitCommit]
        do throws(GitError) {
            var log = try await walk(
                upTo: range.to, besides: last, into: WalkedLog(limit: historyBytes, walk: CollectingWalk()))
            try log.finish()
            news = log.walk.commits
        } catch .failed {
            // Git does not know the commit: the file is of another repository, or it was rewritten and cleaned up.
            return nil
        }
        guard let parent = news.first?.parents.first,
            let place = history.commits.lastIndex(where: { $0.sha == parent })
        else { return nil }
        history.cut(after: place)
        for commit in news { history.append(commit) }
        return (history, true)
    }
}
