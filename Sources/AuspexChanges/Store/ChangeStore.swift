package import AuspexSignals

/// Where changes and verdicts are kept.
package protocol ChangeStore: Sendable {
    /// Keeps a change. If there is one with the same id, ``AuspexSignals/Change/merged(with:)`` of the two is kept, so
    /// that reports may come twice and in any order.
    func save(_ change: Change) async throws

    /// The changes that satisfy `filter`, newest first.
    func changes(_ filter: ChangeFilter) async throws -> [Change]

    /// The change of this id, or nil.
    func change(id: String) async throws -> Change?

    /// Keeps a verdict; one with the same id is replaced, but for its override, which is kept while it holds.
    func save(_ verdict: Verdict) async throws

    /// The verdict of this id, or nil.
    func verdict(id: String) async throws -> Verdict?
}

/// Which changes are wanted. A nil member does not restrict.
package struct ChangeFilter: Hashable, Sendable {
    /// Only those of this service.
    package var service: String?
    /// Only those in this environment.
    package var environment: String?
    /// Only those begun at this time or later.
    package var since: Timestamp?
    /// Only those begun before this time.
    package var until: Timestamp?
    /// At most so many, the newest ones.
    package var limit: Int

    /// Creates a filter.
    package init(
        service: String? = nil, environment: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
        limit: Int = 100
    ) {
        self.service = service
        self.environment = environment
        self.since = since
        self.until = until
        self.limit = limit
    }

    /// Whether the change satisfies all members but ``limit``.
    package func matches(_ change: Change) -> Bool {
        if let service, change.service != service { return false }
        if let environment, change.environment != environment { return false }
        if let since, change.startedAt < since { return false }
        if let until, change.startedAt >= until { return false }
        return true
    }

    /// What a store holding `changes` answers: the matching ones, newest first (by id where they began together).
    package func applied(to changes: some Sequence<Change>) -> [Change] {
        let matching = changes.filter(matches).sorted { ($1.startedAt, $0.id) < ($0.startedAt, $1.id) }
        return Array(matching.prefix(max(0, limit)))
    }
}
