package import AuspexSignals

/// Which runs are asked for.
package struct RunFilter: Hashable, Sendable {
    /// Only runs of this runbook; nil for all.
    package var runbook: String?
    /// Only runs that this one asked for, as ``RunRecord/requestedBy`` has it; nil for all.
    package var requestedBy: String?
    /// Only runs that stand so; nil for all. Looking for these costs a look at each run since then.
    package var status: RunStatus?
    /// Whether shadow runs are found, too.
    package var includesShadow: Bool
    /// Only runs that were made at this moment or later.
    package var since: Timestamp
    /// Only runs of which something has become at this moment or later; nil for all. Looking for these costs a look at each
    /// run since ``since``.
    package var updatedSince: Timestamp?
    /// At most so many.
    package var limit: Int

    /// Creates a filter.
    package init(
        runbook: String? = nil, requestedBy: String? = nil, status: RunStatus? = nil, includesShadow: Bool = false,
        since: Timestamp, updatedSince: Timestamp? = nil, limit: Int
    ) {
        self.runbook = runbook
        self.requestedBy = requestedBy
        self.status = status
        self.includesShadow = includesShadow
        self.since = since
        self.updatedSince = updatedSince
        self.limit = limit
    }

    /// Whether a run is one of them; the limit is not looked at.
    package func matches(_ run: RunRecord) -> Bool {
        (includesShadow || run.mode != .shadow) && run.createdAt >= since
            && updatedSince.map { run.updatedAt >= $0 } ?? true && status.map { $0 == run.status } ?? true
            && runbook.map { $0 == run.plan.runbook } ?? true
            && requestedBy.map { $0 == run.requestedBy } ?? true
    }
}
