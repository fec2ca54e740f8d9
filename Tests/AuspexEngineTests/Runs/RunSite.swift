import AuspexActions
import AuspexChanges
import AuspexRules
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexStore
import AuspexTesting
import Logging
import Synchronization
import Testing

@testable import AuspexEngine

/// Rules, runbooks, detection and runs as in an engine, with a fake outside, in a world of which the test sets the clock.
struct RunSite: Sendable {
    static let rules = """
        kind: rule
        id: errors
        title: Errors
        owner: shop
        status: stable
        severity: warning
        when: {c: {source: metric, where: 'm.name == "errors" && m.value > 5.0'}}
        group_by: [service, instance]
        then: [{runbook: restart, mode: auto, with: {service: labels.service, instance: labels.instance}}]
        """
    static let runbook = """
        kind: runbook
        id: restart
        version: 1
        title: Restart an instance
        owner: shop
        params:
          service: {type: string, required: true, pattern: '[a-z]+'}
          instance: {type: string, required: true, pattern: '[a-z0-9]+'}
        locks: ['service/${service}@${instance}']
        steps: [{id: restart, run: {argv: [/usr/bin/restart, '${instance}']}, effect: idempotent}]
        verify: {alerts_clear: [{rule: errors, labels: {instance: '${instance}'}}], for: 10s, within: 10m, every: 5s}
        """

    let clock = SetClock(noon)
    private let sleepers = Sleepers()
    let performer = CountingPerformer()
    let notices = NoticeLog()
    let directory: TemporaryDirectory
    let journal: SQLiteRunJournal
    let book: SQLiteGuardBook
    let audit: AuditLog
    let desk: RunDesk
    let pipeline: Pipeline
    let observations: Observations
    let outcomes: OutcomeDesk
    let changes: SQLiteChangeStore
    private let parts = EngineParts()

    /// - Parameters:
    ///   - rules: The rules, and what else stands with them.
    ///   - runbook: The runbooks.
    ///   - configure: Changes a configuration in which rules may act by themselves without a promotion.
    init(
        rules: String = Self.rules, runbook: String = Self.runbook,
        _ configure: (inout EngineConfiguration) -> Void = { _ in }
    ) async throws {
        directory = try TemporaryDirectory()
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory.path + "/data"
        configuration.actions.ceiling = .auto
        configuration.actions.promotion = .never
        configuration.rulePaths = [try directory.file("rules.yaml", rules)]
        configuration.runbookPaths = [try directory.file("runbooks.yaml", runbook)]
        configure(&configuration)
        let library = try Library(configuration)
        let store = try Store(directory: configuration.dataDirectory, clock: clock)
        let (alerts, incidents) = (SQLiteAlertStore(store: store), SQLiteIncidentStore(store: store))
        let detection = try DetectionStage(detector: "ewma", partitions: 1, seriesLimit: 1_000)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (metrics, current) = (EngineMetrics(), CurrentLibrary(library))
        journal = SQLiteRunJournal(store: store)
        book = SQLiteGuardBook(store: store)
        audit = AuditLog(store: store)
        changes = SQLiteChangeStore(store: store)
        observations = Observations(
            detection: detection, alerts: alerts, library: current, parts: parts, clock: clock)
        desk = RunDesk(
            surroundings: RunDriver.Surroundings(
                journal: journal, performer: performer,
                observations: observations,
                notices: notices,
                moments: ClockMoments(clock: clock), sleeper: ClockSleeper(clock: clock, sleepers: sleepers)),
            outputs: StepOutputs(configuration, vault: SecretVault(configuration)), configuration: configuration,
            pauseFile: PauseFile(path: directory.path + "/paused"), parts: parts, book: book, alerts: alerts,
            library: current, clock: clock, ids: RandomIDSource(), metrics: metrics,
            logger: logger)
        pipeline = Pipeline(
            detection: detection, logs: LogStage(), rules: library.rules, incidents: configuration.incidents,
            sink: EngineSink(
                alerts: alerts, incidents: incidents, desk: desk, metrics: metrics, patience: DiskPatience()),
            metrics: metrics)
        outcomes = OutcomeDesk(
            .init(store: store, incidents: incidents, alerts: alerts, changes: changes, audit: audit),
            pipeline: pipeline, policy: configuration.outcomes, clock: clock, metrics: metrics, logger: logger)
        parts.set(pipeline: pipeline, outcomes: outcomes)
        await pipeline.countFleets(library.hasFleets, now: clock.now())
    }

    /// Does `body` while runs are driven.
    func atWork(_ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await desk.run() }
            try await body()
            group.cancelAll()
        }
    }

    /// Works a message in at the moment that the clock shows.
    func take(_ message: BusMessage) async throws {
        try await pipeline.process(message, at: await pipeline.position + 1, now: clock.now())
        try await pipeline.tick(now: clock.now())
    }

    /// Says how many errors an instance has now.
    func errors(_ value: Double, of instance: String, service: String = "shop") async throws {
        try await sample("errors", value, of: instance, service: service)
    }

    /// Takes in a sample of now.
    func sample(_ name: String, _ value: Double, of instance: String, service: String = "shop") async throws {
        let labels = Labels(["__name__": name, "service": service, "instance": instance])
        let sample = Sample(time: clock.now(), value: value)
        try await take(.signals(SignalBatch(series: [SeriesSamples(labels: labels, samples: [sample])])))
    }

    /// All runs, oldest first.
    func runs() async throws -> [RunRecord] {
        try await journal.runs(since: Timestamp(milliseconds: 0), limit: 1_000).reversed()
    }

    /// The details of the audit's entries of this kind.
    func audited(_ kind: String) async throws -> [JSONValue] {
        try await audit.entries(limit: 10_000).filter { $0.kind == kind }.map(\.detail)
    }

    /// The codes of the guards that blocked a wish, in order.
    func blocks() async throws -> [String] { try await audited("run.blocked").compactMap { $0["code"]?.string } }

    /// Waits until the run for a trigger that came as the `number`-th stands so.
    func wait(forRun number: Int, _ status: RunStatus) async throws {
        try await wait { try await runs().dropFirst(number).first?.status == status }
    }

    /// Waits for a condition, for more turns than any test needs; meanwhile the clock stands.
    func wait(
        sourceLocation: Testing.SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
    ) async throws {
        for _ in 0..<100_000 {
            try Task.checkCancellation()
            if try await condition() { return }
            await Task.yield()
        }
        Issue.record("it never came true", sourceLocation: sourceLocation)
    }

    /// Turns in which whoever slept sleeps again or is done.
    private static let mostTurns = 1_000

    /// Lets time pass until a condition holds, five seconds at a time, and has something happen before each. Whoever slept
    /// sleeps again before more time passes: a run that looks again and again must not be taken for one that did not look.
    func pass(
        sourceLocation: Testing.SourceLocation = #_sourceLocation, _ step: () async throws -> Void = {},
        until condition: () async throws -> Bool
    ) async throws {
        var isSlept = false
        for _ in 0..<2_000 {
            if try await condition() { return }
            try await step()
            // Whoever sleeps until then gets a turn, and time for what it does then, on the disk too.
            for _ in 0..<100 { await Task.yield() }
            try await Task.sleep(for: .milliseconds(2))
            for _ in 0..<Self.mostTurns where isSlept && !sleepers.sleep(past: clock.now()) {
                if try await condition() { return }
                try await Task.sleep(for: .milliseconds(2))
            }
            isSlept = sleepers.sleep(past: clock.now())
            clock.move(by: .seconds(5))
        }
        Issue.record("it never came true", sourceLocation: sourceLocation)
    }
}

/// A performer that succeeds at everything and counts what it did, unless the test says how it ends.
final class CountingPerformer: Performer {
    private let orders = Mutex<[OperationOrder]>([])
    private let body = Mutex<(@Sendable (OperationOrder) async -> Void)?>(nil)

    /// The last argument of each command, in order.
    var targets: [String] {
        orders.withLock { $0 }.compactMap { order in
            if case .run(let command) = order.operation { command.argv.last } else { nil }
        }
    }

    /// Has something happen with each act, before it ends.
    func with(_ body: @escaping @Sendable (OperationOrder) async -> Void) { self.body.withLock { $0 = body } }

    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        orders.withLock { $0.append(order) }
        await body.withLock { $0 }?(order)
        return OperationResult(outcome: .succeeded, status: 0)
    }

    func locate(_ order: OperationOrder) async -> Located { .notStarted }

    func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        OperationResult(outcome: .unknown)
    }
}

/// Notices that a test can read.
final class NoticeLog: NoticeSink {
    private let log = Mutex<[RunNotice]>([])

    var kinds: [RunNotice.Kind] { log.withLock { $0 }.map(\.kind) }
    var texts: [String] { log.withLock { $0 }.map(\.text) }

    func tell(_ notice: RunNotice) async { log.withLock { $0.append(notice) } }
}

/// Until when there are sleepers.
private final class Sleepers: Sendable {
    private let ends = Mutex<[Timestamp: Int]>([:])

    func begin(until end: Timestamp) { ends.withLock { $0[end, default: 0] += 1 } }

    func end(at end: Timestamp) {
        ends.withLock { ends in
            ends[end, default: 1] -= 1
            if ends[end] == 0 { ends[end] = nil }
        }
    }

    /// Whether there are any, all of them for some time yet.
    func sleep(past now: Timestamp) -> Bool { ends.withLock { !$0.isEmpty && $0.keys.allSatisfy { $0 > now } } }
}

/// Sleeps until the clock that the test sets has moved on. Deadlines are so far away that no test reaches them.
private struct ClockSleeper: Sleeper {
    private static let farAway = TimeSpan.minutes(5)

    let clock: SetClock
    let sleepers: Sleepers

    func sleep(_ span: TimeSpan, for purpose: SleepPurpose) async throws {
        guard span < Self.farAway else { return try await Task.sleep(for: .seconds(3_600)) }
        let end = clock.now() + span
        sleepers.begin(until: end)
        defer { sleepers.end(at: end) }
        while clock.now() < end {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

/// The moments of a clock that the test sets.
private struct ClockMoments: MomentSource {
    let clock: SetClock

    func now() -> Moment { RunSamples.moment(clock.now().milliseconds) }
}
