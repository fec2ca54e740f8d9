import AuspexRunbooks
import AuspexSignals

/// What a driver has under way for one run.
struct Work {
    let around: RunDriver.Surroundings
    let mailbox: RunMailbox
    /// The run as the journal has it.
    private(set) var record: RunRecord
    let tell: @Sendable (RunNotice) -> Void
    let report: @Sendable (RunReport) -> Void
    private var stops: [OperationID: AsyncStream<Void>.Continuation] = [:]
    private var generations: [RunTimer: Int] = [:]

    init(
        around: RunDriver.Surroundings, mailbox: RunMailbox, record: RunRecord,
        tell: @escaping @Sendable (RunNotice) -> Void, report: @escaping @Sendable (RunReport) -> Void
    ) {
        self.around = around
        self.mailbox = mailbox
        self.record = record
        self.tell = tell
        self.report = report
    }

    /// Does what the run asks for. What takes time is begun in `group` and answers through the mailbox; the answers
    /// that are there at once are returned.
    mutating func carryOut(
        _ action: RunAction, in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws -> [RunEvent] {
        switch action {
        case .commit(let commit):
            try await store(commit)
            return [.committed(revision: commit.record.revision)]
        case .acquireLocks(let locks, let span):
            try around.crashes.pass(.beforeLocks)
            let now = around.moments.now().wall
            let outcome = try await persist {
                try await around.journal.acquireLocks(locks, run: record.id, now: now, until: now + span)
            }
            try around.crashes.pass(.afterLocks)
            return [.locks(outcome)]
        case .releaseLocks:
            try around.crashes.pass(.beforeLockRelease)
            try await persist { try await around.journal.releaseLocks(run: record.id) }
            try around.crashes.pass(.afterLockRelease)
            return []
        case .start(let order):
            try around.crashes.pass(.beforeSpawn)
            let (performer, control) = (around.performer, control(for: order.id))
            begin(order.id, in: &group) { await performer.perform(order, control) }
            return []
        case .stop(let id):
            stops[id]?.yield()
            return []
        case .locate(let order):
            let located = await around.performer.locate(order)
            try around.crashes.pass(.afterLocate)
            if located == .running {
                let (performer, control) = (around.performer, control(for: order.id))
                begin(order.id, in: &group) { await performer.attach(order, control) }
            }
            return [.located(order.id, located)]
        case .setTimer(let timer, let span):
            try around.crashes.pass(.beforeTimer)
            set(timer, span, in: &group)
            return []
        case .clearTimer(let timer):
            generations[timer, default: 0] += 1
            return []
        case .observe(let verification, let path):
            try around.crashes.pass(.beforeObservation)
            let (source, mailbox) = (around.observations, mailbox)
            let since = record.newsSince(verification, at: path) ?? around.moments.now().wall
            group.addTask {
                do {
                    let observation = try await source.observe(verification, since: since)
                    mailbox.post(.event(.observed(observation, problem: nil, path: path)))
                } catch let error as NoDetectors {
                    mailbox.post(.event(.unobservable(problem: "\(error)", path: path)))
                } catch {
                    mailbox.post(.event(.observed(nil, problem: "\(error)", path: path)))
                }
            }
            return []
        case .tell(let notice):
            try around.crashes.pass(.beforeNotice)
            tell(notice)
            return []
        case .finish: return []
        }
    }

    /// The event that a message means; nil for a timer that has been set anew or cleared since.
    mutating func event(of message: RunMailbox.Message) throws -> RunEvent? {
        switch message {
        case .timer(let timer, let generation):
            guard generations[timer] == generation else { return nil }
            try around.crashes.pass(.afterTimer)
            return .timerFired(timer)
        case .word(let event, number: _): return event
        case .output:
            try around.crashes.pass(.afterFirstOutput)
            return nil
        case .event(let event):
            switch event {
            case .operationStarted: try around.crashes.pass(.afterSpawn)
            case .operationEnded(let id, _):
                stops[id] = nil
                try around.crashes.pass(.afterExit)
            default: break
            }
            return event
        }
    }

    // MARK: - Parts

    private mutating func store(_ commit: RunCommit) async throws {
        let (before, after): (CrashPoint, CrashPoint) =
            switch commit.kind {
            case .intent: (.beforeIntentCommit, .afterIntentCommit)
            case .gate: (.beforeGateCommit, .afterGateCommit)
            case .result: (.beforeResultCommit, .afterResultCommit)
            case .state: (.beforeStateCommit, .afterStateCommit)
            }
        try around.crashes.pass(before)
        try await persist { try await around.journal.commit(commit) }
        record = commit.record
        try around.crashes.pass(after)
    }

    /// Writes until the journal takes it: a disk that is full today has room tomorrow, and until then the run stands
    /// where the journal has it. What the journal refuses for good is thrown.
    private func persist<Result>(_ write: () async throws -> Result) async throws -> Result {
        var pause = RunDriver.firstRetry
        while true {
            do {
                return try await write()
            } catch let error as RunJournalError {
                throw error
            } catch let error as CancellationError {
                throw error
            } catch {
                report(.writeFailed(run: record.id, error: error))
                try await around.sleeper.sleep(pause, for: .journalRetry)
                pause = min(TimeSpan(milliseconds: pause.milliseconds * 2), RunDriver.longestRetry)
            }
        }
    }

    private mutating func control(for id: OperationID) -> OperationControl {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        stops[id] = continuation
        let mailbox = mailbox
        return OperationControl(
            stops: stream, started: { mailbox.post(.event(.operationStarted(id, $0))) },
            spoke: { mailbox.post(.output) },
            heldUp: { await mailbox.tell(.heldUp(id, isWaiting: $0)) != .unheard })
    }

    private func begin(
        _ id: OperationID, in group: inout ThrowingDiscardingTaskGroup<any Error>,
        _ body: @escaping @Sendable () async -> OperationResult
    ) {
        let mailbox = mailbox
        group.addTask { mailbox.post(.event(.operationEnded(id, await body()))) }
    }

    private mutating func set(
        _ timer: RunTimer, _ span: TimeSpan, in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) {
        generations[timer, default: 0] += 1
        let generation = generations[timer] ?? 0
        let (sleeper, mailbox) = (around.sleeper, mailbox)
        group.addTask {
            do {
                try await sleeper.sleep(span, for: .timer(timer))
                mailbox.post(.timer(timer, generation: generation))
            } catch {
                // Cancelled: the run is over or the engine stops, so nobody waits for it.
            }
        }
    }
}
