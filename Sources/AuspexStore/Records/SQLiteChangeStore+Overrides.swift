package import AuspexChanges
package import AuspexSignals
import GRDB

/// Verdicts together with what the audit says of them.
extension SQLiteChangeStore {
    /// Keeps a verdict; one with the same id is replaced, but for its override, which is kept while it holds.
    ///
    /// - Parameters:
    ///   - audit: What the audit says of it, on disk together with the verdict or not at all.
    ///   - now: The time, which ends overrides; nil lets them hold.
    /// - Returns: the verdict as it is kept.
    @discardableResult package func save(
        _ verdict: Verdict, audit: AuditLog.Note?, at now: Timestamp?
    ) async throws -> Verdict {
        // Before its turn, as others wait for the end of that.
        let text = try verdict.jsonText()
        return try await store.write("storing verdict \(verdict.id)") { database in
            var kept = verdict
            // One that cannot be read has no override that could be kept.
            if let earlier = try? Self.find(verdict.id, in: database) {
                kept = verdict.keepingOverride(of: earlier, at: now)
            }
            try Self.put(kept, kept.override == verdict.override ? text : try kept.jsonText(), into: database)
            if let audit { try AuditLog.append(database, audit) }
            return kept
        }
    }

    /// Changes a verdict as it stands in the store, with nobody in between.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - change: Makes the new verdict of the old one and says what the audit says of it. What it throws leaves all
    ///     as it was.
    /// - Returns: the new verdict; nil when there is none of this id.
    package func changeVerdict(
        _ id: String, _ change: @escaping @Sendable (Verdict) throws -> (Verdict, AuditLog.Note)
    ) async throws -> Verdict? {
        try await store.write("changing verdict \(id)") { database in
            guard let known = try Self.find(id, in: database) else { return nil }
            let (verdict, note) = try change(known)
            try Self.put(verdict, try verdict.jsonText(), into: database)
            try AuditLog.append(database, note)
            return verdict
        }
    }

    static func find(_ id: String, in database: Database) throws -> Verdict? {
        let find = try database.cachedStatement(sql: "SELECT body FROM verdict WHERE id = ?")
        return try String.fetchOne(find, arguments: [id]).map { try Verdict.fromJSON($0, table: "verdict", id: id) }
    }

    private static func put(_ verdict: Verdict, _ text: String, into database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO verdict (id, expires_at, body) VALUES (?, ?, ?)")
            .execute(arguments: [verdict.id, verdict.expiresAt.milliseconds, text])
    }
}
