package import AuspexRunbooks
package import AuspexSignals

/// What a run sleeps for.
package enum SleepPurpose: Hashable, Sendable {
    /// One of the run's timers.
    case timer(RunTimer)
    /// The next attempt to write to the journal.
    case journalRetry
    /// The next attempt to pass a notice on.
    case noticeRetry
    /// The next look whether a fleet has a place for another target.
    case fleet
    /// The next time that what is left of old runs is removed.
    case tidying
}

/// How a run sleeps, injected so that tests need not.
package protocol Sleeper: Sendable {
    /// Returns after `span`, or throws `CancellationError` at once when the task is cancelled.
    func sleep(_ span: TimeSpan, for purpose: SleepPurpose) async throws
}

/// Sleeps by the system's clock.
package struct SystemSleeper: Sleeper {
    /// Creates the sleeper.
    package init() {}

    package func sleep(_ span: TimeSpan, for purpose: SleepPurpose) async throws {
        try await Task.sleep(for: .milliseconds(span.milliseconds))
    }
}
