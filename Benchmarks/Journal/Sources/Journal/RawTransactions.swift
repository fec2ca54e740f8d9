import Foundation
import GRDB

/// The bytes of the rows that a change of a run writes, as they are in a journal's database.
struct RowSizes: Encodable {
    var run = 0
    var step = 0
    var auditDetail = 0

    init() {}

    init(of path: String) throws {
        let queue = try DatabaseQueue(path: path)
        (run, step, auditDetail) = try queue.read { database in
            func size(_ sql: String) throws -> Int { Int(try Double.fetchOne(database, sql: sql) ?? 0) }
            return (
                try size("SELECT avg(length(body)) FROM run"), try size("SELECT avg(length(body)) FROM run_step"),
                try size("SELECT avg(length(detail)) FROM audit")
            )
        }
        try queue.close()
    }
}

/// Transactions that write what a change of a run writes, rows of the same size and indices included, and do nothing else:
/// no encoding, no hash, no check.
struct RawTransactions {
    private let queue: DatabaseQueue
    private let sizes: RowSizes

    init(path: String, sizes: RowSizes) throws {
        self.sizes = sizes
        queue = try DatabaseQueue(path: path + "/raw.sqlite")
        try queue.writeWithoutTransaction { database in
            // As the journal's database is set up.
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 4000;
                    CREATE TABLE run (id TEXT PRIMARY KEY, revision INTEGER, body TEXT) WITHOUT ROWID;
                    CREATE TABLE run_step (
                        run_id TEXT, position INTEGER, body TEXT, PRIMARY KEY (run_id, position)
                    ) WITHOUT ROWID;
                    CREATE TABLE audit (
                        seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, kind TEXT, run_id TEXT, detail TEXT,
                        previous_hash TEXT, hash TEXT
                    );
                    CREATE INDEX audit_by_run ON audit (run_id) WHERE run_id IS NOT NULL;
                    """)
        }
    }

    /// How many transactions a second `count` of them are, from so many writers at once.
    func perSecond(count: Int, writers: Int) async throws -> Double {
        let (run, step, detail) = (text(sizes.run), text(sizes.step), text(sizes.auditDetail))
        let hash = text(64)
        try await queue.write { database in
            for writer in 0..<writers {
                try database.execute(
                    sql: "INSERT INTO run (id, revision, body) VALUES (?, 0, ?)", arguments: ["r\(writer)", run])
            }
        }
        let queue = queue
        let clock = ContinuousClock()
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in 0..<(count / writers) {
                        try await queue.write { database in
                            try database.cachedStatement(sql: "UPDATE run SET revision = ?, body = ? WHERE id = ?")
                                .execute(arguments: [number, run, "r\(writer)"])
                            // Twice the same attempt: when it begins, and when it is over.
                            try database.cachedStatement(
                                sql: "INSERT OR REPLACE INTO run_step (run_id, position, body) VALUES (?, ?, ?)"
                            ).execute(arguments: ["r\(writer)", number / 2, step])
                            try database.cachedStatement(
                                sql: """
                                    INSERT INTO audit (at, kind, run_id, detail, previous_hash, hash)
                                    VALUES (?, ?, ?, ?, ?, ?)
                                    """
                            ).execute(arguments: [0, "run.step.result", "r\(writer)", detail, hash, hash])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return Double(count / writers * writers) / ((clock.now - start) / .seconds(1))
    }

    private func text(_ count: Int) -> String { String(repeating: "x", count: count) }
}
