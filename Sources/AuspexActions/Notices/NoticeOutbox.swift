import AuspexRunbooks
import AuspexSignals
import Synchronization

/// Takes notices to people one after the other, apart from the runs that they are about: one that is under way outlives
/// its run, and one that fails is tried again until it arrives or is no longer wanted.
///
/// A class, because those who post and the one who passes on share what waits.
final class NoticeOutbox: Sendable {
    /// Notices that may wait. They all go to the same channel, so while it is silent more would only pile up.
    static let mostWaiting = 256
    /// The time after the first failed attempt at a notice; it doubles with each.
    static let firstRetry = TimeSpan.seconds(1)
    /// The longest time after a failed attempt.
    static let longestRetry = TimeSpan.minutes(1)

    /// A notice that has not arrived.
    private struct Waiting {
        let notice: RunNotice
        /// Whether it is left out when the book says that people know it.
        let isOnce: Bool
        /// Its place in the order in which notices came.
        let number: Int
        /// The pause after the last failed attempt; nil before the first.
        var pause: TimeSpan?
    }

    private struct Queue {
        var waiting: [Waiting] = []
        /// The key of the notice that is being sent.
        var underWay: String?
        var count = 0

        /// Adds a notice at the end, and returns the oldest when there are too many.
        mutating func add(_ waiting: Waiting) -> RunNotice? {
            self.waiting.append(waiting)
            guard self.waiting.count > NoticeOutbox.mostWaiting,
                let oldest = self.waiting.indices.min(by: { self.waiting[$0].number < self.waiting[$1].number })
            else { return nil }
            return self.waiting.remove(at: oldest).notice
        }
    }

    private let sink: any NoticeSink
    private let journal: any RunJournal
    private let book: (any GuardBook)?
    private let moments: any MomentSource
    private let sleeper: any Sleeper
    private let crashes: CrashPlan
    private let report: @Sendable (RunReport) -> Void
    private let queue = Mutex(Queue())
    private let calls: AsyncStream<Void>
    private let caller: AsyncStream<Void>.Continuation

    /// Creates an outbox.
    ///
    /// - Parameters:
    ///   - surroundings: Who passes the notices on, who knows whether a run still waits for people, how to wait before
    ///     another attempt, and where to die in tests.
    ///   - book: Where it is kept what people were told; nil where nothing is.
    ///   - report: Told of every notice that is late or lost.
    init(
        _ surroundings: RunDriver.Surroundings, book: (any GuardBook)?, report: @escaping @Sendable (RunReport) -> Void
    ) {
        sink = surroundings.notices
        journal = surroundings.journal
        moments = surroundings.moments
        sleeper = surroundings.sleeper
        crashes = surroundings.crashes
        self.book = book
        self.report = report
        (calls, caller) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a notice, unless the same one waits already. It is on its way when ``run()`` gets to it.
    ///
    /// - Parameter isOnce: Whether people who were told it before, also by an earlier engine, are not told again.
    func post(_ notice: RunNotice, once isOnce: Bool = false) {
        let dropped = queue.withLock { queue -> RunNotice? in
            let isKnown = queue.underWay == notice.key || queue.waiting.contains { $0.notice.key == notice.key }
            guard !isKnown else { return nil }
            queue.count += 1
            return queue.add(Waiting(notice: notice, isOnce: isOnce, number: queue.count))
        }
        caller.yield()
        reportLoss(of: dropped)
    }

    /// Passes notices on until the task is cancelled. To be called once.
    func run() async {
        for await _ in calls {
            while !Task.isCancelled, let next = take() { await deliver(next) }
        }
    }

    private func take() -> Waiting? {
        queue.withLock { queue in
            guard !queue.waiting.isEmpty else { return nil }
            let next = queue.waiting.removeFirst()
            queue.underWay = next.notice.key
            return next
        }
    }

    private func deliver(_ waiting: Waiting) async {
        guard await isWanted(waiting) else { return queue.withLock { $0.underWay = nil } }
        do {
            try crashes.pass(.beforeSend)
            try await sink.tell(waiting.notice)
            try crashes.pass(.afterSend)
        } catch {
            return await putBack(waiting, because: error)
        }
        if waiting.isOnce { await note(waiting.notice) }
        queue.withLock { $0.underWay = nil }
    }

    /// Puts a notice behind the others, so that one that the channel refuses keeps none from arriving, and waits.
    private func putBack(_ waiting: Waiting, because error: any Error) async {
        var waiting = waiting
        if waiting.pause == nil { report(.noticeDelayed(waiting.notice, reason: "\(error)")) }
        let doubled = waiting.pause.map { TimeSpan(milliseconds: $0.milliseconds * 2) }
        let pause = min(doubled ?? Self.firstRetry, Self.longestRetry)
        waiting.pause = pause
        let dropped = queue.withLock { [waiting] queue in
            queue.underWay = nil
            return queue.add(waiting)
        }
        reportLoss(of: dropped)
        // Ends early only with the task, which asks for itself.
        try? await sleeper.sleep(pause, for: .noticeRetry)
    }

    private func reportLoss(of notice: RunNotice?) {
        guard let notice else { return }
        report(.noticeFailed(notice, reason: "\(Self.mostWaiting) newer ones wait to be passed on"))
    }

    // MARK: - What is wanted

    /// Whether people have to be told. Where that is not known they are.
    private func isWanted(_ waiting: Waiting) async -> Bool {
        if waiting.isOnce, let book {
            do {
                if try await book.wasTold(waiting.notice.key) { return false }
            } catch {
                report(.guardsFailed(error))
            }
        }
        guard waiting.pause != nil else { return true }
        return await !isObsolete(waiting.notice)
    }

    /// Whether what a notice asks people for has been given, or is not asked any more.
    private func isObsolete(_ notice: RunNotice) async -> Bool {
        switch notice.kind {
        case .approvalNeeded, .decisionNeeded: break
        case .breakerOpen, .recurring, .flapping, .storm: return false
        }
        guard let run = try? await journal.run(notice.run) else { return false }
        guard run.isOpen else { return true }
        if notice.kind == .approvalNeeded { return !run.awaitsApproval }
        return run.question == nil && run.unfitness == nil
    }

    private func note(_ notice: RunNotice) async {
        do {
            try await book?.noteTold(notice.key, at: moments.now().wall)
        } catch {
            report(.guardsFailed(error))
        }
    }
}
