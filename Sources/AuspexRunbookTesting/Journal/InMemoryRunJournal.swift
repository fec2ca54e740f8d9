package import AuspexRunbooks
package import AuspexSignals

/// A journal that lasts as long as the process: for tests, which let it outlive the engines that write to it.
package actor InMemoryRunJournal: RunJournal {
    /// One entry of the audit.
    package struct AuditEntry: Hashable, Sendable {
        /// The run that it belongs to, if any.
        package var run: String?
        /// What happened.
        package var audit: RunAudit
    }

    private struct Lock {
        var run: String
        var until: Timestamp
    }

    private var records: [String: RunRecord] = [:]
    private var idsByTrigger: [String: String] = [:]
    private var locks: [String: Lock] = [:]
    private var wasPutBack = false

    /// The audit, oldest first.
    package private(set) var audit: [AuditEntry] = []

    /// Creates an empty journal.
    package init() {}

    package func insert(_ run: RunRecord, audit: RunAudit) throws -> RunInsertion {
        if let id = idsByTrigger[run.triggerKey], let existing = records[id] { return .duplicate(of: existing) }
        guard records[run.id] == nil else { throw RunJournalError.duplicateID(run.id) }
        records[run.id] = run
        idsByTrigger[run.triggerKey] = run.id
        self.audit.append(AuditEntry(run: run.id, audit: audit))
        return .inserted
    }

    package func commit(_ commit: RunCommit) throws {
        let record = commit.record
        guard let stored = records[record.id] else { throw RunJournalError.unknownRun(record.id) }
        guard stored.revision + 1 == record.revision else {
            throw RunJournalError.conflict(run: record.id, stored: stored.revision, written: record.revision)
        }
        records[record.id] = record
        audit.append(AuditEntry(run: record.id, audit: commit.audit))
    }

    package func run(_ id: String) -> RunRecord? { records[id] }

    package func openRuns() -> [RunRecord] {
        records.values.filter(\.isOpen).sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    package func runs(since: Timestamp, limit: Int, leavingOutShadow: Bool) -> [RunRecord] {
        let newest = records.values.filter { $0.createdAt >= since && !(leavingOutShadow && $0.mode == .shadow) }
            .sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) }
        return Array(newest.prefix(limit))
    }

    package func runs(matching filter: RunFilter) -> [RunRecord] {
        let newest = records.values.filter(filter.matches).sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) }
        return Array(newest.prefix(filter.limit))
    }

    package func heldLocks(now: Timestamp) -> [HeldLock] {
        locks.sorted { $0.key < $1.key }.compactMap { name, lock in
            guard lock.until > now, let run = records[lock.run], run.isOpen else { return nil }
            return HeldLock(
                name: name, run: run.id, reason: run.plan.title, requestedBy: run.requestedBy, expires: lock.until,
                epoch: 1)
        }
    }

    package func acquireLocks(_ names: [String], run: String, now: Timestamp, until: Timestamp) -> LockOutcome {
        for name in names.sorted() {
            guard let lock = locks[name], lock.run != run, lock.until > now else { continue }
            if records[lock.run]?.isOpen ?? false { return .held(lock: name, run: lock.run) }
        }
        for name in names { locks[name] = Lock(run: run, until: until) }
        return .acquired
    }

    package func releaseLocks(run: String) {
        locks = locks.filter { $0.value.run != run }
    }

    /// Has a run stand otherwise than it was written, as in a journal that was damaged.
    package func alter(_ run: RunRecord) { records[run.id] = run }

    /// Makes the journal one that was put back from a backup.
    package func putBack() { wasPutBack = true }

    package func isRestored() -> Bool { wasPutBack }

    package func settleRestoration() { wasPutBack = false }

    package func appendAudit(_ audit: RunAudit, run: String?, at: Timestamp) {
        self.audit.append(AuditEntry(run: run, audit: audit))
    }
}
