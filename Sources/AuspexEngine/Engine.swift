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
    private let store: Store
    private let bus: StoredBus
    let pipeline: Pipeline
    private let library: CurrentLibrary
    private let checkpoints: CheckpointStore
    private let alertStore: SQLiteAlertStore
    let incidentStore: SQLiteIncidentStore
    let changeStore: SQLiteChangeStore
    /// What became of past changes, for the gate.
    let ledger: Mutex<ChangeLedger>
    let deliveries: DeliveryStore
    let pushes: PushStore
    private let sourceMarks: SourceMarkStore
    /// Where new identifiers come from.
    package let ids: any IDSource
    private let logger: Logger
    private let progress: Mutex<Progress>
    let milestone: Milestone

    private struct Progress {
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
                observations: Observations(detection: detection, alerts: alertStore, library: self.library),
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

    // MARK: Doors

    /// Stores a batch for detection. When this returns the batch survives a crash.
    ///
    /// Samples and records whose time lies further ahead of the clock than `detection.max_ahead` are left out: the rules' time follows
    /// the newest sample, so that one sender with a wrong clock would make those of all others late.
    ///
    /// - Parameters:
    ///   - batch: Samples and records.
    ///   - marks: How far their sources have been read with them: kept together with the batch, or not at all.
    /// - Returns: how many samples and records were left out.
    /// - Throws: ``EngineError/backlogFull(messages:bytes:)`` when too much waits already.
    @discardableResult
    package func ingest(_ batch: SignalBatch, marks: SourceMarks = SourceMarks()) async throws -> Int {
        let (sentSamples, sentLogs) = (batch.sampleCount, batch.logs.count)
        let batch = batch.without(laterThan: clock.now() + configuration.detection.mostAhead)
        let (samples, logs) = (sentSamples - batch.sampleCount, sentLogs - batch.logs.count)
        metrics.add(samples, to: .samplesRejected)
        metrics.add(logs, to: .logsRejected)
        guard !batch.series.isEmpty || !batch.logs.isEmpty else {
            if !marks.isEmpty { try await sourceMarks.save(marks) }
            return samples + logs
        }
        do {
            try await accept(.signals(batch), marks: marks)
        } catch let error as EngineError {
            metrics.add(to: .batchesShed)
            throw error
        }
        metrics.add(to: .batches)
        metrics.add(batch.sampleCount, to: .samples)
        metrics.add(batch.logs.count, to: .logs)
        return samples + logs
    }

    /// How far sources have been read, by their names.
    package func marks() async throws -> [String: String] { try await sourceMarks.all() }

    /// Stores a report of a change.
    ///
    /// What it does not tell of its commits is added from what was pushed.
    ///
    /// A failure of a deployment that the gate has stopped is none, and is not kept; see ``isStopped(_:)``.
    ///
    /// - Parameter delivery: the webhook delivery that brought it, to tell a repetition.
    /// - Returns: whether it was news; a repeated delivery is not.
    /// - Throws: ``EngineError/tooFarAhead(_:limit:)``, or ``EngineError/backlogFull(messages:bytes:)``.
    @discardableResult
    package func report(_ change: Change, delivery: String? = nil) async throws -> Bool {
        let limit = configuration.detection.mostAhead
        for time in [change.startedAt, change.endedAt ?? change.startedAt] where time > clock.now() + limit {
            throw EngineError.tooFarAhead(time, limit: limit)
        }
        if try await isStopped(change) { return try await remember(delivery) }
        let change = try await withCommits(change)
        let news = questions.news(of: change)
        let bytes = BusMessage.change(change).approximateBytes
        try reserve(bytes)
        do {
            let kept = try await bus.append(
                reporting: change, delivery: delivery, news: news, most: QuestionDesk.mostReplies)
            guard let kept else {
                release(bytes)
                return false
            }
            arrived(kept.position)
            await questions.announce(news, isKept: kept.isNewsKept)
        } catch {
            release(bytes)
            throw error
        }
        ledger.withLock { $0.take(change) }
        // What else decides an outcome is looked at in time.
        if change.outcome == .failure || change.outcome == .rolledBack { await outcomes.decide(change.id) }
        metrics.add(to: .changes)
        return true
    }

    /// Puts a message on the bus.
    ///
    /// - Parameter audit: what the audit says of it, on disk together with the message or not at all.
    /// - Returns: its position.
    @discardableResult
    func accept(
        _ message: BusMessage, marks: SourceMarks = SourceMarks(), audit: AuditLog.Note? = nil
    ) async throws -> Int64 {
        let bytes = message.approximateBytes
        try reserve(bytes)
        do {
            let position = try await bus.append(message, marks: marks, audit: audit)
            arrived(position)
            return position
        } catch {
            release(bytes)
            throw error
        }
    }

    /// Makes room for a message that is about to be stored.
    private func reserve(_ bytes: Int) throws(EngineError) {
        try progress.withLock { progress throws(EngineError) in
            if let full = fullness(of: progress) { throw full }
            progress.waitingBytes += bytes
        }
    }

    /// Gives back the room for a message that was not stored.
    private func release(_ bytes: Int) {
        progress.withLock { $0.waitingBytes = max(0, $0.waitingBytes - bytes) }
    }

    private func arrived(_ position: Int64) {
        progress.withLock { $0.accepted = max($0.accepted, position) }
    }

    /// Why nothing more can be taken; nil when it can.
    private func fullness(of progress: borrowing Progress) -> EngineError? {
        let (messages, bytes) = (Int(progress.accepted - progress.processed), progress.waitingBytes)
        let limits = configuration.detection
        guard messages >= limits.backlogLimit || bytes >= limits.backlogBytes else { return nil }
        return .backlogFull(messages: messages, bytes: bytes)
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

    // MARK: Running

    /// From this share of the longest backlog on there is no time for work that can wait.
    private static let busyShare = 0.1

    /// Whether there is time for work that can wait.
    private var hasTime: Bool {
        progress.withLock { progress in
            let limits = configuration.detection
            let messages = Double(progress.accepted - progress.processed)
            return progress.problem == nil && messages < Self.busyShare * Double(limits.backlogLimit)
                && Double(progress.waitingBytes) < Self.busyShare * Double(limits.backlogBytes)
        }
    }

    /// Messages taken from the bus at a time, and about how many bytes of them.
    private static let messagesAtOnce = 256
    private static let bytesAtOnce = 16 << 20
    /// After so many messages a checkpoint is due, however short the time.
    private static let messagesPerCheckpoint = 20_000
    /// After a checkpoint so many times as long as it took passes before the next, so that saving many series takes no more
    /// than about a tenth of the time.
    private static let pauseFactor: Int64 = 10
    /// But not less often than this, whatever the clock says of how long one took.
    private static let longestPause = TimeSpan.minutes(5)
    /// The longest time between two looks at the clock.
    private static let tick = TimeSpan.seconds(1)

    /// Works until the surrounding service group shuts down gracefully, then saves a last checkpoint.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.desk.run() }
            group.addTask { await self.questions.run(by: self) }
            group.addTask { await self.outcomes.run(while: { self.hasTime }) }
            group.addTask { try await self.work() }
            group.addTask { try await self.watchStore() }
            do {
                for try await _ in group {}
            } catch {
                // One part without the other would accept work and never do it: the service ends and is started anew.
                progress.withLock { $0.problem = "\(error)" }
                logger.critical("the engine stops", metadata: ["reason": "\(error)"])
                group.cancelAll()
                throw error
            }
        }
        try store.close()
    }

    /// Ends the engine when another has taken the directory over, and notices when a full disk has room again.
    private func watchStore() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            try await store.check()
            metrics.set(.writesWaiting, to: Double(store.waitingWrites))
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: .milliseconds(Self.tick.milliseconds))
            }
        }
    }

    private func work() async throws {
        progress.withLock { $0.problem = nil }
        var savedAt = clock.now()
        var pause = configuration.detection.checkpointEvery
        var sinceCheckpoint = 0
        var tidiedAt: Timestamp?
        var settling = Pacing(share: Self.pauseFactor, longest: Self.tick)
        while !Task.isCancelled {
            for (position, message) in try await nextMessages(within: settling.rest(at: clock.now()) ?? Self.tick) {
                try await pipeline.process(message, at: position, now: clock.now())
                milestone.reach(position)
                sinceCheckpoint += 1
                let bytes = message.approximateBytes
                let waiting = progress.withLock { progress in
                    progress.processed = position
                    // Stored sizes and estimates differ a little; with nothing waiting there is no doubt.
                    let isLast = position == progress.accepted
                    progress.waitingBytes = isLast ? 0 : max(0, progress.waitingBytes - bytes)
                    return progress.accepted - position
                }
                metrics.set(.backlog, to: Double(max(0, waiting)))
            }
            let now = clock.now()
            // What passing time has decided belongs into a checkpoint as much as what messages have.
            let isCaughtUp = progress.withLock { $0.accepted <= $0.processed }
            // Under load incidents follow from many messages at once, not from every few anew.
            let settles = settling.rest(at: now) == nil
            if try await pipeline.tick(now: now, isCaughtUp: isCaughtUp, settles: settles) { sinceCheckpoint += 1 }
            if settles { settling.took(from: now, to: clock.now()) }
            let isDue = now - savedAt >= pause
            if (isDue && sinceCheckpoint > 0) || sinceCheckpoint >= Self.messagesPerCheckpoint {
                try await saveCheckpoint()
                savedAt = clock.now()
                let taken = min(savedAt - now, Self.longestPause).milliseconds
                let least = min(TimeSpan(milliseconds: Self.pauseFactor * taken), Self.longestPause)
                pause = max(configuration.detection.checkpointEvery, least)
                sinceCheckpoint = 0
            }
            if tidiedAt.map({ now - $0 >= .hours(24) }) ?? true {
                tidiedAt = now
                let (store, retention) = (store, configuration.retention)
                _ = try await DiskPatience().persist { try await store.removeRecords(before: now - retention) }
                await pipeline.forgetSilences(expiredBefore: now - configuration.retention)
            }
            if Task.isShuttingDownGracefully { break }
        }
        progress.withLock { $0.problem = "the engine is shutting down" }
        try await saveCheckpoint()
    }

    /// The next messages; none when `wait` has passed or the service shuts down.
    private func nextMessages(within wait: TimeSpan) async throws -> [(position: Int64, message: BusMessage)] {
        let (bus, position) = (bus, progress.withLock(\.processed))
        return try await cancelWhenGracefulShutdown {
            try await bus.next(
                after: position, limit: Self.messagesAtOnce, bytes: Self.bytesAtOnce,
                waiting: .milliseconds(wait.milliseconds))
        }
    }

    private func saveCheckpoint() async throws {
        let removed = await pipeline.removeSilentSeries(since: clock.now() - configuration.detection.seriesSilence)
        let (checkpoint, checkpoints) = (try await pipeline.checkpoint(now: clock.now()), checkpoints)
        try await DiskPatience().persist { try await checkpoints.save(checkpoint, removed: removed) }
        metrics.add(to: .checkpoints)
    }
}

extension SignalBatch {
    /// The batch without the samples and records that are later than `moment`.
    fileprivate func without(laterThan moment: Timestamp) -> SignalBatch {
        let isAhead = series.contains { $0.samples.contains { $0.time > moment } } || logs.contains { $0.time > moment }
        guard isAhead else { return self }
        var batch = self
        batch.logs.removeAll { $0.time > moment }
        for index in batch.series.indices { batch.series[index].samples.removeAll { $0.time > moment } }
        batch.series.removeAll(where: \.samples.isEmpty)
        return batch
    }
}
