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

    private let state = Mutex<GuardWorld?>(GuardWorld(alert: .firing))

    /// How things stand; nil when nobody knows.
    var world: GuardWorld? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func world(for plan: Plan, alert: String?, beside others: [RunRecord]) async throws -> GuardWorld {
        guard let world else { throw Unknown() }
        return world
    }
}

/// A supervisor with guards that look at a world and keep a book.
struct GateSite: Sendable {
    let journal: InMemoryRunJournal
    let book: InMemoryGuardBook
    let world = SetWorld()
    let time = ManualTime()
    let notices = NoticeLog()
    let performer: ScriptedPerformer
    let supervisor: RunSupervisor

    init(
        _ performer: ScriptedPerformer = ScriptedPerformer(), journal: InMemoryRunJournal = InMemoryRunJournal(),
        book: InMemoryGuardBook = InMemoryGuardBook(), pauseFile: PauseFile? = nil, guards: RunGuards = RunGuards()
    ) {
        self.journal = journal
        self.book = book
        self.performer = performer
        supervisor = RunSupervisor(
            .fake(journal: journal, performer: performer, notices: notices, time: time), guards: guards,
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
