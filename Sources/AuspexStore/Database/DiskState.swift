import Synchronization

/// What became of the last write: whether the disk takes what the store writes.
///
/// A class because all writers tell the same one.
final class DiskState: Sendable {
    private let refusal = Mutex<StoreError?>(nil)

    /// Why the last write was refused; nil when it was taken.
    var problem: StoreError? { refusal.withLock { $0 } }

    func hasTaken() { refusal.withLock { $0 = nil } }

    func hasRefused(_ error: StoreError) { refusal.withLock { $0 = error } }
}
