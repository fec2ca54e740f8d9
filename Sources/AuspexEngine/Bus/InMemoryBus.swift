import Synchronization

/// A bus that forgets everything when the process ends: for replay and tests.
///
/// A class because senders and the reader share the queue.
package final class InMemoryBus: SignalBus {
    private let messages = Mutex<[BusMessage]>([])
    private let doorbell = Doorbell()

    /// Creates an empty bus.
    package init() {}

    package func append(_ message: BusMessage) async throws -> Int64 {
        let position = messages.withLock { messages in
            messages.append(message)
            return Int64(messages.count)
        }
        doorbell.ring()
        return position
    }

    package func next(after position: Int64, limit: Int) async throws -> [(position: Int64, message: BusMessage)] {
        while !Task.isCancelled {
            let found = messages.withLock { messages in
                messages.indices.dropFirst(Int(position)).prefix(limit).map { (Int64($0) + 1, messages[$0]) }
            }
            if !found.isEmpty { return found }
            await doorbell.wait()
        }
        return []
    }

    package func lastPosition() async throws -> Int64 {
        messages.withLock { Int64($0.count) }
    }
}
