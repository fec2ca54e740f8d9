package import AuspexRunbooks
import Synchronization

/// Where everything that happens to one run arrives, one after the other.
///
/// A class, because those who put messages in and the run that takes them out count the same ones.
package final class RunMailbox: Sendable {
    /// What arrives.
    enum Message: Sendable {
        case event(RunEvent)
        /// What somebody, or an act, says who waits for the answer with this number.
        case word(RunEvent, number: Int)
        /// The first that is heard of an operation's output.
        case output
        /// A timer, with the number of times it had been set when it was started.
        case timer(RunTimer, generation: Int)
    }

    /// What became of a word.
    package enum Answer: Hashable, Sendable {
        /// The run follows it, and the journal says so.
        case followed
        /// It means nothing to the run where that stands.
        case ignored
        /// Nobody heard it: the mailbox is full, or the run is not driven any more.
        case unheard
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
    private let answers = Answers()

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

    /// Puts a word of a person in and waits until what follows from it is on disk.
    package func say(_ event: RunEvent) async -> Answer { await say(event, within: Self.capacity) }

    /// Puts something in that an act of the run says of itself, and waits until what follows from it is on disk. Like all
    /// that the run waits for itself it is refused only when the run is not driven any more.
    func tell(_ event: RunEvent) async -> Answer { await say(event, within: .max) }

    private func say(_ event: RunEvent, within most: Int) async -> Answer {
        await withCheckedContinuation { waiting in
            guard let number = answers.expect(waiting) else { return waiting.resume(returning: .unheard) }
            if !put(.word(event, number: number), within: most) { answer(number, .unheard) }
        }
    }

    /// Puts in what the run waits for. Of a run that is over nobody waits any more.
    func post(_ message: Message) { _ = put(message, within: .max) }

    /// Gives the answer to the word with this number, once.
    func answer(_ number: Int, _ answer: Answer) { answers.give(answer, to: number) }

    /// Hears nothing from now on; who still waits for an answer is told so.
    package func close() {
        state.withLock { $0.isClosed = true }
        continuation.finish()
        answers.close()
    }

    private func put(_ message: Message, within most: Int) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.waiting < most else { return false }
            state.waiting += 1
            continuation.yield(message)
            return true
        }
    }

    /// Who waits for an answer. A class, because all copies of a mailbox are the same one.
    private final class Answers: Sendable {
        private struct State {
            var waiting: [Int: CheckedContinuation<Answer, Never>] = [:]
            var count = 0
            var isClosed = false
        }

        private let state = Mutex(State())

        /// The number under which the answer is given; nil when none will be.
        func expect(_ waiting: CheckedContinuation<Answer, Never>) -> Int? {
            state.withLock { state in
                guard !state.isClosed else { return nil }
                state.count += 1
                state.waiting[state.count] = waiting
                return state.count
            }
        }

        func give(_ answer: Answer, to number: Int) {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: answer)
        }

        func close() {
            let left = state.withLock { state in
                state.isClosed = true
                defer { state.waiting = [:] }
                return state.waiting.values
            }
            for waiting in left { waiting.resume(returning: .unheard) }
        }
    }
}
