package import AuspexSignals

/// How far a wait has come. It survives a restart, and with it the attempts that are left.
package struct WaitLoop: Hashable, Sendable, Codable {
    /// What to do after a poll.
    package enum Step: Hashable, Sendable {
        /// What was waited for has come.
        case success
        /// It will not come any more, by an acceptor.
        case failure(reason: String)
        /// An error that no acceptor foresees ended the wait.
        case error(code: String)
        /// No attempt is left.
        case exhausted(reason: String)
        /// Poll again after this time.
        case sleep(TimeSpan)
    }

    /// What is waited for.
    package var waiter: Waiter
    /// Polls made.
    package private(set) var attempts = 0
    /// The index of the acceptor that matched last.
    package private(set) var lastMatched: Int?
    /// Warnings of the last response.
    package private(set) var warnings: [String] = []

    /// A wait that has not begun.
    package init(_ waiter: Waiter) {
        self.waiter = waiter
    }

    /// Counts a poll that is about to be made.
    package mutating func beginAttempt() { attempts += 1 }

    /// Decides by the response to the attempt that was begun last. Never asks for a sleep after the last attempt.
    package mutating func step(_ response: Waiter.Response) -> Step {
        let verdict = waiter.verdict(on: response)
        warnings = verdict.warnings
        if let index = verdict.acceptor {
            lastMatched = index
            switch waiter.acceptors[index].state {
            case .success: return .success
            case .failure:
                return .failure(reason: prefix + "acceptor \(index + 1) matched (\(waiter.acceptors[index]))")
            case .retry: break
            }
        } else if let code = response.errorCode {
            return .error(code: code)
        }
        guard attempts < waiter.maxAttempts else { return .exhausted(reason: exhaustion) }
        return .sleep(waiter.delay)
    }

    private var prefix: String { waiter.name.map { "waiter \($0): " } ?? "" }

    private var exhaustion: String {
        let last =
            lastMatched.map { "last matched acceptor \($0 + 1) (\(waiter.acceptors[$0]))" } ?? "no acceptor matched"
        return prefix + "not reached after \(attempts) attempts; \(last)"
    }
}
