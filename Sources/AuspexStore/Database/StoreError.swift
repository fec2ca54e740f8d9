import GRDB

/// Why the store cannot do what was asked.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The data directory cannot be made or used.
    case directory(path: String, reason: String)
    /// Another engine holds the data directory.
    case inUse(path: String)
    /// A newer engine has taken over; this one must stop.
    case fenced(mine: Int64, newest: Int64)
    /// The database was written by a later version of Auspex.
    case newerSchema(path: String)
    /// The disk refuses: it is full, or fails. What was to be written is not there, and may be written again.
    case disk(operation: String, reason: String)
    /// SQLite refused.
    case database(operation: String, reason: String)
    /// A stored record cannot be read.
    case corrupt(table: String, id: String, reason: String)

    package var description: String {
        switch self {
        case .directory(let path, let reason):
            "data directory \(path): \(reason); give a directory that this user may write to (data_dir)"
        case .inUse(let path):
            "data directory \(path) is in use by another engine; stop it, or give this one a data_dir of its own"
        case .fenced(let mine, let newest):
            "engine \(mine) has been replaced by engine \(newest) on the same data directory and must stop"
        case .newerSchema(let path):
            "\(path) was written by a later version of Auspex; use that version, or restore the backup beside the file"
        case .disk(let operation, let reason):
            "\(operation): the disk does not take it (\(reason)); free space or mend it, and it goes on by itself"
        case .database(let operation, let reason): "\(operation): \(reason)"
        case .corrupt(let table, let id, let reason): "\(table) record \(id) cannot be read: \(reason)"
        }
    }
}

extension StoreError {
    /// Whether the disk is to blame, so that the same may succeed later.
    package var isOfDisk: Bool { if case .disk = self { true } else { false } }

    /// What an error of SQLite means.
    init(_ error: DatabaseError, during operation: String) {
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_BUSY:
            self = .disk(operation: operation, reason: error.description)
        default: self = .database(operation: operation, reason: error.description)
        }
    }
}
