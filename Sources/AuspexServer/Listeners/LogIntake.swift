import AuspexEngine
import AuspexSignals
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
    }

    private struct State {
        var pieces: [Piece] = []
        /// Of pieces that nobody waits for.
        var bytes = 0
        var isClosed = false
    }

    /// Bytes of records that may wait without a sender that waits for them.
    static let mostBytes = 16 << 20
    /// A batch has at most about so many bytes.
    private static let batchBytes = 4 << 20
    /// After so long a full backlog is tried again.
    private static let pause = Duration.milliseconds(250)

    private let engine: Engine
    private let logger: Logger
    private let state = Mutex(State())
    private let bell: AsyncStream<Void>.Continuation
    private let rings: AsyncStream<Void>
    private let limit: Int

    init(engine: Engine, logger: Logger, limit: Int = LogIntake.mostBytes) {
        self.engine = engine
        self.logger = logger
        self.limit = limit
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes records of a sender that cannot wait; when there is no room, they are lost and counted.
    func offer(_ records: [LogRecord]) {
        let bytes = Self.bytes(of: records)
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.bytes + bytes <= limit else { return false }
            state.bytes += bytes
            state.pieces.append(Piece(records: records, bytes: bytes))
            return true
        }
        if isTaken { bell.yield() } else { engine.metrics.add(records.count, to: .logsDropped) }
    }

    /// Takes records and returns when they are on disk: the sender waits for as long as the backlog is full.
    ///
    /// - Returns: whether they are; false when the engine ends.
    func store(_ records: [LogRecord]) async -> Bool {
        guard !records.isEmpty else { return true }
        let bytes = Self.bytes(of: records)
        return await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard !state.isClosed else { return false }
                state.pieces.append(Piece(records: records, bytes: bytes, waiter: continuation))
                return true
            }
            if isTaken { bell.yield() } else { continuation.resume(returning: false) }
        }
    }

    /// Takes nothing more. What was taken is still stored, unless the backlog is full.
    func close() {
        state.withLock { $0.isClosed = true }
        bell.yield()
    }

    /// Stores what is taken, until it is closed and empty.
    func run() async {
        for await _ in rings {
            while let batch = takeBatch() {
                let isStored = await store(batch)
                for piece in batch { piece.waiter?.resume(returning: isStored) }
            }
            if state.withLock({ $0.isClosed && $0.pieces.isEmpty }) { return }
        }
        // Cancelled: nobody may wait for ever.
        close()
        while let batch = takeBatch() { drop(batch) }
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

    private func store(_ batch: [Piece]) async -> Bool {
        let records = batch.flatMap(\.records)
        while true {
            do {
                try await engine.ingest(SignalBatch(logs: records))
                return true
            } catch EngineError.backlogFull {
                let isEnding = Task.isCancelled || state.withLock(\.isClosed)
                guard !isEnding, (try? await Task.sleep(for: Self.pause)) != nil else { break }
            } catch {
                logger.error("log records could not be stored", metadata: ["reason": "\(error)"])
                break
            }
        }
        countLost(batch)
        return false
    }

    private func drop(_ batch: [Piece]) {
        countLost(batch)
        for piece in batch { piece.waiter?.resume(returning: false) }
    }

    /// Who waits is told that its records are not stored, and may send them again; the others are lost.
    private func countLost(_ batch: [Piece]) {
        let lost = batch.reduce(0) { $1.waiter == nil ? $0 + $1.records.count : $0 }
        engine.metrics.add(lost, to: .logsDropped)
    }

    private static func bytes(of records: [LogRecord]) -> Int {
        records.reduce(0) { sum, record in
            sum + 64 + record.body.utf8.count
                + record.attributes.pairs.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 }
        }
    }
}
