import AuspexSignals
import GRDB

extension AuditLog {
    /// Entries that are read on one snapshot: enough to be fast, and few enough that the write-ahead log is not kept
    /// from being moved into the main file.
    static let entriesAtOnce = 5_000

    /// Walks the whole chain, in constant memory. Entries may be appended meanwhile.
    ///
    /// - Parameter anchor: Where the chain is known to have stood once. Without it, a chain that was computed anew as a
    ///   whole is not found out.
    /// - Returns: Where it stands.
    /// - Throws: ``AuditProblem`` at the first entry that is not right.
    @discardableResult
    package func verify(anchor: AuditAnchor? = nil) async throws -> AuditAnchor {
        var chain = AuditChain(anchor: anchor)
        while true {
            try Task.checkCancellation()
            let start = chain
            let (next, isOver) = try await store.read("verifying the audit") { database in
                var chain = start
                let isOver = try Self.follow(&chain, database)
                return (chain, isOver)
            }
            chain = next
            if isOver { return chain.last }
        }
    }

    /// Walks the next ``entriesAtOnce`` entries, and says whether those were the last; then the end is checked as well.
    static func follow(_ chain: inout AuditChain, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                SELECT seq, at, kind, run_id, detail, previous_hash, hash FROM audit
                WHERE seq > ? ORDER BY seq LIMIT ?
                """)
        // From the lowest number that there can be on, because an entry's number may have been changed, too.
        let start = chain.last.sequence == 0 ? Int64.min : chain.last.sequence
        let rows = try Row.fetchCursor(statement, arguments: [start, entriesAtOnce])
        var count = 0
        while let row = try rows.next() {
            count += 1
            let previous = chain.last.hash
            let entry = Entry(
                sequence: row["seq"], at: Timestamp(milliseconds: row["at"]), kind: row["kind"], runID: row["run_id"],
                detail: .null, hash: row["hash"])
            // The detail as it stands, so that not a byte of it can change.
            try chain.take(entry, writtenAs: row["detail"])
            guard row["previous_hash"] == previous else { throw AuditProblem.broken(sequence: entry.sequence) }
        }
        guard count < entriesAtOnce else { return false }
        try chain.finish(
            given: try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'"))
        return true
    }
}
