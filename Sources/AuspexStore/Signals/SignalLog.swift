package import AuspexChanges
package import AuspexSignals
import Foundation
import GRDB

/// What came in, in order, until it is part of a checkpoint: the durable half of the bus.
package struct SignalLog: Sendable {
    /// One stored message.
    package struct Entry: Hashable, Sendable {
        /// Its position; positions rise and are never used twice.
        package var sequence: Int64
        /// Its bytes.
        package var payload: [UInt8]
    }

    private let store: Store
    private let clock: any WallClock

    /// Creates the log on `store`.
    package init(store: Store, clock: any WallClock) {
        self.store = store
        self.clock = clock
    }

    /// Appends one message; when this returns it is on disk.
    ///
    /// - Parameters:
    ///   - payload: Its bytes.
    ///   - marks: How far its sources have been read with it; on disk together with the message or not at all.
    ///   - audit: What the audit says of it; likewise.
    /// - Returns: its position.
    package func append(
        _ payload: [UInt8], marks: SourceMarks = SourceMarks(), audit: AuditLog.Note? = nil
    ) async throws -> Int64 {
        let now = clock.now().milliseconds
        return try await store.write("storing signals") { database in
            try marks.apply(to: database)
            if let audit { try AuditLog.append(database, audit) }
            return try Self.append(payload, at: now, to: database)
        }
    }

    /// Appends the message of a report of a change, keeps the change, and remembers the delivery that brought it: all
    /// of it is on disk when this returns, or none.
    ///
    /// - Parameters:
    ///   - payload: The message's bytes.
    ///   - change: The change.
    ///   - delivery: Tells a repetition; nil when the report may not be told from one.
    ///   - news: What is to be told of the change.
    ///   - most: How many replies may wait; with more the news is left out.
    /// - Returns: the message's position, and whether the news is kept; nil when the delivery has been seen before,
    ///   which changes nothing.
    package func append(
        _ payload: [UInt8], reporting change: Change, delivery: String?, news: [Reply] = [], most: Int = .max
    ) async throws -> (position: Int64, isNewsKept: Bool)? {
        let now = clock.now()
        return try await store.write("storing change \(change.id)") { database in
            if let delivery, try !DeliveryStore.insert(delivery, at: now, into: database) { return nil }
            try SQLiteChangeStore.save(change, to: database)
            let isNewsKept = try SQLiteQuestionStore.insert(database, news, most: most)
            let position = try Self.append(payload, at: now.milliseconds, to: database)
            return (position, isNewsKept)
        }
    }

    private static func append(_ payload: [UInt8], at milliseconds: Int64, to database: Database) throws -> Int64 {
        try database.cachedStatement(sql: "INSERT INTO message (received_at, payload) VALUES (?, ?)")
            .execute(arguments: [milliseconds, payload.data])
        return database.lastInsertedRowID
    }

    /// The messages after position `sequence`, oldest first, at most `limit`, and no further one once there are `bytes`
    /// bytes.
    package func read(after sequence: Int64, limit: Int, bytes: Int) async throws -> [Entry] {
        try await store.read("reading signals") { database in
            let rows = try Row.fetchCursor(
                database, sql: "SELECT seq, payload FROM message WHERE seq > ? ORDER BY seq LIMIT ?",
                arguments: [sequence, limit])
            var entries: [Entry] = []
            var room = bytes
            while room > 0 || entries.isEmpty, let row = try rows.next() {
                let entry = Entry(sequence: row["seq"], payload: [UInt8](row["payload"] as Data))
                room -= entry.payload.count
                entries.append(entry)
            }
            return entries
        }
    }

    /// How many bytes the messages after position `sequence` have.
    package func bytes(after sequence: Int64) async throws -> Int {
        try await store.read("measuring the backlog") { database in
            let sql = "SELECT COALESCE(SUM(LENGTH(payload)), 0) FROM message WHERE seq > ?"
            return try Int.fetchOne(database, sql: sql, arguments: [sequence]) ?? 0
        }
    }

    /// The position of the newest message; 0 when there never was one.
    package func lastSequence() async throws -> Int64 {
        try await store.read("reading the last position") { database in
            // AUTOINCREMENT keeps the highest number ever given, also when all rows have been removed.
            try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'message'") ?? 0
        }
    }
}
