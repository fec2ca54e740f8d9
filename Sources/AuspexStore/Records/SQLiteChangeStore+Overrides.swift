package import AuspexChanges
import AuspexSignals
import GRDB

/// Verdicts together with what the audit says of them.
extension SQLiteChangeStore {
    /// Keeps a verdict; one with the same id is replaced.
    ///
    /// - Parameter audit: What the audit says of it, on disk together with the verdict or not at all.
    package func save(_ verdict: Verdict, audit: AuditLog.Note?) async throws {
        let text = try verdict.jsonText()
        try await store.write("storing verdict \(verdict.id)") { database in
            try Self.put(verdict, text, into: database)
            if let audit { try AuditLog.append(database, audit) }
        }
    }

    /// Changes a verdict as it stands in the store, with nobody in between.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - change: Makes the new verdict of the old one and says what the audit says of it. What it throws leaves all
    /// as it
    ///     was.
    /// - Returns: the new verdict; nil when there is none of this id.
    package func changeVerdict(
        _ id: String, _ change: @escaping @Sendable (Verdict) throws -> (Verdict, AuditLog.Note)
    ) async throws -> Verdict? {
        try await store.write("changing verdict \(id)") { database in
            let find = try database.cachedStatement(sql: "SELECT body FROM verdict WHERE id = ?")
            guard let body = try String.fetchOne(find, arguments: [id]) else { return nil }
            let (verdict, note) = try change(try Verdict.fromJSON(body, table: "verdict", id: id))
            try Self.put(verdict, try verdict.jsonText(), into: database)
            try AuditLog.append(database, note)
            return verdict
        }
    }

    private static func put(_ verdict: Verdict, _ text: String, into database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO verdict (id, expires_at, body) VALUES (?, ?, ?)")
            .execute(arguments: [verdict.id, verdict.expiresAt.milliseconds, text])
    }
}
