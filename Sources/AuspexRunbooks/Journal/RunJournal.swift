package import AuspexSignals

/// Where runs are kept. What has returned is on disk; a write of an engine that has been replaced throws.
///
/// Implementers run `RunJournalConformance` of AuspexRunbookTesting. The rules, beyond what each method says: every
/// method is atomic; two calls at once behave as one after the other; an error means that nothing was changed.
package protocol RunJournal: Sendable {
    /// Stores a new run with its first audit entry, unless a run with the same trigger key exists, open or over: then
    /// nothing is stored and that run is the answer, so that a trigger that comes twice starts one run.
    func insert(_ run: RunRecord, audit: RunAudit) async throws -> RunInsertion

    /// Replaces a run and appends to the audit, in one transaction.
    ///
    /// - Throws: ``RunJournalError/conflict(run:stored:written:)`` unless the stored revision is one less than the
    ///   written one, ``RunJournalError/unknownRun(_:)`` when there is no such run.
    func commit(_ commit: RunCommit) async throws

    /// The run with this id.
    func run(_ id: String) async throws -> RunRecord?

    /// The runs that are open (``RunRecord/isOpen``), oldest first. Here and wherever else runs are asked for, one whose
    /// record cannot be read is no reason to give none: ``RunRecord/init(of:because:)`` stands in its place.
    func openRuns() async throws -> [RunRecord]

    /// The newest runs, newest first, made at or after `since`. Those that are left out do not count to the limit.
    func runs(since: Timestamp, limit: Int, leavingOutShadow: Bool) async throws -> [RunRecord]

    /// The newest runs, newest first, that a filter asks for: those of a runbook, those that somebody asked for, those that
    /// stand somehow. What the filter leaves out does not count to its limit. Costs what it finds, unless a status is
    /// asked for.
    func runs(matching filter: RunFilter) async throws -> [RunRecord]

    /// The locks that are held at `now`, in order of their names.
    func heldLocks(now: Timestamp) async throws -> [HeldLock]

    /// Takes all `locks` for `run`, or none. A lock is free when nobody has it, when `run` has it (its end is moved),
    /// when its time is over at `now`, or when the run that has it is not open any more.
    func acquireLocks(_ locks: [String], run: String, now: Timestamp, until: Timestamp) async throws -> LockOutcome

    /// Gives all of the run's locks back. Giving back none is no error.
    func releaseLocks(run: String) async throws

    /// Appends to the audit what no change of a run goes with, such as a refused approval.
    func appendAudit(_ audit: RunAudit, run: String?, at: Timestamp) async throws

    /// Whether the journal stands where it stood some time ago, as after a backup was put back: what its open runs have
    /// done since then it does not know. True until ``settleRestoration()``.
    func isRestored() async throws -> Bool

    /// Takes note that nobody goes on unasked with the runs of a journal that was put back.
    func settleRestoration() async throws
}

extension RunJournal {
    /// A journal that cannot be put back from a backup never was.
    package func isRestored() async throws -> Bool { false }

    package func settleRestoration() async throws {}

    /// The newest runs of any mode, newest first, made at or after `since`.
    package func runs(since: Timestamp, limit: Int) async throws -> [RunRecord] {
        try await runs(since: since, limit: limit, leavingOutShadow: false)
    }
}

/// What became of an ``RunJournal/insert(_:audit:)``.
package enum RunInsertion: Hashable, Sendable {
    /// The run is stored.
    case inserted
    /// This run has the same trigger key.
    case duplicate(of: RunRecord)
}

/// Why the journal refuses.
package enum RunJournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No run has this id.
    case unknownRun(String)
    /// A run with this id exists already.
    case duplicateID(String)
    /// Another engine has taken the journal over; nothing more is taken from this one.
    case replaced(String)
    /// Somebody else has changed the run.
    case conflict(run: String, stored: Int64, written: Int64)

    package var description: String {
        switch self {
        case .unknownRun(let id): "there is no run \(id)"
        case .duplicateID(let id): "there is a run \(id) already"
        case .replaced(let reason): reason
        case .conflict(let run, let stored, let written):
            "run \(run) is stored at revision \(stored), so revision \(written) cannot follow; two engines drive it"
        }
    }
}
