package import AuspexChanges
package import AuspexSignals
import GRDB

/// Which commits a version brings, in SQLite.
package struct SQLiteCommitStore: CommitStore {
    private let store: Store

    /// Creates the store of commits on `store`.
    package init(store: Store) {
        self.store = store
    }

    package func note(
        _ commits: VersionCommits, at now: Timestamp, changesSince since: Timestamp
    ) async throws -> [Change] {
        try await store.write("storing the commits of \(commits.sha)") { database in
            // The same version may be pushed to several branches: the first push knows best what it brought.
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO version_commits (repository, sha, noted_at, oldest, count)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    commits.repository, commits.sha, now.milliseconds, commits.oldest.milliseconds, commits.count,
                ])
            let known = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, body FROM change WHERE started_at >= ? AND json_extract(body, '$.version') = ?
                    """,
                arguments: [since.milliseconds, commits.sha]
            ).map { try Change.fromJSON($0["body"], table: "change", id: $0["id"]) }
            var changed: [Change] = []
            for change in known {
                let filled = commits.filled(into: change)
                guard filled != change else { continue }
                try database.execute(
                    sql: "UPDATE change SET body = ? WHERE id = ?", arguments: [try filled.jsonText(), change.id])
                changed.append(filled)
            }
            return changed
        }
    }

    package func commits(of version: String, repository: String?) async throws -> VersionCommits? {
        try await store.read("reading the commits of \(version)") { database in
            let sql = """
                SELECT repository, sha, oldest, count FROM version_commits
                WHERE sha = ? AND (? IS NULL OR repository = ?) ORDER BY noted_at, repository LIMIT 1
                """
            return try Row.fetchOne(database, sql: sql, arguments: [version, repository, repository]).map { row in
                VersionCommits(
                    repository: row["repository"], sha: row["sha"],
                    oldest: Timestamp(milliseconds: row["oldest"]), count: row["count"])
            }
        }
    }

    package func forgetCommits(before moment: Timestamp, most: Int) async throws -> Int {
        try await store.write("forgetting commits") { database in
            try database.execute(
                sql: "DELETE FROM version_commits WHERE noted_at < ?", arguments: [moment.milliseconds])
            let old = database.changesCount
            try database.execute(
                sql: """
                    DELETE FROM version_commits WHERE noted_at <= (
                        SELECT noted_at FROM version_commits ORDER BY noted_at DESC LIMIT 1 OFFSET ?)
                    """,
                arguments: [max(0, most)])
            return old + database.changesCount
        }
    }
}
