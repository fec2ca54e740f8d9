import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Synchronization
import Testing

/// A world that a test sets.
///
/// A class because the supervisor and the test share it.
final class SetWorld: GuardSurroundings {
    private struct Unknown: Error {}

    private struct State {
        var world: GuardWorld? = GuardWorld(alert: .firing)
        var next: [GuardWorld?] = []
        var asked = 0
        var meanwhile: (@Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    /// What happens once, while it is asked.
    var meanwhile: (@Sendable () async -> Void)? {
        get { state.withLock { $0.meanwhile } }
        set { state.withLock { $0.meanwhile = newValue } }
    }

    /// How things stand; nil when nobody knows.
    var world: GuardWorld? {
        get { state.withLock { $0.world } }
        set { state.withLock { $0.world = newValue } }
    }

    /// What is answered before that, once each.
    var next: [GuardWorld?] {
        get { state.withLock { $0.next } }
        set { state.withLock { $0.next = newValue } }
    }

    /// How often it was asked.
    var asked: Int { state.withLock { $0.asked } }

    /// Waits until it is asked so many times more.
    func waitUntilAsked(_ times: Int) async throws {
        let goal = asked + times
        try await TestSite.wait { asked >= goal }
    }

    func world(for plan: Plan, alert: String?, beside others: [RunRecord]) async throws -> GuardWorld {
        let meanwhile = state.withLock { state in
            defer { state.meanwhile = nil }
            return state.meanwhile
        }
        await meanwhile?()
        let world = state.withLock { state in
            state.asked += 1
            return state.next.isEmpty ? state.world : state.next.removeFirst()
        }
        guard let world else { throw Unknown() }
        return world
    }
}

/// A journal that counts how often runs are looked up in it, and sometimes does not answer.
///
/// A class because the supervisor and the test share it.
final class WatchedJournal: RunJournalWrapper {
    private struct Silent: Error {}

    private struct State {
        var reads = 0
        var silences = 0
    }

    let inner: InMemoryRunJournal
    private let state = Mutex(State())

    init(_ inner: InMemoryRunJournal) { self.inner = inner }

    /// How often a run was looked up.
    var reads: Int { state.withLock { $0.reads } }

    /// How often it does not answer that.
    var silences: Int {
        get { state.withLock { $0.silences } }
        set { state.withLock { $0.silences = newValue } }
    }

    func run(_ id: String) async throws -> RunRecord? {
        let isSilent = state.withLock { state in
            guard state.silences == 0 else {
                state.silences -= 1
                return true
            }
            return false
        }
        if isSilent { throw Silent() }
        let run = await inner.run(id)
        state.withLock { $0.reads += 1 }
        return run
    }
}

/// A supervisor with guards that look at a world and keep a book.
struct GateSite: Sendable {
    let journal: InMemoryRunJournal
    /// The same, as the supervisor sees it.
    let watched: WatchedJournal
    let book: InMemoryGuardBook
    let world = SetWorld()
    let time = ManualTime()
    let notices = NoticeLog()
    let performer: any RecordingPerformer
    let supervisor: RunSupervisor

    init(
        _ performer: any RecordingPerformer = ScriptedPerformer(), journal: InMemoryRunJournal = InMemoryRunJournal(),
        book: InMemoryGuardBook = InMemoryGuardBook(), pauseFile: PauseFile? = nil, guards: RunGuards = RunGuards(),
        sink: (any NoticeSink)? = nil
    ) {
        self.journal = journal
        watched = WatchedJournal(journal)
        self.book = book
        self.performer = performer
        supervisor = RunSupervisor(
            .fake(journal: watched, performer: performer, notices: sink ?? notices, time: time), guards: guards,
            pauseFile: pauseFile, outside: world, book: book)
    }

    /// Does `body` while the supervisor is at work.
    func atWork(_ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            try await body()
            group.cancelAll()
        }
    }

    func submit(
        _ trigger: String, lock: String = "service/api", mode: RunMode = .auto, steps: [Plan.Step]? = nil
    ) async throws -> RunSubmission {
        let plan = RunSamples.plan(steps: steps ?? [RunSamples.step("act")], locks: [lock])
        return try await supervisor.submit(
            RunRequest(
                plan: plan, mode: mode, triggerKey: trigger, alertID: mode == .manual ? nil : "a",
                requestedBy: mode == .manual ? "ann" : "rule down", firedAt: time.now().wall))
    }

    /// The run that a wish has become.
    func run(
        _ trigger: String, lock: String = "service/api", mode: RunMode = .auto, steps: [Plan.Step]? = nil
    ) async throws -> RunRecord {
        let submission = try await submit(trigger, lock: lock, mode: mode, steps: steps)
        guard case .accepted(let record) = submission else {
            Issue.record("\(submission)")
            throw CancellationError()
        }
        return record
    }

    /// The run as it is once it stands so.
    @discardableResult
    func wait(for run: RunRecord, _ status: RunStatus) async throws -> RunRecord {
        try await TestSite.wait { await journal.run(run.id)?.status == status }
        return try #require(await journal.run(run.id))
    }

    /// The entries of the audit of this kind.
    func audit(_ kind: String) async -> [JSONValue] {
        await journal.audit.filter { $0.audit.kind == kind }.map(\.audit.detail)
    }
}
