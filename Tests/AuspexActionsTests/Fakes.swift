import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Synchronization

/// A clock that a test sets. Timers of waits and verifications go off at once and move it; those of deadlines and
/// approvals never go off by themselves.
final class ManualTime: MomentSource, Sleeper {
    private let milliseconds = Mutex<Int64>(1_000_000)

    func now() -> Moment { RunSamples.moment(milliseconds.withLock { $0 }) }

    func advance(_ span: TimeSpan) { milliseconds.withLock { $0 += span.milliseconds } }

    func sleep(_ span: TimeSpan, for purpose: SleepPurpose) async throws {
        switch purpose {
        case .timer(.poll), .journalRetry, .noticeRetry, .fleet:
            try Task.checkCancellation()
            advance(span)
        case .timer(.deadline), .timer(.approval), .tidying:
            // Until it is cancelled.
            for await _ in AsyncStream<Void>(unfolding: { try? await Task.sleep(for: .seconds(3_600)) }) {}
            throw CancellationError()
        }
    }
}

/// Detectors that find everything in order.
struct CalmObservations: ObservationSource {
    let time: ManualTime

    func observe(_ verification: Verification, since: Timestamp) async throws -> Observation {
        let clear = Observation.AlertReading(state: .clear, evaluatedAt: time.now().wall)
        return Observation(alerts: verification.clearAlerts.map { _ in clear })
    }
}

/// Notices that a test can read.
final class NoticeLog: NoticeSink {
    private let log = Mutex<[RunNotice]>([])

    var notices: [RunNotice] { log.withLock { $0 } }

    func tell(_ notice: RunNotice) async { log.withLock { $0.append(notice) } }
}

/// Notices that fail so many times before one arrives.
final class FailingNotices: NoticeSink {
    private struct State {
        var failures: Int
        var attempts = 0
    }

    private let state: Mutex<State>

    init(failures: Int) { state = Mutex(State(failures: failures)) }

    var attempts: Int { state.withLock { $0.attempts } }

    func tell(_ notice: RunNotice) async throws {
        let fails = state.withLock { state in
            state.attempts += 1
            return state.attempts <= state.failures
        }
        if fails { throw CancellationError() }
    }
}

/// A performer whose acts a test can read.
protocol RecordingPerformer: Performer {
    /// What was begun, in order.
    var acts: [OperationOrder] { get }
}

/// A performer whose acts are counted and last until they are let go, or end at once.
final class ScriptedPerformer: RecordingPerformer {
    private struct State {
        var acts: [OperationOrder] = []
        var stopped: [OperationID] = []
    }

    private let state = Mutex(State())
    private let body: @Sendable (OperationOrder, OperationControl) async -> OperationResult

    init(
        _ body: @escaping @Sendable (OperationOrder, OperationControl) async -> OperationResult = { _, _ in
            OperationResult(outcome: .succeeded, status: 0)
        }
    ) {
        self.body = body
    }

    /// A performer whose acts go on until they are stopped.
    static func endless() -> ScriptedPerformer {
        ScriptedPerformer { _, control in
            for await _ in control.stops { return OperationResult(outcome: .cancelled, reason: "stopped") }
            return OperationResult(outcome: .unknown, reason: "left alone")
        }
    }

    var acts: [OperationOrder] { state.withLock { $0.acts } }

    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        state.withLock { $0.acts.append(order) }
        return await body(order, control)
    }

    func locate(_ order: OperationOrder) async -> Located {
        state.withLock { $0.acts.contains { $0.id == order.id } } ? .unknown : .notStarted
    }

    func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        OperationResult(outcome: .unknown)
    }
}

extension RunDriver.Surroundings {
    /// Surroundings without an outside.
    static func fake(
        journal: any RunJournal = InMemoryRunJournal(), performer: any Performer = ScriptedPerformer(),
        notices: any NoticeSink = NoticeLog(), time: ManualTime = ManualTime(), crashes: CrashPlan = .never
    ) -> RunDriver.Surroundings {
        RunDriver.Surroundings(
            journal: journal, performer: performer, observations: CalmObservations(time: time), notices: notices,
            moments: time, sleeper: time, crashes: crashes)
    }
}

extension OperationPerformer {
    /// Carries out commands, requests and notices; health checks may ask nobody, and evidence has no place.
    init(processes: any Performer, requests: any Performer, notifications: any Performer) {
        let clock = SystemWallClock()
        self.init(
            processes: processes, requests: requests, notifications: notifications,
            health: HealthPerformer(processes: processes, requests: requests, hosts: HostAllowList(), clock: clock),
            collections: CollectPerformer(
                processes: processes, bundles: EvidenceBundles(dataDirectory: "/nonexistent"), clock: clock))
    }
}
