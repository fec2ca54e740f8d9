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
        case .database(let operation, let reason): "\(operation): \(reason)"
        case .corrupt(let table, let id, let reason): "\(table) record \(id) cannot be read: \(reason)"
        }
    }
}
