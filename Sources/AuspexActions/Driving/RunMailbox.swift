package import AuspexRunbooks

/// Where everything that happens to one run arrives, one after the other.
package struct RunMailbox: Sendable {
    /// What arrives.
    enum Message: Sendable {
        case event(RunEvent)
        /// A timer, with the number of times it had been set when it was started.
        case timer(RunTimer, generation: Int)
    }

    /// Messages that may wait. A run has one operation, three timers and one question to the detectors under way at a
    /// time; the rest is for people, whose messages are refused when it is full.
    private static let capacity = 256
    private static let reserve = 16

    let messages: AsyncStream<Message>
    private let continuation: AsyncStream<Message>.Continuation

    /// Creates an empty mailbox.
    package init() {
        (messages, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
    }

    /// Puts something in that comes from outside of the run.
    ///
    /// - Returns: Whether it will be heard: false when the mailbox is full or the run is over.
    package func send(_ event: RunEvent) -> Bool {
        if case .enqueued(let remaining) = continuation.yield(.event(event)) { remaining > Self.reserve } else { false }
    }

    func post(_ message: Message) { continuation.yield(message) }

    func close() { continuation.finish() }
}
