import Synchronization

/// How many bytes of request bodies may be in memory at a time, over all connections.
///
/// A class because all requests share the one budget.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    init(bytes limit: Int) {
        self.limit = limit
    }

    /// Takes `bytes` if there is room; one body alone is always let in.
    func reserve(_ bytes: Int) -> Bool {
        used.withLock { used in
            guard used == 0 || used + bytes <= limit else { return false }
            used += bytes
            return true
        }
    }

    /// Gives back what was taken.
    func release(_ bytes: Int) {
        used.withLock { $0 -= bytes }
    }
}
