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

    /// Whether the delivery has been seen before.
    package func contains(_ id: String) async throws -> Bool {
        try await store.read("looking up a delivery") { database in
            try Bool.fetchOne(database, sql: "SELECT 1 FROM delivery WHERE id = ?", arguments: [id]) ?? false
        }
    }

    /// Remembers a delivery and forgets those that are too old to come again.
    package func insert(_ id: String, at now: Timestamp) async throws {
        try await store.write("remembering a delivery") { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO delivery (id, seen_at) VALUES (?, ?)", arguments: [id, now.milliseconds])
            try database.execute(
                sql: "DELETE FROM delivery WHERE seen_at < ?", arguments: [(now - Self.memory).milliseconds])
        }
    }
}
