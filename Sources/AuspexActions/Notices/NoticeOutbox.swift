import AuspexRunbooks
import AuspexSignals

/// Takes notices to people one after the other, apart from the runs that they are about: one that is under way outlives
/// its run, and one that fails is tried again.
struct NoticeOutbox: Sendable {
    /// Notices that may wait. They all go to the same channel, so while it is silent more would only pile up.
    static let mostWaiting = 256
    /// Attempts at one notice.
    static let mostAttempts = 4
    /// The time after the first failed attempt; it doubles with each.
    static let firstRetry = TimeSpan.seconds(1)

    private let sink: any NoticeSink
    private let sleeper: any Sleeper
    private let crashes: CrashPlan
    private let report: @Sendable (RunReport) -> Void
    private let notices: AsyncStream<RunNotice>
    private let intake: AsyncStream<RunNotice>.Continuation

    /// Creates an outbox.
    ///
    /// - Parameters:
    ///   - sink: Who passes the notices on.
    ///   - sleeper: How to wait before another attempt.
    ///   - crashes: Where to die in tests.
    ///   - report: Told of every notice that is lost.
    init(
        to sink: any NoticeSink, sleeper: any Sleeper, crashes: CrashPlan = .never,
        report: @escaping @Sendable (RunReport) -> Void
    ) {
        self.sink = sink
        self.sleeper = sleeper
        self.crashes = crashes
        self.report = report
        (notices, intake) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// Takes a notice. It is on its way when ``run()`` gets to it.
    func post(_ notice: RunNotice) {
        if case .dropped = intake.yield(notice) {
            report(.noticeFailed(notice, reason: "\(Self.mostWaiting) others wait to be passed on"))
        }
    }

    /// Passes notices on until the task is cancelled. To be called once.
    func run() async {
        for await notice in notices { await deliver(notice) }
    }

    private func deliver(_ notice: RunNotice) async {
        var pause = Self.firstRetry
        for attempt in 1... {
            do {
                try crashes.pass(.beforeSend)
                try await sink.tell(notice)
                return try crashes.pass(.afterSend)
            } catch {
                guard attempt < Self.mostAttempts, (try? await sleeper.sleep(pause, for: .noticeRetry)) != nil else {
                    return report(.noticeFailed(notice, reason: "\(error)"))
                }
            }
            pause = TimeSpan(milliseconds: pause.milliseconds * 2)
        }
    }
}
