package import AuspexRunbooks
import AuspexSignals

/// Carries out what runs ask for: writes to the journal, starts operations, sleeps, asks the detectors, and tells each
/// run what came of it. It decides nothing.
package struct RunDriver: Sendable {
    /// What a driver works with.
    package struct Surroundings: Sendable {
        /// Where runs are kept.
        package var journal: any RunJournal
        /// Who carries operations out.
        package var performer: any Performer
        /// Who knows how things stand.
        package var observations: any ObservationSource
        /// Who tells people.
        package var notices: any NoticeSink
        /// Where moments come from.
        package var moments: any MomentSource
        /// How to sleep.
        package var sleeper: any Sleeper
        /// Where to die in tests.
        package var crashes: CrashPlan

        /// Gathers surroundings.
        package init(
            journal: any RunJournal, performer: any Performer, observations: any ObservationSource,
            notices: any NoticeSink, moments: any MomentSource, sleeper: any Sleeper = SystemSleeper(),
            crashes: CrashPlan = .never
        ) {
            self.journal = journal
            self.performer = performer
            self.observations = observations
            self.notices = notices
            self.moments = moments
            self.sleeper = sleeper
            self.crashes = crashes
        }
    }

    /// The time after the first failed write; it doubles with each, up to ``longestRetry``.
    static let firstRetry = TimeSpan(milliseconds: 200)
    /// The longest time between two attempts to write, and so the longest that a run waits once there is room again.
    static let longestRetry = TimeSpan.seconds(30)

    private let around: Surroundings
    private let tell: @Sendable (RunNotice) -> Void
    private let report: @Sendable (RunReport) -> Void

    /// Creates a driver.
    ///
    /// - Parameters:
    ///   - tell: Takes a notice and returns at once; by default nobody is told.
    ///   - report: Told of every write that failed and will be tried again.
    package init(
        _ surroundings: Surroundings, tell: @escaping @Sendable (RunNotice) -> Void = { _ in },
        report: @escaping @Sendable (RunReport) -> Void = { _ in }
    ) {
        around = surroundings
        self.tell = tell
        self.report = report
    }

    /// Drives a run to its end.
    ///
    /// When the task is cancelled the run is left as the journal has it; ``drive(_:mailbox:isRecovery:)`` with
    /// `isRecovery` takes it up again, in this process or the next.
    ///
    /// - Parameters:
    ///   - record: The run, as it was inserted, or as the journal has it.
    ///   - mailbox: Where people's words for the run arrive.
    ///   - isRecovery: Whether an engine may have worked on it before.
    ///   - isPaused: Whether all runs are paused, so that it begins nothing until `unpause` arrives.
    /// - Returns: The run as it ended.
    /// - Throws: `CancellationError`, a ``RunStateError``, or the ``RunJournalError`` by which the journal refuses a
    ///   change for good.
    package func drive(
        _ record: RunRecord, mailbox: RunMailbox, isRecovery: Bool, isPaused: Bool = false
    ) async throws -> RunRecord {
        defer { mailbox.close() }
        var state = try RunState(record)
        let (around, tell, report) = (around, tell, report)
        return try await withThrowingDiscardingTaskGroup { group in
            defer {
                mailbox.close()
                group.cancelAll()
            }
            var work = Work(around: around, mailbox: mailbox, record: record, tell: tell, report: report)
            let now = around.moments.now()
            var queue = isPaused ? state.handle(.pause, now: now) : []
            queue += isRecovery ? state.recover(now: now) : state.handle(.begin, now: now)
            var messages = mailbox.messages.makeAsyncIterator()
            // The word that what is in the queue follows from.
            var followed: Int?
            while true {
                var isOver = false
                while !isOver, !queue.isEmpty {
                    let action = queue.removeFirst()
                    if case .finish = action { isOver = true }
                    for event in try await work.carryOut(action, in: &group) {
                        queue += state.handle(event, now: around.moments.now())
                    }
                }
                if let number = followed { mailbox.answer(number, .followed) }
                followed = nil
                if isOver { return state.record }
                guard let message = await messages.next(), !Task.isCancelled else { throw CancellationError() }
                guard let event = try work.event(of: message) else { continue }
                queue = state.handle(event, now: around.moments.now())
                if case .word(_, let number) = message {
                    if queue.isEmpty { mailbox.answer(number, .ignored) } else { followed = number }
                }
            }
        }
    }
}
