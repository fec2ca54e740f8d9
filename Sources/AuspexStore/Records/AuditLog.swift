package import AuspexSignals
import Crypto
import Foundation
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

    /// The hash before the first entry.
    static let origin = String(repeating: "0", count: 64)
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
        let previous = try String.fetchOne(database, sql: "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1") ?? origin
        let text = detail.canonicalText
        let hash = link(previous: previous, kind: kind, runID: runID, detail: text, at: at)
        try database.execute(
            sql: """
                INSERT INTO audit (at, kind, run_id, detail, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [at.milliseconds, kind, runID, text, previous, hash])
    }

    /// The entries of a run, or all, oldest first, from `after` on.
    package func entries(
        runID: String? = nil, after sequence: Int64 = 0, limit: Int = 1_000
    ) async throws -> [Entry] {
        try await store.read("reading the audit") { database in
            try Self.entries(database, runID: runID, after: sequence, limit: limit)
        }
    }

    /// Walks the whole chain.
    ///
    /// - Throws: ``StoreError/auditBroken(sequence:)`` at the first entry that does not follow from the one before it.
    package func verify() async throws {
        try await store.read("verifying the audit") { database in
            var previous = Self.origin
            var expected: Int64 = 1
            let rows = try Row.fetchCursor(
                database, sql: "SELECT seq, at, kind, run_id, detail, previous_hash, hash FROM audit ORDER BY seq")
            while let row = try rows.next() {
                let sequence: Int64 = row["seq"]
                let hash = Self.link(
                    previous: previous, kind: row["kind"], runID: row["run_id"], detail: row["detail"],
                    at: Timestamp(milliseconds: row["at"]))
                guard sequence == expected, row["previous_hash"] == previous, row["hash"] == hash else {
                    throw StoreError.auditBroken(sequence: sequence)
                }
                previous = hash
                expected += 1
            }
            // The highest number ever given must be the last one seen, or the tail has been cut off.
            let highest = try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'") ?? 0
            guard highest == expected - 1 else { throw StoreError.auditBroken(sequence: expected) }
        }
    }

    /// The hash of an entry that follows the one with the hash `previous`.
    static func link(previous: String, kind: String, runID: String?, detail: String, at: Timestamp) -> String {
        let fields: [JSONValue] = [
            .string(previous), .int(at.milliseconds), .string(kind), runID.map(JSONValue.string) ?? .null,
            .string(detail),
        ]
        let digest = SHA256.hash(data: Data(JSONValue.array(fields).canonicalText.utf8))
        return digest.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
