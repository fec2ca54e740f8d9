import Dispatch
import Synchronization

/// Lines of standard input, read when they are asked for, without holding up a thread that others need.
///
/// A class because a line that nobody waits for any more is kept for who asks next.
final class TerminalInput: Sendable {
    /// What came of asking.
    enum Answer: Sendable {
        /// A line, without its end.
        case line(String)
        /// There is nothing more to read.
        case end
        /// The question was withdrawn before there was a line.
        case withdrawn
    }

    private struct State {
        var waiting: CheckedContinuation<Answer, Never>?
        var unread: Answer?
        var isReading = false
    }

    private let queue = DispatchQueue(label: "auspex.input")
    private let state = Mutex(State())

    /// The next line. One question at a time.
    ///
    /// - Parameter isWanted: Whether an answer is still wanted. Whoever does not want one any more sees to it that this says
    ///   so before they ``withdraw()``, so that a question that was just about to be asked is withdrawn as well.
    func next(while isWanted: () -> Bool) async -> Answer {
        await withCheckedContinuation { waiting in
            let (unread, mustRead) = state.withLock { state -> (Answer?, Bool) in
                if let unread = state.unread {
                    state.unread = nil
                    return (unread, false)
                }
                state.waiting = waiting
                defer { state.isReading = true }
                return (nil, !state.isReading)
            }
            if let unread { return waiting.resume(returning: unread) }
            if mustRead {
                queue.async { self.deliver(readLine().map(Answer.line) ?? .end) }
            }
            if !isWanted() { withdraw() }
        }
    }

    /// Lets who waits go without a line.
    func withdraw() {
        state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }?.resume(returning: .withdrawn)
    }

    private func deliver(_ answer: Answer) {
        state.withLock { state -> CheckedContinuation<Answer, Never>? in
            state.isReading = false
            guard let waiting = state.waiting else {
                state.unread = answer
                return nil
            }
            state.waiting = nil
            return waiting
        }?.resume(returning: answer)
    }
}
