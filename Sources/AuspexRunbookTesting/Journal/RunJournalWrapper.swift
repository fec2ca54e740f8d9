package import AuspexRunbooks
package import AuspexSignals

/// A journal in front of another, which does what it does not do itself.
package protocol RunJournalWrapper: RunJournal {
    associatedtype Inner: RunJournal

    /// The journal behind it.
    var inner: Inner { get }
}

extension RunJournalWrapper {
    package func insert(_ run: RunRecord, audit: RunAudit) async throws -> RunInsertion {
        try await inner.insert(run, audit: audit)
    }

    package func commit(_ commit: RunCommit) async throws { try await inner.commit(commit) }

    package func run(_ id: String) async throws -> RunRecord? { try await inner.run(id) }

    package func openRuns() async throws -> [RunRecord] { try await inner.openRuns() }

    package func runs(since: Timestamp, limit: Int, leavingOutShadow: Bool) async throws -> [RunRecord] {
        try await inner.runs(since: since, limit: limit, leavingOutShadow: leavingOutShadow)
    }

    package func runs(matching filter: RunFilter) async throws -> [RunRecord] {
        try await inner.runs(matching: filter)
    }

    package func heldLocks(now: Timestamp) async throws -> [HeldLock] { try await inner.heldLocks(now: now) }

    package func acquireLocks(
        _ locks: [String], run: String, now: Timestamp, until: Timestamp
    ) async throws -> LockOutcome {
        try await inner.acquireLocks(locks, run: run, now: now, until: until)
    }

    package func releaseLocks(run: String) async throws { try await inner.releaseLocks(run: run) }

    package func appendAudit(_ audit: RunAudit, run: String?, at time: Timestamp) async throws {
        try await inner.appendAudit(audit, run: run, at: time)
    }
}
