package import AuspexRunbooks
import Synchronization

/// Where everything that happens to one run arrives, one after the other.
///
/// A class, because those who put messages in and the run that takes them out count the same ones.
package final class RunMailbox: Sendable {
    /// What arrives.
    enum Message: Sendable {
        case event(RunEvent)
        /// A timer, with the number of times it had been set when it was started.
        case timer(RunTimer, generation: Int)
    }

    /// Messages of people that may wait. What the run waits for itself is never refused, or it would wait for ever: there
    /// is one answer for each thing that it has under way.
    static let capacity = 256

    private struct State {
        var waiting = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let stream: AsyncStream<Message>
    private let continuation: AsyncStream<Message>.Continuation

    /// Creates an empty mailbox.
    package init() {
        // The bound is kept by `send`, before a message is in.
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    /// What arrives, for one reader.
    var messages: AsyncMapSequence<AsyncStream<Message>, Message> {
        stream.map { message in
            self.state.withLock { $0.waiting -= 1 }
            return message
        }
    }

    /// Puts something in that comes from outside of the run.
    ///
    /// - Returns: Whether it is in: false when the mailbox is full or the run is over, and then it is never obeyed.
    package func send(_ event: RunEvent) -> Bool { put(.event(event), within: Self.capacity) }

    /// Puts in what the run waits for. Of a run that is over nobody waits any more.
    func post(_ message: Message) { _ = put(message, within: .max) }

    /// Takes nothing any more.
    func close() {
        state.withLock { $0.isClosed = true }
        continuation.finish()
    }

    private func put(_ message: Message, within most: Int) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.waiting < most else { return false }
            state.waiting += 1
            continuation.yield(message)
            return true
        }
    }
}
