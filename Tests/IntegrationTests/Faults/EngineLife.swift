import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Synchronization

/// The life of an engine within the test's process. When it is over, nothing that the engine still does reaches the
/// outside, as after SIGKILL.
///
/// A class because all parts of the engine share it.
final class EngineLife: Sendable {
    struct Over: Error {}

    private let state = Mutex(false)

    var isOver: Bool { state.withLock { $0 } }

    /// Ends it where the engine stands.
    func end() throws {
        state.withLock { $0 = true }
        throw Over()
    }

    func check() throws { if isOver { throw Over() } }
}

/// A journal that outlives the engine that writes to it.
struct MortalJournal: RunJournal {
    let inner: any RunJournal
    let life: EngineLife

    func insert(_ run: RunRecord, audit: RunAudit) async throws -> RunInsertion {
        try life.check()
        return try await inner.insert(run, audit: audit)
    }
    func commit(_ commit: RunCommit) async throws {
        try life.check()
        try await inner.commit(commit)
    }
    func run(_ id: String) async throws -> RunRecord? {
        try life.check()
        return try await inner.run(id)
    }
    func openRuns() async throws -> [RunRecord] {
        try life.check()
        return try await inner.openRuns()
    }
    func runs(since: Timestamp, limit: Int, leavingOutShadow: Bool) async throws -> [RunRecord] {
        try life.check()
        return try await inner.runs(since: since, limit: limit, leavingOutShadow: leavingOutShadow)
    }
    func runs(matching filter: RunFilter) async throws -> [RunRecord] {
        try life.check()
        return try await inner.runs(matching: filter)
    }
    func heldLocks(now: Timestamp) async throws -> [HeldLock] {
        try life.check()
        return try await inner.heldLocks(now: now)
    }
    func acquireLocks(_ locks: [String], run: String, now: Timestamp, until: Timestamp) async throws -> LockOutcome {
        try life.check()
        return try await inner.acquireLocks(locks, run: run, now: now, until: until)
    }
    func releaseLocks(run: String) async throws {
        try life.check()
        try await inner.releaseLocks(run: run)
    }
    func appendAudit(_ audit: RunAudit, run: String?, at: Timestamp) async throws {
        try life.check()
        try await inner.appendAudit(audit, run: run, at: at)
    }
}

/// A performer that begins nothing for an engine that is dead.
struct MortalPerformer: Performer {
    let world: FaultWorld
    let life: EngineLife

    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard !life.isOver else { return OperationResult(outcome: .unknown, reason: "dead") }
        return await world.perform(order, control)
    }

    func locate(_ order: OperationOrder) async -> Located { await world.locate(order) }

    func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        OperationResult(outcome: .unknown)
    }
}

/// People, whom a dead engine tells nothing.
struct MortalNotices: NoticeSink {
    let world: FaultWorld
    let life: EngineLife

    func tell(_ notice: RunNotice) async throws {
        try life.check()
        world.hear(notice)
    }
}

/// A clock that stands still for an engine that is dead.
struct MortalSleeper: Sleeper {
    let world: FaultWorld
    let life: EngineLife

    func sleep(_ span: TimeSpan, for purpose: SleepPurpose) async throws {
        // Until it is cancelled.
        while life.isOver { try await Task.sleep(for: .seconds(3_600)) }
        try await world.sleep(span, for: purpose)
    }
}
