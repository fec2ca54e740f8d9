import AuspexRunbooks
import Synchronization

/// What the journal has written last of the runs that it writes to, so that the next commit of a run writes only what
/// has changed since. Nothing is lost with it: a run that is not in here is written as a whole once.
///
/// A class because all copies of a journal write to the same database.
final class WrittenRuns: Sendable {
    /// What is on disk of a run.
    struct Entry: Sendable {
        var revision: Int64
        var steps: [StepRecord]
    }

    /// Most runs that are remembered: far more than may be active at once. The records are those that their drivers
    /// hold, not copies.
    static let capacity = 256

    private let entries = Mutex<[String: Entry]>([:])

    /// What is on disk of `record`'s run, if that is the revision before it.
    func entry(before record: RunRecord) -> Entry? {
        entries.withLock { entries in
            guard let entry = entries[record.id], entry.revision == record.revision - 1 else { return nil }
            return entry
        }
    }

    /// Takes in that `record` is on disk.
    func note(_ record: RunRecord) {
        entries.withLock { entries in
            guard record.isOpen else { return entries[record.id] = nil }
            if entries[record.id] == nil, entries.count >= Self.capacity, let other = entries.keys.first {
                entries[other] = nil
            }
            entries[record.id] = Entry(revision: record.revision, steps: record.steps)
        }
    }
}
