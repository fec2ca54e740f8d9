import AuspexActions
import AuspexRules
package import AuspexRunbooks
package import AuspexSignals
import Logging
import ServiceLifecycle

/// Where wishes for runbooks arrive, of rules and of people: decides how far each may go and hands it to the supervisor,
/// which admits it within the guards and sees it through.
package struct RunDesk: Sendable {
    let library: CurrentLibrary
    let supervisor: RunSupervisor
    let journal: any RunJournal
    let book: any GuardBook
    let alerts: any AlertStore
    let parts: EngineParts
    let actions: EngineConfiguration.Actions
    let clock: any WallClock
    private let ids: any IDSource
    let metrics: EngineMetrics
    let rates: RunbookMetrics
    let outputs: StepOutputs
    let logger: Logger
    /// Runs that are over, on their way to whoever draws conclusions.
    let ended: RunEndings

    /// A desk that is not at work yet; see ``run()``.
    init(
        surroundings: RunDriver.Surroundings, outputs: StepOutputs, configuration: EngineConfiguration,
        pauseFile: PauseFile,
        parts: EngineParts, book: any GuardBook, alerts: any AlertStore, library: CurrentLibrary,
        clock: any WallClock, ids: any IDSource, metrics: EngineMetrics, logger: Logger
    ) {
        self.library = library
        self.clock = clock
        self.ids = ids
        self.metrics = metrics
        self.logger = logger
        journal = surroundings.journal
        actions = configuration.actions
        self.outputs = outputs
        self.book = book
        self.alerts = alerts
        self.parts = parts
        let (rates, ended) = (RunbookMetrics(), RunEndings())
        (self.rates, self.ended) = (rates, ended)
        let guards = RunGuards(configuration)
        supervisor = RunSupervisor(
            surroundings, guards: guards, ids: ids, pauseFile: pauseFile,
            outside: EngineSurroundings(parts: parts, alerts: alerts, clock: clock, flapWindow: guards.flapWindow),
            book: book
        ) { report in
            Self.log(report, to: logger, metrics)
            switch report {
            case .ended(let record): ended.add(record)
            case .blocked(let block, _): rates.countBlock(block.code)
            default: break
            }
        }
    }

    private static func log(_ report: RunReport, to logger: Logger, _ metrics: EngineMetrics) {
        switch report {
        case .ended(let record):
            logger.info(
                "a run is over",
                metadata: [
                    "run": "\(record.id)", "runbook": "\(record.plan.runbook)", "status": "\(record.status.rawValue)",
                ])
        case .failed(let run, let error):
            logger.error("a run cannot be driven on", metadata: ["run": "\(run)", "error": "\(error)"])
        case .writeFailed(let run, let error):
            logger.error(
                "a run stands still until this can be stored", metadata: ["run": "\(run)", "error": "\(error)"])
        case .recoveryFailed(let error):
            logger.error("open runs cannot be taken up yet", metadata: ["error": "\(error)"])
        case .blocked(let block, let run):
            guard let run else { return }
            logger.warning(
                "a run is stopped before its first change",
                metadata: ["run": "\(run)", "guard": "\(block.code)", "reason": "\(block)"])
        case .breakerOpened(let breaker):
            logger.error(
                "a runbook acts only with an approval from now on",
                metadata: ["runbook": "\(breaker.runbook)", "reason": "\(breaker.reason)"])
        case .guardsFailed(let error):
            logger.error("what guards look at cannot be read or written", metadata: ["error": "\(error)"])
        case .noticeDelayed(let notice, let reason):
            logger.warning(
                "people could not be told of something and will be, once the channel takes it",
                metadata: ["run": "\(notice.run)", "kind": "\(notice.kind.rawValue)", "error": "\(reason)"])
        case .noticeFailed(let notice, let reason):
            metrics.add(to: .noticesFailed)
            logger.error(
                "people are not told of something",
                metadata: ["run": "\(notice.run)", "kind": "\(notice.kind.rawValue)", "error": "\(reason)"])
        }
    }

    // MARK: Wishes

    /// Takes a rule's request: a run is written down once for each trigger, however often the request comes.
    func take(_ request: AuspexRules.RunRequest) async throws {
        guard let runbook = runbooks[request.runbook] else {
            return try await refuse(request, "there is no runbook '\(request.runbook)'")
        }
        let plan: Plan
        do throws(PlanError) {
            plan = try Planner.plan(
                runbook, parameters: request.parameters.object ?? [:], among: runbooks)
        } catch {
            return try await refuse(request, error.description)
        }
        let asker = "rule \(request.rule)"
        let limits = request.limits.map { limits in
            RunGuards.OwnLimits(
                requestedBy: asker, mostAtOnce: limits.mostAtOnce, mostPerHour: limits.mostPerHour,
                coolDown: limits.coolDown)
        }
        let allowance = await allowance(of: request)
        var wish = AuspexActions.RunRequest(
            plan: plan, mode: allowance.mode, triggerKey: request.triggerKey, alertID: request.alertID,
            requestedBy: asker, limits: limits, firedAt: request.firedAt)
        wish.heldBack = allowance.heldBack
        switch try await supervisor.submit(wish) {
        case .accepted(let record):
            metrics.add(to: .runs)
            await link(record)
        case .duplicate: metrics.add(to: .runsRefused)
        case .blocked(let block):
            metrics.add(to: .runsRefused)
            logger.warning(
                "a runbook is not run",
                metadata: ["rule": "\(request.rule)", "guard": "\(block.code)", "reason": "\(block)"])
        }
    }

    /// Writes down that a request is not followed, and why.
    private func refuse(_ request: AuspexRules.RunRequest, _ reason: String) async throws {
        metrics.add(to: .runsRefused)
        logger.warning("a runbook is not run", metadata: ["rule": "\(request.rule)", "reason": "\(reason)"])
        let audit = RunAudit(
            kind: "run.refused",
            detail: .object([
                "runbook": .string(request.runbook), "rule": .string(request.rule), "alert": .string(request.alertID),
                "reason": .string(reason),
            ]))
        try await journal.appendAudit(audit, run: nil, at: clock.now())
    }

    /// Takes a person's wish to run a runbook.
    ///
    /// - Parameter planHash: the hash of the plan that the person has read.
    /// - Returns: the run, secrets masked.
    /// - Throws: ``EngineError`` or `PlanError`.
    package func start(
        runbook id: String, parameters: [String: JSONValue], by person: String, planHash: String
    ) async throws -> RunRecord {
        guard let runbook = runbooks[id] else {
            throw EngineError.unknownRunbook(id, known: runbooks.keys.sorted())
        }
        let plan = try Planner.plan(runbook, parameters: parameters, among: runbooks)
        guard plan.hash == planHash else { throw EngineError.planChanged(expected: plan.hash, given: planHash) }
        if let obstacle = obstacle(to: plan) { throw EngineError.notPossible(obstacle) }
        let wish = AuspexActions.RunRequest(
            plan: plan, mode: .manual, triggerKey: "manual/\(ids.next())", requestedBy: person)
        switch try await supervisor.submit(wish) {
        case .accepted(let record):
            metrics.add(to: .runs)
            return record.masked
        case .duplicate(let record): return record.masked
        case .blocked(let block): throw EngineError.notPossible(block.description)
        }
    }

    /// What a person's wish would come to: the plan, its hash, and which guard is in the way at the moment.
    ///
    /// - Throws: ``EngineError`` or `PlanError`.
    package func foresee(runbook id: String, parameters: [String: JSONValue]) async throws -> PlanForesight {
        guard let runbook = runbooks[id] else {
            throw EngineError.unknownRunbook(id, known: runbooks.keys.sorted())
        }
        let plan = try Planner.plan(runbook, parameters: parameters, among: runbooks)
        let block = await supervisor.block(of: plan, by: "")
        return PlanForesight(plan, isBlockedBecause: obstacle(to: plan) ?? block?.description)
    }

    /// Why this configuration cannot carry a plan out, however well things stand: a run that would fail half-way for want
    /// of a secret does not begin.
    private func obstacle(to plan: Plan) -> String? {
        let missing = (plan.secretNames ?? []).filter { actions.secrets[$0] == nil }
        guard !missing.isEmpty else { return nil }
        return "runbook \(plan.runbook) uses \(missing.map { "'\($0)'" }.joined(separator: ", ")), which the "
            + "configuration does not have among actions.secrets"
    }

    // MARK: People

    /// A person approves the plan that a run waits with.
    package func approve(_ id: String, by person: String, planHash: String) async throws -> RunRecord {
        try await saying(to: id) { try await supervisor.approve(id, planHash: planHash, by: person) }
    }

    /// A person stops a run.
    ///
    /// - Parameter isNeedless: whether there was nothing to remedy, which counts as a false alarm of the automation.
    package func cancel(
        _ id: String, by person: String, reason: String, isNeedless: Bool = false
    ) async throws -> RunRecord {
        let reason = isNeedless ? RunRecord.needlessReason(reason) : reason
        return try await saying(to: id) { try await supervisor.cancel(id, by: person, reason: reason) }
    }

    /// A person says what became of a step whose outcome nobody knows: the one at `path`, else the only one there is.
    package func decide(
        _ id: String, by person: String, _ decision: Decision, path: String? = nil
    ) async throws -> RunRecord {
        try await saying(to: id) { try await supervisor.decide(id, decision, by: person, path: path) }
    }

    /// A person takes a run up that has failed, from the step that it failed at.
    package func retry(_ id: String, path: String, by person: String) async throws -> RunRecord {
        try await saying(to: id) { try await supervisor.retry(id, path: path, by: person) }
    }

    /// A person leaves a step out that has not begun, or whose outcome nobody knows.
    package func skip(_ id: String, path: String, by person: String, reason: String) async throws -> RunRecord {
        try await saying(to: id) { try await supervisor.skip(id, path: path, by: person, reason: reason) }
    }

    /// A person makes one run wait.
    package func hold(_ id: String, by person: String, reason: String) async throws -> RunRecord {
        try await saying(to: id) { try await supervisor.hold(id, by: person, reason: reason) }
    }

    /// A person lets a run go on that waits.
    package func resume(_ id: String, by person: String) async throws -> RunRecord {
        try await saying(to: id) { try await supervisor.resume(id, by: person) }
    }

    /// A person stops all runs from beginning anything new.
    package func pause(by person: String, reason: String) async throws {
        try await supervisor.pause(by: person, why: reason)
    }

    /// A person ends the pause.
    package func unpause(by person: String) async throws {
        try await supervisor.unpause(by: person)
    }

    private func saying(to id: String, _ body: () async throws -> Void) async throws -> RunRecord {
        do {
            try await body()
        } catch RunCommandError.unknownRun(let id) {
            throw EngineError.unknownRun(id)
        } catch let error as RunCommandError {
            throw EngineError.notPossible(error.description)
        }
        return try await run(id)
    }

    // MARK: Questions

    /// The runbooks in force, by their ids.
    package var runbooks: [String: Runbook] { library.value.runbooks }

    /// Why all runs are paused; nil when they are not.
    package var pause: String? {
        get async { await supervisor.pause }
    }

    /// The newest runs, newest first, secrets masked; with a status only those that stand so.
    package func runs(since: Timestamp, status: RunStatus? = nil, limit: Int) async throws -> [RunRecord] {
        let filter = RunFilter(status: status, includesShadow: true, since: since, limit: limit)
        return try await journal.runs(matching: filter).map(\.masked)
    }

    /// The open runs, oldest first, secrets masked.
    package func openRuns() async throws -> [RunRecord] { try await journal.openRuns().map(\.masked) }

    /// A run, secrets masked.
    package func run(_ id: String) async throws -> RunRecord {
        guard let record = try await journal.run(id) else { throw EngineError.unknownRun(id) }
        return record.masked
    }

    // MARK: Running

    /// Drives runs, first those that an earlier engine left open, until the service shuts down. A run that is cut off by
    /// that is taken up by the next engine.
    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.supervisor.run() }
                group.addTask { await self.concludeEnded() }
            }
        }
    }
}

extension RunMode {
    /// How far a rule's request may go: what the rule says, and no further than the configuration lets any rule.
    init(_ mode: ResponseMode, ceiling: EngineConfiguration.RunCeiling) {
        switch (mode, ceiling) {
        case (.shadow, _), (_, .shadow): self = .shadow
        case (.propose, _), (.approve, _), (.auto, .propose): self = .approve
        case (.auto, .auto): self = .auto
        }
    }
}
