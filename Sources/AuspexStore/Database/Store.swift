package import AuspexSignals
import Foundation
import GRDB
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The SQLite database of one engine: opened under the directory's lock, migrated, and fenced by an epoch.
///
/// Every write happens in a transaction on the one writer connection, in WAL mode with `synchronous=FULL`: what has
/// returned is on disk. Writes that come at the same time share a transaction (``GroupCommit``). Reads run beside it on
/// snapshots.
///
/// A class because the lock and the connection pool must live exactly as long as each other.
package final class Store: Sendable {
    /// The file's name within the data directory.
    package static let fileName = "auspex.sqlite"
    /// How long a connection waits for another's lock before it gives up, in seconds.
    private static let busyTimeout = 5.0
    /// After how many pages of the write-ahead log the writer moves those into the main file that ``LogMover`` has left.
    /// That happens in the middle of a write, so the more pages are written again and again before it, the less all writes
    /// wait; 4,000 are 16 MiB.
    private static let pagesInLog = 4_000
    /// How much of the database each of the connections, the writer and at most five readers, keeps in memory, in KiB.
    /// Identifiers are random, so that every insertion and every look touches another page.
    private static let pageCache = 16_384

    /// The data directory.
    package let directory: String
    /// The number of this engine on this database: one more than its predecessor's.
    package let epoch: Int64
    /// The kernel's boot identifier, by which a later engine knows whether process ids still mean anything.
    package let bootID: String

    let pool: DatabasePool
    let writes: GroupCommit
    let witness: EpochWitness
    /// What the witness says.
    let witnessed: Mutex<EpochWitness.Testimony>
    let disk = DiskState()
    private let lock: DirectoryLock
    private let mover: LogMover

    /// Opens or makes the database in `directory`.
    ///
    /// Before a migration changes an existing file it is copied beside it, so that the way back is open.
    ///
    /// - Throws: ``StoreError`` when the directory is not usable or held by another engine, or the file is from a later
    ///   version.
    package init(directory: String, clock: some WallClock) throws(StoreError) {
        self.directory = directory
        lock = try DirectoryLock(directory: directory)
        let path = directory + "/" + Self.fileName
        bootID = Self.readBootID()
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(Self.busyTimeout)
            configuration.foreignKeysEnabled = true
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(Self.pageCache)") }
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.pagesInLog)")
            }
            try Self.migrate(pool, path: path)
            witness = EpochWitness(directory: directory)
            let testimony = try Self.takeEpoch(pool, witness, bootID: bootID, now: clock.now())
            let mine = testimony.epoch
            epoch = mine
            witnessed = Mutex(testimony)
            let mover = try LogMover(path: path)
            self.mover = mover
            writes = GroupCommit(
                pool,
                guardian: { database in
                    let newest = try Int64.fetchOne(
                        try database.cachedStatement(sql: "SELECT max(epoch) FROM engine"))
                    if let newest, newest != mine { throw StoreError.fenced(mine: mine, newest: newest) }
                }, hasCommitted: { mover.hasCommitted() })
        } catch let error as StoreError {
            throw error
        } catch {
            throw .database(operation: "opening \(path)", reason: "\(error)")
        }
    }

    private static func migrate(_ pool: DatabasePool, path: String) throws {
        let migrator = Schema.migrator
        let (superseded, completed, all) = try pool.read { database in
            (
                try migrator.hasBeenSuperseded(database), try migrator.completedMigrations(database),
                migrator.migrations
            )
        }
        guard !superseded else { throw StoreError.newerSchema(path: path) }
        guard completed != all else { return }
        if !completed.isEmpty {
            let backup = try DatabaseQueue(path: path + ".before-migration-\(completed.count + 1)")
            try pool.backup(to: backup)
        }
        try migrator.migrate(pool)
    }

    /// Makes this engine the newest on the database, and newer than every other that the directory has seen.
    ///
    /// - Returns: What the witness says from now on.
    private static func takeEpoch(
        _ pool: DatabasePool, _ witness: EpochWitness, bootID: String, now: Timestamp
    ) throws -> EpochWitness.Testimony {
        let seen = witness.testimony
        let (last, isOlder) = try pool.read { database in
            let last = try Int64.fetchOne(database, sql: "SELECT max(epoch) FROM engine") ?? 0
            guard let seen, last >= seen.epoch else { return (last, true) }
            return (last, try seen.anchor.map { try !AuditLog.has($0, database) } ?? false)
        }
        // First, so that an engine that dies from here on leaves word for the next one.
        if isOlder { try witness.setMark() }
        let mine = max(last, seen?.epoch ?? 0) + 1
        try pool.write { database in
            try database.execute(
                sql: "INSERT INTO engine (epoch, boot_id, started_at) VALUES (?, ?, ?)",
                arguments: [mine, bootID, now.milliseconds])
        }
        let testimony = EpochWitness.Testimony(epoch: mine, anchor: try pool.read(AuditLog.anchor))
        try witness.record(testimony)
        return testimony
    }

    private static func readBootID() -> String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }

    /// Runs `body` in a transaction that commits only while this engine is the newest on the database.
    ///
    /// What `body` throws comes out as it is and leaves nothing changed; SQLite's own errors become ``StoreError``.
    ///
    /// - Parameter isAlone: Whether it gets a transaction of its own, because it is so long that other writes had
    ///   better not wait for its end.
    func write<Result: Sendable>(
        _ operation: String, isAlone: Bool = false, _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws -> Result {
        do {
            let result = try await writes.write(isAlone: isAlone, body)
            disk.hasTaken()
            return result
        } catch let error as DatabaseError {
            let failure = StoreError(error, during: operation)
            if failure.isOfDisk { disk.hasRefused(failure) }
            throw failure
        }
    }

    /// Runs `body` on a snapshot.
    func read<Result: Sendable>(
        _ operation: String, _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.read(body)
        } catch let error as DatabaseError {
            throw StoreError(error, during: operation)
        }
    }

    /// Moves what the write-ahead log holds into the main file, closes all connections and lets go of the directory.
    package func close() throws(StoreError) {
        do {
            // Closing alone leaves the log where it is when a reader is the last to go. Without this the file by itself is
            // no backup; that it cannot be done, as on a full disk, is no reason not to close.
            _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            // A witness that lags behind is none the worse for it.
            try? pool.read(testify)
            try pool.close()
            // Afterwards, as the last write may still have asked for it.
            try mover.close()
            lock.release()
        } catch {
            throw .database(operation: "closing the database", reason: "\(error)")
        }
    }
}

extension Encodable {
    /// The value as JSON text with sorted keys, as the `body` columns hold it.
    func jsonText() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension Decodable {
    /// Reads a `body` column.
    static func fromJSON(_ text: String, table: String, id: String) throws(StoreError) -> Self {
        do {
            return try JSONDecoder().decode(Self.self, from: Data(text.utf8))
        } catch {
            throw .corrupt(table: table, id: id, reason: "\(error)")
        }
    }
}
