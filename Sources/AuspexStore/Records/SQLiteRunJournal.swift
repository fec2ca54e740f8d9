package import AuspexRunbooks
package import AuspexSignals
import GRDB

/// The journal of runs in SQLite: each call is one transaction, and nothing is answered before it is on disk.
///
/// What a commit writes is what changed: the run's head, the attempts that are not as they were, an entry of the audit.
/// Calls of several runs at once share a transaction and its sync (``GroupCommit``).
package struct SQLiteRunJournal: RunJournal {
    private let store: Store
    private let written = WrittenRuns()

    /// Creates the journal on `store`.
    package init(store: Store) {
        self.store = store
    }

    package func insert(_ run: RunRecord, audit: RunAudit) async throws -> RunInsertion {
        let stored = try StoredRun(run, after: nil)
        let insertion: RunInsertion = try await write("storing run \(run.id)") { database in
            if let existing = try StoredRun.fetch(database, "WHERE trigger_key = ?", [run.triggerKey]).first {
                return .duplicate(of: existing)
            }
            guard try Self.revision(of: run.id, database) == nil else { throw RunJournalError.duplicateID(run.id) }
            try stored.insert(into: database)
            try AuditLog.append(
                database, kind: audit.kind, runID: run.id, detail: audit.detail, at: run.createdAt)
            return .inserted
        }
        if insertion == .inserted { written.note(run) }
        return insertion
    }

    package func commit(_ commit: RunCommit) async throws {
        let record = commit.record
        let stored = try StoredRun(record, after: written.entry(before: record))
        let entry = AuditLog.Draft(
            kind: commit.audit.kind, runID: record.id, detail: commit.audit.detail, at: record.updatedAt)
        try await write("storing run \(record.id)") { database in
            guard try stored.replace(in: database) else {
                guard let revision = try Self.revision(of: record.id, database) else {
                    throw RunJournalError.unknownRun(record.id)
                }
                throw RunJournalError.conflict(run: record.id, stored: revision, written: record.revision)
            }
            try AuditLog.append(database, entry)
        }
        written.note(record)
    }

    private static func revision(of id: String, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            try database.cachedStatement(sql: "SELECT revision FROM run WHERE id = ?"), arguments: [id])
    }

    package func run(_ id: String) async throws -> RunRecord? {
        try await store.read("reading run \(id)") { try StoredRun.fetch($0, "WHERE id = ?", [id]).first }
    }

    package func openRuns() async throws -> [RunRecord] {
        try await store.read("reading open runs") { database in
            try StoredRun.fetch(database, "WHERE is_open = 1 ORDER BY created_at, id", [])
        }
    }

    package func runs(since: Timestamp, limit: Int, leavingOutShadow: Bool) async throws -> [RunRecord] {
        try await store.read("reading runs") { database in
            try StoredRun.fetch(
                database,
                """
                WHERE created_at >= ? AND NOT (? AND is_shadow) ORDER BY created_at DESC, id DESC LIMIT ?
                """,
                [since.milliseconds, leavingOutShadow, limit])
        }
    }

    package func runs(matching filter: RunFilter) async throws -> [RunRecord] {
        // The conditions are those of the indices on them.
        var conditions = (filter.includesShadow ? [] : ["is_shadow = 0"]) + ["created_at >= ?"]
        var arguments: StatementArguments = [filter.since.milliseconds]
        if let runbook = filter.runbook {
            conditions.append("runbook = ?")
            arguments += [runbook]
        }
        if let asker = filter.requestedBy {
            conditions.append("requested_by = ?")
            arguments += [asker]
        }
        // Whoever looks at a record that cannot be read finds it standing otherwise than it says: open, or failed.
        if let status = filter.status, status != .failed {
            conditions.append(
                """
                CASE WHEN is_open OR NOT json_valid(body) THEN 1 ELSE json_extract(body, '$.status') = ? END
                """)
            arguments += [status.rawValue]
        }
        if let moment = filter.updatedSince {
            conditions.append(
                "CASE WHEN NOT json_valid(body) THEN 1 ELSE json_extract(body, '$.updatedAt') >= ? END")
            arguments += [moment.milliseconds]
        }
        let condition = "WHERE \(conditions.joined(separator: " AND ")) ORDER BY created_at DESC, id DESC"
        let values = arguments
        return try await store.read("reading runs") {
            try StoredRun.fetch($0, condition, values, limit: filter.limit, where: filter.matches)
        }
    }

    package func heldLocks(now: Timestamp) async throws -> [HeldLock] {
        try await store.read("reading locks") { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT run_lock.name, run_lock.expires_at, run_lock.epoch, run.* FROM run_lock
                    JOIN run ON run.id = run_lock.run_id
                    WHERE run_lock.expires_at > ? AND run.is_open = 1 ORDER BY run_lock.name
                    """, arguments: [now.milliseconds]
            ).map { row in
                let run = StoredRun.head(of: row)
                return HeldLock(
                    name: row["name"], run: run.id, reason: run.plan.title, requestedBy: run.requestedBy,
                    expires: Timestamp(milliseconds: row["expires_at"]), epoch: row["epoch"])
            }
        }
    }

    package func acquireLocks(
        _ locks: [String], run: String, now: Timestamp, until: Timestamp
    ) async throws -> LockOutcome {
        let epoch = store.epoch
        return try await write("taking locks for run \(run)") { database in
            for lock in locks {
                let holder = try String.fetchOne(
                    database,
                    sql: """
                        SELECT run_lock.run_id FROM run_lock JOIN run ON run.id = run_lock.run_id
                        WHERE run_lock.name = ? AND run_lock.run_id <> ? AND run_lock.expires_at > ? AND run.is_open = 1
                        """,
                    arguments: [lock, run, now.milliseconds])
                if let holder { return .held(lock: lock, run: holder) }
            }
            for lock in locks {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO run_lock (name, run_id, expires_at, epoch) VALUES (?, ?, ?, ?)",
                    arguments: [lock, run, until.milliseconds, epoch])
            }
            return .acquired
        }
    }

    package func releaseLocks(run: String) async throws {
        try await write("giving back the locks of run \(run)") { database in
            try database.execute(sql: "DELETE FROM run_lock WHERE run_id = ?", arguments: [run])
        }
    }

    package func appendAudit(_ audit: RunAudit, run: String?, at: Timestamp) async throws {
        try await write("writing the audit") { database in
            try AuditLog.append(database, kind: audit.kind, runID: run, detail: audit.detail, at: at)
        }
    }

    package func isRestored() async throws -> Bool { store.isRestored }

    package func settleRestoration() async throws { try store.settleRestoration() }

    /// Runs `body` in a transaction; an engine that has been replaced learns that trying again is no use.
    private func write<Result: Sendable>(
        _ operation: String, _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await store.write(operation, body)
        } catch let error as StoreError {
            if case .fenced = error { throw RunJournalError.replaced(error.description) }
            throw error
        }
    }
}
