import GRDB
import Synchronization

/// How the store stands with its disk, with other engines and with its own past.
extension Store {
    /// Why the disk did not take the last write; nil when it did.
    package var problem: String? { disk.problem?.description }

    /// Whether the database was put back from a backup and its open runs have not been seen to yet.
    package var isRestored: Bool { witness.isMarked }

    /// Takes note that the open runs of a restored database have been seen to.
    package func settleRestoration() throws(StoreError) { try witness.removeMark() }

    /// Makes sure that this engine is still the newest on the database, sees, after a write that failed, whether the disk
    /// takes writes again, and has the witness know the last entry of the audit. Cheap enough for every second.
    ///
    /// - Throws: ``StoreError/fenced(mine:newest:)``.
    package func check() async throws {
        if disk.problem != nil {
            let mine = epoch
            // The same value again, which SQLite writes all the same.
            _ = try? await write("looking whether there is room") { database in
                try database.execute(
                    sql: "UPDATE engine SET boot_id = boot_id WHERE epoch = ?", arguments: [mine])
            }
        }
        let newest = try? await read("looking for a newer engine") { database in
            try Int64.fetchOne(database, sql: "SELECT max(epoch) FROM engine")
        }
        if let newest = newest ?? nil, newest != epoch { throw StoreError.fenced(mine: epoch, newest: newest) }
        do {
            try await read("looking for the last entry of the audit", testify)
        } catch let error as StoreError {
            disk.hasRefused(error)
        } catch {
            // Cancelled. Whoever looks next takes it down.
        }
    }

    /// Takes down in the witness where the audit stands, unless that is what it says already. What a snapshot shows is on
    /// disk, so the witness is never ahead of the database.
    @Sendable func testify(_ database: Database) throws {
        let newest = try Int64.fetchOne(database, sql: "SELECT max(epoch) FROM engine")
        // The directory is another engine's, which has its own to say.
        guard newest == epoch else { return }
        let testimony = EpochWitness.Testimony(epoch: epoch, anchor: try AuditLog.anchor(database))
        try witnessed.withLock { witnessed in
            guard witnessed != testimony, (witnessed.anchor?.sequence ?? 0) <= (testimony.anchor?.sequence ?? 0) else {
                return
            }
            try witness.record(testimony)
            witnessed = testimony
        }
    }

    /// How many writes wait for their turn on the one connection that writes.
    package var waitingWrites: Int { writes.waitingCount }
}
