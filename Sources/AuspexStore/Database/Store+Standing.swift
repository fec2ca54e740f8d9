import GRDB

/// How the store stands with its disk, with other engines and with its own past.
extension Store {
    /// Why the disk did not take the last write; nil when it did.
    package var problem: String? { disk.problem?.description }

    /// Whether the database was put back from a backup and its open runs have not been seen to yet.
    package var isRestored: Bool { witness.isMarked }

    /// Takes note that the open runs of a restored database have been seen to.
    package func settleRestoration() throws(StoreError) { try witness.removeMark() }

    /// Makes sure that this engine is still the newest on the database, and, after a write that failed, whether the disk
    /// takes writes again. Cheap enough for every second.
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
    }
}
