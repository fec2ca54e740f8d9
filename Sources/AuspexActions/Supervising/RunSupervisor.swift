package import AuspexRunbooks
package import AuspexSignals

/// Admits runs within the guards, drives them side by side, and passes on what people say to them.
///
/// An actor, because what may start depends on what runs: admissions come one after the other.
package actor RunSupervisor {
    /// Runs that may wait to be driven while ``run()`` is not under way.
    private static let mostWaiting = 1_024
    /// Runs that the guards look back over at least; more within the horizon than this is far over every limit.
    static let fewestRecent = 1_000
    /// How long before its end a run that counts may have been made: people may have held it, or decided late.
    static let longestRun = TimeSpan.hours(7 * 24)
    /// How long the whole outputs of a run's commands are kept; excerpts are in the journal for good.
    private static let outputsKept = TimeSpan.hours(7 * 24)
    /// The time between two looks for outputs that are older than that.
    private static let tidyInterval = TimeSpan.hours(1)

    let around: RunDriver.Surroundings
    let guards: RunGuards
    /// Who knows how things stand outside; nil where no engine is around.
    let outside: (any GuardSurroundings)?
    /// Where guards keep what outlives the engine; nil where nothing does.
    let book: (any GuardBook)?
    private let ids: any IDSource
    let report: @Sendable (RunReport) -> Void
    let outbox: NoticeOutbox
    private let starts: AsyncStream<Start>
    private let starter: AsyncStream<Start>.Continuation
    var mailboxes: [String: RunMailbox] = [:]
    /// Runs that no engine can drive and that people have been told of.
    var setAside: Set<String> = []
    /// Runs that were let go, by their ids: they count as at work also while the journal does not say so yet.
    var letGo: Set<String> = []
    /// Runs whose first change the guards have let through, with the targets in fleets that they were let begin with.
    var changing: [String: Set<FleetTarget>] = [:]
    /// Acts that wait at the gate, by their numbers.
    var sleepers: [Int: AsyncStream<GatedPerformer.Wake>.Continuation] = [:]
    var sleeperCount = 0
    /// What the audit does not say yet of a pause that somebody made or ended by hand.
    var pauseNews: [RunAudit] = []
    let pauseFile: PauseFile?
    /// Why people paused all runs through an interface. Holds whatever becomes of the file.
    private var pausedByPerson: String?
    /// Why the file pauses all runs, as of the last look.
    private var pausedByFile: String?
    private var isAdmitting = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private struct Start: Sendable {
        var record: RunRecord
        var mailbox: RunMailbox
        var isRecovery: Bool
        var isPaused: Bool
    }

    /// Creates a supervisor.
    ///
    /// - Parameters:
    ///   - surroundings: What its drivers work with.
    ///   - guards: The limits.
    ///   - ids: Where ids of runs come from.
    ///   - pauseFile: Where a pause outlives the engine; nil for a pause that ends with it.
    ///   - outside: Who knows how things stand outside. Without one, guards that have to know it are not asked: only for
    ///     tools that no engine is around of, and for tests.
    ///   - book: Where guards keep what outlives the engine. Without one, breakers never open.
    ///   - report: Told of runs that ended or could not be driven, to be logged.
    package init(
        _ surroundings: RunDriver.Surroundings, guards: RunGuards = RunGuards(), ids: any IDSource = RandomIDSource(),
        pauseFile: PauseFile? = nil, outside: (any GuardSurroundings)? = nil, book: (any GuardBook)? = nil,
        report: @escaping @Sendable (RunReport) -> Void = { _ in }
    ) {
        around = surroundings
        self.guards = guards
        self.ids = ids
        self.pauseFile = pauseFile
        self.outside = outside
        self.book = book
        pausedByFile = pauseFile?.reason
        pauseNews = pausedByFile.map { [Self.foundPause($0, pauseFile?.owner)] } ?? []
        self.report = report
        outbox = NoticeOutbox(surroundings, book: book, report: report)
        (starts, starter) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// Takes up the runs that an earlier engine left open, then drives runs until the task is cancelled. To be called
    /// once.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.outbox.run() }
            group.addTask { await self.takeUp() }
            group.addTask { await self.tellOfBreakers() }
            if pauseFile != nil {
                group.addTask { await self.watch() }
            }
            for await start in starts {
                group.addTask { await self.drive(start) }
            }
            group.cancelAll()
        }
        // Those of runs that were never driven.
        for mailbox in mailboxes.values { mailbox.close() }
    }

    // MARK: - Taking up

    /// Takes up what an earlier engine left open, as soon as the journal can be read and written.
    private func takeUp() async {
        var pause = RunDriver.firstRetry
        while !Task.isCancelled {
            do {
                try await takeUpOpenRuns()
                return await keepTidy()
            } catch {
                report(.recoveryFailed(error))
            }
            try? await around.sleeper.sleep(pause, for: .journalRetry)
            pause = min(TimeSpan(milliseconds: pause.milliseconds * 2), RunDriver.longestRetry)
        }
    }

    /// Removes what is left of old runs, at once and from time to time.
    private func keepTidy() async {
        while !Task.isCancelled {
            // While the journal cannot be read nobody knows which runs are open besides those under way.
            if let open = try? await around.journal.openRuns() {
                await around.performer.tidy(
                    keeping: Set(open.map(\.id)).union(mailboxes.keys),
                    before: around.moments.now().wall - Self.outputsKept)
            }
            guard (try? await around.sleeper.sleep(Self.tidyInterval, for: .tidying)) != nil else { return }
        }
    }

    private func takeUpOpenRuns() async throws {
        // A run that is admitted meanwhile would be taken for one of an earlier engine.
        await enterAdmission()
        defer { leaveAdmission() }
        try around.crashes.pass(.beforeRecovery)
        let isRestored = try await around.journal.isRestored()
        let open = try await around.journal.openRuns()
        // One run that cannot be taken up keeps no other from it.
        var failure: (any Error)?
        for record in open where mailboxes[record.id] == nil {
            do {
                if let problem = record.unfitness {
                    try await setAside(record, because: problem)
                } else {
                    begin(try await parked(record, isRestored: isRestored), isRecovery: true)
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        if isRestored { try await around.journal.settleRestoration() }
    }

    /// The run, parked for a person to decide on if nobody should go on with it unasked.
    private func parked(_ record: RunRecord, isRestored: Bool) async throws -> RunRecord {
        let now = around.moments.now()
        guard let why = record.doubt(isRestored: isRestored, now: now.wall),
            let commit = RunState.parking(record, because: why, now: now)
        else { return record }
        try await around.journal.commit(commit)
        return commit.record
    }

    // MARK: - Admission

    /// Admits a run, or says why not.
    ///
    /// - Throws: What the journal throws.
    package func submit(_ request: RunRequest) async throws -> RunSubmission {
        await enterAdmission()
        defer { leaveAdmission() }
        let now = around.moments.now().wall
        let question = await question(of: request, at: now)
        // A trigger that comes again is no new wish, whatever the guards would say of one.
        let known = (question.facts?.open ?? []) + (question.facts?.recent ?? [])
        if let run = known.first(where: { $0.triggerKey == request.triggerKey }) { return .duplicate(run) }
        var request = request
        switch guards.answer(question) {
        case .go: break
        case .propose(let block):
            request.mode = .approve
            request.heldBack = (block.code, "\(block)")
        case .block(let block):
            try await refused(request, block, at: now)
            return .blocked(block)
        }
        let record = RunRecord(
            id: ids.next(), plan: request.plan, triggerKey: request.triggerKey, alertID: request.alertID,
            mode: request.mode, requestedBy: request.requestedBy, createdAt: now)
        try around.crashes.pass(.beforeRunInsert)
        let insertion = try await around.journal.insert(record, audit: Self.created(record, request))
        try around.crashes.pass(.afterRunInsert)
        switch insertion {
        case .duplicate(let run): return .duplicate(run)
        case .inserted:
            if record.isOpen { begin(record, isRecovery: false) }
            return .accepted(record)
        }
    }

    /// Why a run of `plan` that a person wishes would not be admitted now; nil when it would be.
    package func block(of plan: Plan, by person: String) async -> RunGuards.Block? {
        let wish = RunRequest(plan: plan, mode: .manual, triggerKey: "", requestedBy: person)
        switch guards.answer(await question(of: wish, at: around.moments.now().wall)) {
        case .go: return nil
        case .propose(let block), .block(let block): return block
        }
    }

    func enterAdmission() async {
        guard isAdmitting else {
            isAdmitting = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leaveAdmission() {
        if waiting.isEmpty { isAdmitting = false } else { waiting.removeFirst().resume() }
    }

    // MARK: - Pausing all runs

    /// Stops all runs from beginning anything new; what is under way goes on to its end.
    ///
    /// - Throws: When the pause cannot be written down; it holds all the same.
    package func pause(by person: String, why: String) async throws {
        let reason = "\(why) (\(person))"
        let before = pause
        pausedByPerson = reason
        passOnPause(since: before)
        try pauseFile?.write(reason)
        try await audit("runs.paused", ["by": .string(person), "why": .string(why)], run: nil)
    }

    /// Ends a pause.
    ///
    /// - Throws: When the pause that is written down cannot be removed; then it holds on.
    package func unpause(by person: String) async throws {
        try pauseFile?.remove()
        let before = pause
        (pausedByPerson, pausedByFile) = (nil, nil)
        passOnPause(since: before)
        try await audit("runs.unpaused", ["by": .string(person)], run: nil)
    }

    /// Tells the runs under way when a pause has begun or ended since it was as `before` says.
    private func passOnPause(since before: String?) {
        guard (pause == nil) != (before == nil) else { return }
        for mailbox in mailboxes.values { mailbox.post(.event(pause == nil ? .unpause : .pause)) }
        wakeSleepers()
    }

    /// Follows the file, which people may make and remove by hand.
    func look() {
        let (before, file) = (pause, pausedByFile)
        pausedByFile = pauseFile?.reason
        // What was asked for through an interface is in the audit already.
        if pausedByPerson == nil, (file == nil) != (pausedByFile == nil) {
            pauseNews.append(pausedByFile.map { Self.foundPause($0, pauseFile?.owner) } ?? Self.lostPause)
        }
        passOnPause(since: before)
    }

    private func watch() async {
        while !Task.isCancelled {
            look()
            await auditPause()
            try? await Task.sleep(for: PauseFile.interval)
        }
    }

    /// Why all runs are paused; nil when they are not.
    package var pause: String? { pausedByPerson ?? pausedByFile }

    func audit(_ kind: String, _ detail: [String: JSONValue], run: String?) async throws {
        try around.crashes.pass(.beforeAudit)
        try await around.journal.appendAudit(
            RunAudit(kind: kind, detail: .object(detail)), run: run, at: around.moments.now().wall)
        try around.crashes.pass(.afterAudit)
    }

    // MARK: - Driving

    func begin(_ record: RunRecord, isRecovery: Bool) {
        guard mailboxes[record.id] == nil else { return }
        let mailbox = RunMailbox()
        mailboxes[record.id] = mailbox
        if !record.needsApproval { letGo.insert(record.id) }
        if isRecovery, record.hasChanged { changing[record.id] = record.touchedTargets }
        starter.yield(Start(record: record, mailbox: mailbox, isRecovery: isRecovery, isPaused: pause != nil))
    }

    private func drive(_ start: Start) async {
        let driver = RunDriver(gated(start.record), tell: { [outbox] in outbox.post($0) }, report: report)
        do {
            let record = try await driver.drive(
                start.record, mailbox: start.mailbox, isRecovery: start.isRecovery, isPaused: start.isPaused)
            if record.status == .failed { await noteFailure(record) }
            report(.ended(record))
        } catch is CancellationError {
            // The engine stops; the next one takes the run up.
        } catch {
            report(.failed(run: start.record.id, error: error))
        }
        mailboxes[start.record.id] = nil
        letGo.remove(start.record.id)
        changing[start.record.id] = nil
    }
}
