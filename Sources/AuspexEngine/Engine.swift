import AuspexActions
package import AuspexChanges
package import AuspexDetection
import AuspexDocuments
package import AuspexRules
import AuspexRunbooks
package import AuspexSignals
package import AuspexStore
package import Logging
import ServiceLifecycle
import Synchronization

/// The running whole: what the doors hand in is stored, worked through detectors and rules, and leads to alerts, verdicts
/// and runs.
///
/// A class because doors, the pipeline and the desk share one engine that owns the store.
package final class Engine: Service {
    /// What this engine was set up with.
    package let configuration: EngineConfiguration
    /// Where detectors are looked up.
    package let detectors: DetectorRegistry
    /// Where the time comes from.
    package let clock: any WallClock
    /// The engine's own numbers.
    package let metrics: EngineMetrics
    /// Runs of runbooks: proposals, approvals, progress.
    package let desk: RunDesk
    /// The audit.
    package let audit: AuditLog
    /// How changes turned out, and the models that learn from that.
    package let outcomes: OutcomeDesk

    /// Questions of other systems.
    let questions: QuestionDesk
    let store: Store
    let bus: StoredBus
    let pipeline: Pipeline
    private let library: CurrentLibrary
    let checkpoints: CheckpointStore
    private let alertStore: SQLiteAlertStore
    let incidentStore: SQLiteIncidentStore
    let changeStore: SQLiteChangeStore
    /// What became of past changes, for the gate.
    let ledger: Mutex<ChangeLedger>
    let deliveries: DeliveryStore
    let pushes: PushStore
    let sourceMarks: SourceMarkStore
    /// Where new identifiers come from.
    package let ids: any IDSource
    let logger: Logger
    let progress: Mutex<Progress>
    let milestone: Milestone

    /// How far the engine is with its messages.
    struct Progress {
        /// The position of the newest message that was accepted.
        var accepted: Int64
        /// The position of the newest message that was worked in.
        var processed: Int64
        /// About how many bytes wait, those that are being stored at the moment included.
        var waitingBytes: Int
        /// Why the engine does not work at the moment; nil when it does.
        var problem: String? = "the engine has not started yet"
    }

    /// Opens the store, loads rules and runbooks and goes on from the last checkpoint.
    ///
    /// - Throws: `StoreError` when the data directory cannot be used, `DocumentError` with every mistake in rules and
    ///   runbooks.
    package init(
        configuration: EngineConfiguration, detectors: DetectorRegistry = .standard,
        clock: any WallClock = SystemWallClock(), ids: any IDSource = RandomIDSource(), logger: Logger
    ) async throws {
        self.configuration = configuration
        self.detectors = detectors
        self.clock = clock
        self.ids = ids
        self.logger = logger
        metrics = EngineMetrics()
        let library = try Library(configuration)
        self.library = CurrentLibrary(library)
        store = try Store(directory: configuration.dataDirectory, clock: clock)
        bus = StoredBus(log: SignalLog(store: store, clock: clock))
        checkpoints = CheckpointStore(store: store)
        alertStore = SQLiteAlertStore(store: store)
        incidentStore = SQLiteIncidentStore(store: store)
        changeStore = SQLiteChangeStore(store: store)
        ledger = Mutex(try await ChangeLedger(reading: changeStore))
        deliveries = DeliveryStore(store: store)
        pushes = PushStore(store: store)
        sourceMarks = SourceMarkStore(store: store)
        audit = AuditLog(store: store)
        questions = QuestionDesk(
            store: SQLiteQuestionStore(store: store), sender: HTTPReplySender(try configuration.answers.access()),
            plan: AnswerPlan(configuration.answers.settings), wait: configuration.gate.wait, clock: clock,
            metrics: metrics, logger: logger)
        let detection = try DetectionStage(configuration.detection, registry: detectors)
        logger.info("room for series", metadata: ["capacity": "\(detection.capacity)"])
        let parts = EngineParts()
        let vault = SecretVault(configuration)
        desk = RunDesk(
            surroundings: try RunDriver.Surroundings(
                configuration, journal: SQLiteRunJournal(store: store),
                observations: Observations(
                    detection: detection, alerts: alertStore, library: self.library, parts: parts, clock: clock),
                vault: vault, clock: clock
            ),
            outputs: StepOutputs(configuration, vault: vault), configuration: configuration,
            pauseFile: PauseFile(path: configuration.dataDirectory + "/paused"),
            parts: parts, book: SQLiteGuardBook(store: store), alerts: alertStore, library: self.library, clock: clock,
            ids: ids, metrics: metrics, logger: logger)
        pipeline = Pipeline(
            detection: detection, logs: try LogStage(configuration.logs), rules: library.rules,
            incidents: configuration.incidents, watches: configuration.gate.judge,
            sink: EngineSink(
                alerts: alertStore, incidents: incidentStore, desk: desk, metrics: metrics, patience: DiskPatience()),
            metrics: metrics)
        outcomes = OutcomeDesk(
            .init(store: store, incidents: incidentStore, alerts: alertStore, changes: changeStore, audit: audit),
            pipeline: pipeline, policy: configuration.outcomes, clock: clock, metrics: metrics, logger: logger)
        parts.set(pipeline: pipeline, outcomes: outcomes)
        await pipeline.countFleets(library.hasFleets, now: clock.now())
        let checkpoint = try await checkpoints.load()
        milestone = Milestone(checkpoint.sequence)
        progress = Mutex(
            Progress(
                accepted: try await bus.lastPosition(), processed: checkpoint.sequence,
                waitingBytes: try await bus.size(after: checkpoint.sequence)))
        for problem in try await pipeline.restore(checkpoint, now: clock.now()) {
            logger.warning("a state could not be restored and begins anew", metadata: ["state": "\(problem)"])
        }
        try await closeLostIncidents()
        detection.count(into: metrics)
        countLibrary()
    }

    /// Declares incidents over that the store has and the pipeline does not know: they would stay open for ever.
    private func closeLostIncidents() async throws {
        let open = IncidentFilter(states: [.open, .acknowledged], limit: .max)
        let now = clock.now()
        var updates: [IncidentUpdate] = []
        var lost: [String] = []
        for incident in try await incidentStore.incidents(matching: open) {
            guard let known = await pipeline.incident(incident.id) else {
                updates.append(.changed(incident.lost(at: now, "nothing is known of it any more since a restart")))
                lost.append(incident.id)
                continue
            }
            if known.id != incident.id {
                updates.append(.absorbed(id: incident.id, into: known.id))
                lost.append(incident.id)
            }
        }
        try await incidentStore.apply(updates)
        try await pipeline.forgetIncidents(lost, now: now)
    }

    /// Reads the rules and runbooks again and puts them in force, all or none: with a mistake in one of them the last good
    /// ones stay. Rules that look at the same thing as before keep their alerts, and runs go on with the plan that they
    /// began with.
    ///
    /// - Throws: `DocumentError` with every mistake.
    package func reload() async throws {
        let library = try Library(configuration)
        // Runbooks first: a new rule may ask for a new one at once.
        self.library.value = library
        try await pipeline.replaceRules(library.rules, now: clock.now())
        await pipeline.countFleets(library.hasFleets, now: clock.now())
        countLibrary()
        logger.info("rules and runbooks have been read again")
    }

    private func countLibrary() {
        metrics.set(.rules, to: Double(library.value.rules.rules.count))
        metrics.set(.runbooks, to: Double(library.value.runbooks.count))
    }

    /// Finds what would keep an engine of this configuration from starting, without starting one.
    ///
    /// - Returns: how many series there may be, in words.
    /// - Throws: `DocumentError` with every mistake in rules and runbooks, `StoreError` for the data directory,
    ///   `ExecutableError` for a program that others may change, or ``EngineError/noHelper``.
    package static func check(
        _ configuration: EngineConfiguration, detectors: DetectorRegistry = .standard
    ) throws -> String {
        _ = try Library(configuration)
        guard configuration.actions.helper ?? ProcessConfiguration.helperBesideProgram != nil else {
            throw EngineError.noHelper
        }
        try ProcessConfiguration.check(configuration.actions.executables)
        try DirectoryLock.check(directory: configuration.dataDirectory)
        return try DetectionStage(configuration.detection, registry: detectors).capacity
    }

    // MARK: Questions

    /// The verdict of this id.
    package func verdict(id: String) async throws -> Verdict? { try await changeStore.verdict(id: id) }

    /// Alerts, newest first.
    package func alerts(matching filter: AlertFilter) async throws -> [Alert] {
        try await alertStore.alerts(matching: filter)
    }

    /// Changes, newest first.
    package func changes(_ filter: ChangeFilter) async throws -> [Change] { try await changeStore.changes(filter) }

    /// The series that have this metric name and all of these labels.
    package func series(named name: String?, with labels: [String: String] = [:]) -> [WatchedSeries] {
        pipeline.series(named: name, with: labels)
    }

    /// The groups of series of which the labels have these values, in order of their labels.
    package func groups(with labels: [String: String]) -> [GroupStatus] { pipeline.groups(with: labels) }

    /// The rules in force with what each has been through.
    package func rules() async -> [(rule: Rule, statistics: RuleStatistics)] {
        let statistics = await pipeline.ruleStatistics
        return await pipeline.ruleSet.rules.compactMap { rule in statistics[rule.id].map { (rule, $0) } }
    }

    /// Why the engine cannot take traffic; nil when it can.
    package var problem: String? {
        progress.withLock { $0.problem } ?? store.problem ?? progress.withLock { fullness(of: $0)?.description }
    }

    /// The position up to which messages have been accepted.
    var acceptedPosition: Int64 { progress.withLock(\.accepted) }
}
