import GRDB
import Synchronization

/// Moves pages of the write-ahead log into the main file beside the writer, on a connection of its own.
///
/// The writer moves them too when its log has become long, in the middle of a write; what has been moved here by then need
/// not be waited for. Nothing is lost when it can't be done: the log keeps what is not moved.
///
/// A class because it is told of commits by the writer's queue and asked to close by the store.
final class LogMover: Sendable {
    /// After how many transactions pages are moved. Each time costs two syncs, which the writer's own go beside.
    private static let transactions = 64

    private struct State {
        var committed = 0
        var isMoving = false
    }

    private let queue: DatabaseQueue
    private let state = Mutex(State())

    /// Creates the mover for the database at `path`, which is in WAL mode.
    init(path: String) throws {
        queue = try DatabaseQueue(path: path)
    }

    /// Takes note of a transaction that is on disk.
    func hasCommitted() {
        let isDue = state.withLock { state in
            state.committed += 1
            guard state.committed >= Self.transactions, !state.isMoving else { return false }
            state = State(committed: 0, isMoving: true)
            return true
        }
        guard isDue else { return }
        queue.asyncWriteWithoutTransaction { database in
            // It fails while the writer does the same.
            _ = try? database.checkpoint(.passive)
            self.state.withLock { $0.isMoving = false }
        }
    }

    /// Lets what is being moved be done and closes the connection.
    func close() throws { try queue.close() }
}
