package import AuspexChanges
package import AuspexSignals
package import AuspexStore

/// The bus of a single machine: every message is in SQLite before its sender is answered.
package struct StoredBus: SignalBus {
    /// How long messages gather after the first one has come to an idle engine. Fetching one costs about as much as
    /// fetching ten, and nobody who reported something waits for what follows from it.
    private static let gathering = Duration.milliseconds(10)

    private let log: SignalLog
    private let doorbell = Doorbell()

    /// Creates the bus over `log`.
    package init(log: SignalLog) {
        self.log = log
    }

    package func append(_ message: BusMessage) async throws -> Int64 {
        try await append(message, marks: SourceMarks())
    }

    /// Accepts a message together with how far its sources have been read and what the audit says of it: all of it
    /// survives, or none.
    package func append(
        _ message: BusMessage, marks: SourceMarks, audit: AuditLog.Note? = nil
    ) async throws -> Int64 {
        let position = try await log.append(try message.bytes(), marks: marks, audit: audit)
        doorbell.ring()
        return position
    }

    /// Accepts the report of a change together with the change itself and the delivery that brought it: all of it
    /// survives, or none.
    ///
    /// - Parameters:
    ///   - news: What is to be told of the change.
    ///   - most: How many replies may wait; with more the news is left out.
    /// - Returns: the message's position, and whether the news is kept; nil when the delivery has been seen before, which
    ///   changes nothing.
    package func append(
        reporting change: Change, delivery: String?, news: [Reply] = [], most: Int = .max
    ) async throws -> (position: Int64, isNewsKept: Bool)? {
        let payload = try BusMessage.change(change).bytes()
        let kept = try await log.append(payload, reporting: change, delivery: delivery, news: news, most: most)
        if kept != nil { doorbell.ring() }
        return kept
    }

    package func next(
        after position: Int64, limit: Int, bytes: Int, waiting wait: Duration
    ) async throws -> [(position: Int64, message: BusMessage)] {
        do {
            var entries = try await log.read(after: position, limit: limit, bytes: bytes)
            if entries.isEmpty {
                if await doorbell.wait(atMost: wait) { try await Task.sleep(for: Self.gathering) }
                entries = try await log.read(after: position, limit: limit, bytes: bytes)
            }
            return try entries.map { ($0.sequence, try BusMessage(bytes: $0.payload)) }
        } catch is CancellationError {
            return []
        }
    }

    package func lastPosition() async throws -> Int64 {
        try await log.lastSequence()
    }

    package func size(after position: Int64) async throws -> Int {
        try await log.bytes(after: position)
    }
}
