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

    package func next(
        after position: Int64, limit: Int, bytes: Int, waiting wait: Duration
    ) async throws -> [(position: Int64, message: BusMessage)] {
        let found = read(after: position, limit: limit, bytes: bytes)
        if !found.isEmpty { return found }
        await doorbell.wait(atMost: wait)
        return read(after: position, limit: limit, bytes: bytes)
    }

    private func read(after position: Int64, limit: Int, bytes: Int) -> [(position: Int64, message: BusMessage)] {
        messages.withLock { messages in
            var found: [(position: Int64, message: BusMessage)] = []
            var room = bytes
            for index in messages.indices.dropFirst(Int(position)).prefix(limit) {
                if room <= 0, !found.isEmpty { break }
                room -= messages[index].approximateBytes
                found.append((Int64(index) + 1, messages[index]))
            }
            return found
        }
    }

    package func lastPosition() async throws -> Int64 {
        messages.withLock { Int64($0.count) }
    }

    package func size(after position: Int64) async throws -> Int {
        messages.withLock { $0.dropFirst(Int(position)).reduce(0) { $0 + $1.approximateBytes } }
    }
}
