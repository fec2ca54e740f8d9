package import AuspexRunbooks
package import AuspexSignals
import GRDB

/// What guards keep, in SQLite.
package struct SQLiteGuardBook: GuardBook {
    private let store: Store

    /// Creates the book on `store`.
    package init(store: Store) {
        self.store = store
    }

    // MARK: Promotions

    package func promotions() async throws -> [Promotion] {
        try await store.read("reading promotions") { database in
            try Row.fetchAll(database, sql: "SELECT rule, body FROM promotion ORDER BY rule, runbook").map { row in
                try Promotion.fromJSON(row["body"], table: "promotion", id: row["rule"])
            }
        }
    }

    package func promote(_ promotion: Promotion, audit: RunAudit) async throws {
        try await store.write("storing a promotion") { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO promotion (rule, runbook, body) VALUES (?, ?, ?)",
                arguments: [promotion.rule, promotion.runbook, try promotion.jsonText()])
            try Self.append(audit, at: promotion.at, database)
        }
    }

    package func revoke(rule: String, runbook: String, audit: RunAudit, at: Timestamp) async throws -> Bool {
        try await store.write("taking a promotion back") { database in
            try database.execute(
                sql: "DELETE FROM promotion WHERE rule = ? AND runbook = ?", arguments: [rule, runbook])
            guard database.changesCount > 0 else { return false }
            try Self.append(audit, at: at, database)
            return true
        }
    }

    // MARK: Breakers

    package func openBreakers() async throws -> [Breaker] {
        try await store.read("reading breakers") { database in
            try Row.fetchAll(
                database, sql: "SELECT runbook, body FROM breaker WHERE body IS NOT NULL ORDER BY runbook"
            ).map { try Breaker.fromJSON($0["body"], table: "breaker", id: $0["runbook"]) }
        }
    }

    package func breakerReset(of runbook: String) async throws -> Timestamp? {
        try await store.read("reading breakers") { database in
            try Int64.fetchOne(database, sql: "SELECT reset_at FROM breaker WHERE runbook = ?", arguments: [runbook])
        }.map { Timestamp(milliseconds: $0) }
    }

    package func open(_ breaker: Breaker, audit: RunAudit) async throws -> Bool {
        try await store.write("opening a breaker") { database in
            try database.execute(
                sql: """
                    INSERT INTO breaker (runbook, body) VALUES (?, ?)
                    ON CONFLICT (runbook) DO UPDATE SET body = excluded.body WHERE body IS NULL
                    """,
                arguments: [breaker.runbook, try breaker.jsonText()])
            guard database.changesCount > 0 else { return false }
            try Self.append(audit, at: breaker.openedAt, database)
            return true
        }
    }

    package func resetBreaker(of runbook: String, audit: RunAudit, at: Timestamp) async throws -> Bool {
        try await store.write("closing a breaker") { database in
            try database.execute(
                sql: "UPDATE breaker SET body = NULL, reset_at = ? WHERE runbook = ? AND body IS NOT NULL",
                arguments: [at.milliseconds, runbook])
            guard database.changesCount > 0 else { return false }
            try Self.append(audit, at: at, database)
            return true
        }
    }

    // MARK: Notices and changes

    package func noteTold(_ key: String, at: Timestamp) async throws {
        try await store.write("noting what people were told") { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO told (key, at) VALUES (?, ?)", arguments: [key, at.milliseconds])
        }
    }

    package func wasTold(_ key: String) async throws -> Bool {
        try await store.read("reading what people were told") { database in
            try Int64.fetchOne(database, sql: "SELECT at FROM told WHERE key = ?", arguments: [key]) != nil
        }
    }

    package func link(run: String, to change: String) async throws {
        try await store.write("linking run \(run)") { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO run_change (run_id, change_id) VALUES (?, ?)", arguments: [run, change])
        }
    }

    package func change(ofRun run: String) async throws -> String? {
        try await store.read("reading the change of run \(run)") { database in
            try String.fetchOne(database, sql: "SELECT change_id FROM run_change WHERE run_id = ?", arguments: [run])
        }
    }

    private static func append(_ audit: RunAudit, at: Timestamp, _ database: Database) throws {
        try AuditLog.append(database, kind: audit.kind, runID: nil, detail: audit.detail, at: at)
    }
}
