package import AuspexSignals
import GRDB

/// What was done, by whom and why, in a chain of hashes: a changed, removed or reordered entry is detected.
package struct AuditLog: Sendable {
    /// One entry.
    package struct Entry: Hashable, Sendable, Codable {
        /// Its number, from 1 without gaps.
        package var sequence: Int64
        /// When.
        package var at: Timestamp
        /// What kind of event, such as `run.step.intent`.
        package var kind: String
        /// The run that it belongs to, if any.
        package var runID: String?
        /// What happened.
        package var detail: JSONValue
        /// SHA-256 over the previous entry's hash and this entry, in hexadecimal.
        package var hash: String
    }

    /// What is to become an entry, together with something else that is stored.
    package struct Note: Hashable, Sendable {
        /// What kind of event.
        package var kind: String
        /// What happened.
        package var detail: JSONValue
        /// When.
        package var at: Timestamp

        /// Creates a note.
        package init(kind: String, detail: JSONValue, at: Timestamp) {
            self.kind = kind
            self.detail = detail
            self.at = at
        }
    }

    let store: Store

    /// Creates the log on `store`.
    package init(store: Store) {
        self.store = store
    }

    /// Appends an entry; on disk when this returns.
    package func append(kind: String, runID: String?, detail: JSONValue, at: Timestamp) async throws {
        try await store.write("writing the audit") { database in
            try Self.append(database, kind: kind, runID: runID, detail: detail, at: at)
        }
    }

    /// Appends what a note says, of no run, within a transaction that is already open.
    static func append(_ database: Database, _ note: Note) throws {
        try append(database, kind: note.kind, runID: nil, detail: note.detail, at: note.at)
    }

    /// Appends an entry within a transaction that is already open.
    static func append(
        _ database: Database, kind: String, runID: String?, detail: JSONValue, at: Timestamp
    ) throws {
        try append(database, Draft(kind: kind, runID: runID, detail: detail, at: at))
    }

    /// Appends an entry that was prepared outside of the transaction.
    static func append(_ database: Database, _ draft: Draft) throws {
        let newest = try database.cachedStatement(sql: "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1")
        let previous = try String.fetchOne(newest) ?? Link.origin
        try database.cachedStatement(
            sql: "INSERT INTO audit (at, kind, run_id, detail, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            draft.at.milliseconds, draft.kind, draft.runID, draft.detail, previous, draft.link.hash(after: previous),
        ])
    }

    /// The entries of a run, or all, oldest first, from `after` on.
    package func entries(
        runID: String? = nil, after sequence: Int64 = 0, limit: Int = 1_000
    ) async throws -> [Entry] {
        try await store.read("reading the audit") { database in
            try Self.entries(database, runID: runID, after: sequence, limit: limit)
        }
    }
}
