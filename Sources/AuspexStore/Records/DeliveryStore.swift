package import AuspexSignals
import GRDB

/// Which webhook deliveries have been seen, so that a repeated or replayed one changes nothing.
package struct DeliveryStore: Sendable {
    /// How long a delivery is remembered. GitHub lets people redeliver by hand for three days; ten leave room.
    private static let memory = TimeSpan.hours(240)

    private let store: Store

    /// Creates the memory on `store`.
    package init(store: Store) {
        self.store = store
    }

    /// Whether a delivery is remembered.
    package func contains(_ id: String) async throws -> Bool {
        try await store.read("looking a delivery up") { database in
            let find = try database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM delivery WHERE id = ?)")
            return try Bool.fetchOne(find, arguments: [id]) ?? false
        }
    }

    /// Remembers a delivery and forgets those that are too old to come again.
    ///
    /// - Returns: whether it was new.
    package func insert(_ id: String, at now: Timestamp) async throws -> Bool {
        try await store.write("remembering a delivery") { try Self.insert(id, at: now, into: $0) }
    }

    /// Remembers a delivery within a transaction that is already open.
    ///
    /// - Returns: whether it was new.
    static func insert(_ id: String, at now: Timestamp, into database: Database) throws -> Bool {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO delivery (id, seen_at) VALUES (?, ?)")
            .execute(arguments: [id, now.milliseconds])
        guard database.changesCount > 0 else { return false }
        try database.cachedStatement(sql: "DELETE FROM delivery WHERE seen_at < ?")
            .execute(arguments: [(now - memory).milliseconds])
        return true
    }
}
