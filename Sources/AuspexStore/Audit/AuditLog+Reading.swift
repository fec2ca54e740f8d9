import AuspexSignals
import GRDB

extension AuditLog {
    /// The newest entries of a run, or of all, oldest first.
    package func newest(runID: String? = nil, limit: Int) async throws -> [Entry] {
        try await store.read("reading the audit") { try Self.newest($0, runID: runID, limit: limit) }
    }

    /// The entries of a run, or all, oldest first, from the one after `sequence` on.
    static func entries(
        _ database: Database, runID: String?, after sequence: Int64, limit: Int
    ) throws -> [Entry] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT seq, at, kind, run_id, detail, hash FROM audit
                WHERE seq > ? AND (? IS NULL OR run_id = ?) ORDER BY seq LIMIT ?
                """,
            arguments: [sequence, runID, runID, limit]
        ).map(Self.entry)
    }

    /// The newest entries of a run, or of all, oldest first.
    static func newest(_ database: Database, runID: String?, limit: Int) throws -> [Entry] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT seq, at, kind, run_id, detail, hash FROM audit
                WHERE (? IS NULL OR run_id = ?) ORDER BY seq DESC LIMIT ?
                """,
            arguments: [runID, runID, limit]
        ).reversed().map(Self.entry)
    }

    /// Where the audit stands; nil when it is empty.
    static func anchor(_ database: Database) throws -> AuditAnchor? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        ).map { AuditAnchor(sequence: $0["seq"], hash: $0["hash"]) }
    }

    /// Whether the audit has the entry that an anchor was taken from.
    static func has(_ anchor: AuditAnchor, _ database: Database) throws -> Bool {
        try String.fetchOne(database, sql: "SELECT hash FROM audit WHERE seq = ?", arguments: [anchor.sequence])
            == anchor.hash
    }

    private static func entry(_ row: Row) throws -> Entry {
        let number: Int64 = row["seq"]
        return Entry(
            sequence: number, at: Timestamp(milliseconds: row["at"]), kind: row["kind"], runID: row["run_id"],
            detail: try JSONValue.fromJSON(row["detail"], table: "audit", id: "\(number)"), hash: row["hash"])
    }
}
