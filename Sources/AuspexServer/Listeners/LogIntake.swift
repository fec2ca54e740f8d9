import AuspexEngine
import AuspexSignals
import AuspexStore
import Logging
import Synchronization

/// Stores what listeners receive: many small pieces become one batch, so that each needs no write of its own.
///
/// A class because all listeners share the one queue.
final class LogIntake: Sendable {
    private struct Piece {
        var records: [LogRecord]
        var bytes: Int
        /// Who waits until the records are stored; nil for records that nobody waits for.
        var waiter: CheckedContinuation<Bool, Never>?
        /// Whether the sender sends again what it is not told to be stored.
        var isRepeated = false
    }

    private struct State {
        var pieces: [Piece] = []
        /// Of pieces that nobody waits for.
        var bytes = 0
        /// Of pieces that somebody waits for.
        var awaitedBytes = 0
        var isClosed = false
    }

    /// Bytes of records that may wait without a sender that waits for them.
    static let mostBytes = 16 << 20
    /// Bytes of records that may wait before a further sender which repeats them is sent away. One that does not repeat is
    /// never: it waits, and brings nothing more meanwhile.
    static let mostAwaitedBytes = 128 << 20
    /// A batch has at most about so many bytes.
    private static let batchBytes = 4 << 20
    /// After so long a full backlog, or a store that has failed, is tried again.
    private static let pause = Duration.milliseconds(250)

    private let engine: Engine
    private let logger: Logger
    private let state = Mutex(State())
    private let bell: AsyncStream<Void>.Continuation
    private let rings: AsyncStream<Void>
    private let limit: Int
    private let awaitedLimit: Int
    private let ingest: @Sendable (SignalBatch) async throws -> Void

    /// An intake before an engine.
    ///
    /// - Parameter ingest: what stores a batch; the engine, but in tests.
    init(
        engine: Engine, logger: Logger, limit: Int = LogIntake.mostBytes,
        awaitedLimit: Int = LogIntake.mostAwaitedBytes,
        ingest: (@Sendable (SignalBatch) async throws -> Void)? = nil
    ) {
        self.engine = engine
        self.logger = logger
        self.limit = limit
        self.awaitedLimit = awaitedLimit
        self.ingest = ingest ?? { try await engine.ingest($0) }
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes records of a sender that cannot wait; when there is no room, they are lost and counted.
    func offer(_ records: [LogRecord]) {
        let records = engine.dated(records)
        let bytes = Self.bytes(of: records)
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.bytes + bytes <= limit else { return false }
            state.bytes += bytes
            state.pieces.append(Piece(records: records, bytes: bytes))
            return true
        }
        if isTaken { bell.yield() } else { engine.metrics.add(records.count, to: .logsDropped) }
    }

    /// Takes records and returns when they are on disk: the sender waits for as long as the backlog is full or the store fails.
    ///
    /// - Parameters:
    ///   - records: The records.
    ///   - isRepeated: Whether the sender sends them again when it is not told that they are stored; else they are lost then,
    ///     and counted.
    /// - Returns: whether they are; false when the engine ends, or when too much waits.
    func store(_ records: [LogRecord], isRepeated: Bool = false) async -> Bool {
        guard !records.isEmpty else { return true }
        let records = engine.dated(records)
        let bytes = Self.bytes(of: records)
        return await withCheckedContinuation { continuation in
            let piece = Piece(records: records, bytes: bytes, waiter: continuation, isRepeated: isRepeated)
            let isTaken = state.withLock { state in
                let hasRoom = state.awaitedBytes == 0 || state.awaitedBytes + bytes <= awaitedLimit
                guard !state.isClosed, hasRoom || !isRepeated else { return false }
                state.awaitedBytes += bytes
                state.pieces.append(piece)
                return true
            }
            if isTaken { bell.yield() } else { drop([piece]) }
        }
    }

    /// Takes nothing more. What was taken is still stored, unless the backlog is full or the store fails.
    func close() {
        state.withLock { $0.isClosed = true }
        bell.yield()
    }

    /// Stores what is taken, until it is closed and empty.
    func run() async {
        for await _ in rings {
            while let batch = takeBatch() {
                let isStored = await store(batch)
                free(batch)
                guard isStored else {
                    drop(batch)
                    continue
                }
                for piece in batch { piece.waiter?.resume(returning: true) }
            }
            if state.withLock({ $0.isClosed && $0.pieces.isEmpty }) { return }
        }
        // Cancelled: nobody may wait for ever.
        close()
        while let batch = takeBatch() {
            free(batch)
            drop(batch)
        }
    }

    private func takeBatch() -> [Piece]? {
        state.withLock { state in
            var (count, bytes) = (0, 0)
            while count < state.pieces.count, count == 0 || bytes + state.pieces[count].bytes <= Self.batchBytes {
                bytes += state.pieces[count].bytes
                count += 1
            }
            guard count > 0 else { return nil }
            let batch = Array(state.pieces.prefix(count))
            state.pieces.removeFirst(count)
            state.bytes -= batch.reduce(0) { $1.waiter == nil ? $0 + $1.bytes : $0 }
            return batch
        }
    }

    /// Makes room for what senders wait for once it is no longer in memory.
    private func free(_ batch: [Piece]) {
        state.withLock { $0.awaitedBytes -= batch.reduce(0) { $1.waiter == nil ? $0 : $0 + $1.bytes } }
    }

    private func store(_ batch: [Piece]) async -> Bool {
        let records = batch.flatMap(\.records)
        var isTold = false
        while true {
            do {
                try await ingest(SignalBatch(logs: records))
                return true
            } catch EngineError.backlogFull {
                guard await canRetry() else { return false }
            } catch let error as StoreError {
                if !isTold { tell(error) }
                isTold = true
                guard await canRetry() else { return false }
            } catch {
                tell(error)
                return false
            }
        }
    }

    private func tell(_ error: any Error) {
        logger.error("log records could not be stored", metadata: ["reason": "\(error)"])
    }

    /// Waits a moment; false when the engine ends.
    private func canRetry() async -> Bool {
        guard !Task.isCancelled, !state.withLock(\.isClosed) else { return false }
        return (try? await Task.sleep(for: Self.pause)) != nil
    }

    /// Who waits is told that its records are not stored. Those that nobody sends again are lost.
    private func drop(_ batch: [Piece]) {
        engine.metrics.add(batch.reduce(0) { $1.isRepeated ? $0 : $0 + $1.records.count }, to: .logsDropped)
        for piece in batch { piece.waiter?.resume(returning: false) }
    }

    /// About how many bytes records take in memory.
    static func bytes(of records: [LogRecord]) -> Int {
        records.reduce(0) { sum, record in
            sum + 64 + record.body.utf8.count
                + record.attributes.pairs.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 }
        }
    }
}
