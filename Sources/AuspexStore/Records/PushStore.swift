package import AuspexSignals
import GRDB

/// The commits that were pushed, so that the age of what a deploy brings can be told.
package struct PushStore: Sendable {
    /// So many pushes are followed back from a version.
    private static let longestChain = 1_000

    private let store: Store

    /// Creates the memory on `store`.
    package init(store: Store) {
        self.store = store
    }

    /// Keeps a push; one of the same commits again says nothing new.
    package func save(_ commits: PushedCommits) async throws {
        try await store.write("keeping a push") { database in
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO push (repository, sha, before, committed_at, commits, pushed_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    commits.repository, commits.sha, commits.before, commits.committedAt?.milliseconds, commits.count,
                    commits.pushedAt.milliseconds,
                ])
        }
    }

    /// What a deploy of a version brings: the commits of the push that ended with it, and of the pushes between it and
    /// `previous`. Nil when no push of the version is known.
    ///
    /// - Parameter previous: The version that the deploy replaces. Where known pushes do not lead back to it, as when an
    ///   older version returns, only the one push counts.
    /// - Returns: when the oldest commit was made, nil when a push does not tell, and how many commits they are.
    package func commits(
        repository: String, version: String, previous: String
    ) async throws -> (committedAt: Timestamp?, count: Int)? {
        try await store.read("looking up pushes") { database in
            let find = try database.cachedStatement(
                sql: """
                    WITH RECURSIVE chain (before, committed_at, commits, depth) AS (
                        SELECT before, committed_at, commits, 1 FROM push WHERE repository = ?1 AND sha = ?2
                        UNION ALL
                        SELECT push.before, push.committed_at, push.commits, depth + 1
                        FROM chain JOIN push ON push.repository = ?1 AND push.sha = chain.before
                        WHERE ?3 <> '' AND chain.before <> ?3 AND depth < ?4
                    )
                    SELECT COUNT(*) AS pushes, COUNT(committed_at) AS known, MIN(committed_at) AS oldest,
                        TOTAL(commits) AS commits
                    FROM chain
                    WHERE depth = 1 OR EXISTS (SELECT 1 FROM chain WHERE before = ?3)
                    """)
            let row = try Row.fetchOne(find, arguments: [repository, version, previous, Self.longestChain])
            guard let row, let pushes: Int = row["pushes"], pushes > 0 else { return nil }
            let known: Int = row["known"]
            let oldest: Int64? = row["oldest"]
            let total: Double = row["commits"]
            return (
                known == pushes ? oldest.map { Timestamp(milliseconds: $0) } : nil, Int(exactly: total) ?? .max
            )
        }
    }
}
