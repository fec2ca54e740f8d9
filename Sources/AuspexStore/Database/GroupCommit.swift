import GRDB
import Synchronization

/// Gathers writes that are asked for while another transaction is on its way to the disk, and puts them there together:
/// one transaction and one sync for all of them, so that the number of writes a second is not the number of syncs.
///
/// Nobody waits for company. A write that comes alone is done at once; those that come while it is being synced are the
/// next group. Each returns when its own group is on disk. Within a group each runs in a savepoint of its own: what one
/// throws takes back that one and no other.
///
/// A class because all writers share one queue.
final class GroupCommit: Sendable {
    /// Most writes in a transaction, so that the first does not wait for an endless one.
    private static let mostAtOnce = 256

    private struct State {
        var waiting: [any PendingWrite] = []
        /// Whether the writer's queue has been asked for a turn that it has not had yet.
        var isScheduled = false
    }

    private let pool: DatabasePool
    private let guardian: @Sendable (Database) throws -> Void
    private let hasCommitted: @Sendable () -> Void
    private let state = Mutex(State())

    /// Creates the queue.
    ///
    /// - Parameters:
    ///   - pool: Whose writer does the work.
    ///   - guardian: Asked at the beginning of every transaction; what it throws fails all writes in it.
    ///   - hasCommitted: Told of every transaction that is on disk, on the writer's queue.
    init(
        _ pool: DatabasePool, guardian: @escaping @Sendable (Database) throws -> Void,
        hasCommitted: @escaping @Sendable () -> Void
    ) {
        self.pool = pool
        self.guardian = guardian
        self.hasCommitted = hasCommitted
    }

    /// Runs `body` in a transaction, maybe together with others, and returns when it is on disk.
    ///
    /// A task that is cancelled already throws `CancellationError` and changes nothing; once it waits for its turn, its write
    /// is done, whether it is cancelled meanwhile or not.
    ///
    /// - Parameter isAlone: Whether it gets a transaction of its own, because it is so long that others had better not
    ///   wait for its end.
    func write<Result: Sendable>(
        isAlone: Bool = false, _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            add(TypedWrite(isAlone: isAlone, body: body, continuation: continuation))
        }
    }

    /// How many writes have not had their turn yet.
    var waitingCount: Int { state.withLock(\.waiting.count) }

    private func add(_ write: any PendingWrite) {
        let isFirst = state.withLock { state in
            state.waiting.append(write)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { schedule() }
    }

    private func schedule() {
        pool.asyncWriteWithoutTransaction { database in
            let (group, isMoreWaiting) = self.takeGroup()
            let error = self.commit(group, in: database)
            for write in group { write.finish(error) }
            if error == nil { self.hasCommitted() }
            // Other users of the writer get their turn between two groups.
            if isMoreWaiting { self.schedule() }
        }
    }

    /// The writes of the next transaction, and whether others wait behind them. With none left the next one to come
    /// schedules itself.
    private func takeGroup() -> (group: [any PendingWrite], isMoreWaiting: Bool) {
        state.withLock { state in
            let first = state.waiting.first?.isAlone ?? false
            let count = first ? 1 : min(state.waiting.firstIndex(where: \.isAlone) ?? .max, state.waiting.count)
            let group = Array(state.waiting.prefix(min(count, Self.mostAtOnce)))
            state.waiting.removeFirst(group.count)
            state.isScheduled = !state.waiting.isEmpty
            return (group, state.isScheduled)
        }
    }

    /// - Returns: what failed all of them; nil when those that did not fail by themselves are on disk.
    private func commit(_ group: [any PendingWrite], in database: Database) -> (any Error)? {
        do {
            try database.inTransaction(.immediate) {
                try guardian(database)
                if group.count == 1 {
                    try group[0].run(in: database)
                    return .commit
                }
                for write in group {
                    do {
                        try database.inSavepoint {
                            try write.run(in: database)
                            return .commit
                        }
                    } catch {
                        // A full disk and the like take back the whole transaction, and with it what others have done.
                        guard database.isInsideTransaction else { throw error }
                        write.fail(error)
                    }
                }
                return .commit
            }
            return nil
        } catch {
            return error
        }
    }
}

/// A write on its way, whatever it results in.
private protocol PendingWrite: Sendable {
    var isAlone: Bool { get }
    /// Does the work and keeps the result until ``finish(_:)``.
    func run(in database: Database) throws
    /// Keeps an error of its own until ``finish(_:)``.
    func fail(_ error: any Error)
    /// Tells whoever waits: the error of the whole transaction, or its own result.
    func finish(_ error: (any Error)?)
}

/// A class because the writer's queue leaves the result in it.
private final class TypedWrite<Value: Sendable>: PendingWrite {
    let isAlone: Bool
    private let body: @Sendable (Database) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>
    private let outcome = Mutex<Result<Value, any Error>>(.failure(CancellationError()))

    init(
        isAlone: Bool, body: @escaping @Sendable (Database) throws -> Value,
        continuation: CheckedContinuation<Value, any Error>
    ) {
        self.isAlone = isAlone
        self.body = body
        self.continuation = continuation
    }

    func run(in database: Database) throws {
        let value = try body(database)
        outcome.withLock { $0 = .success(value) }
    }

    func fail(_ error: any Error) {
        outcome.withLock { $0 = .failure(error) }
    }

    func finish(_ error: (any Error)?) {
        let result = outcome.withLock { $0 }
        continuation.resume(with: error.map { .failure($0) } ?? result)
    }
}
