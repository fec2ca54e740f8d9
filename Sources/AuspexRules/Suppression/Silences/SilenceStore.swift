package import AuspexSignals

/// Keeps silences.
package protocol SilenceStore: Sendable {
    /// Writes the silences, replacing those with the same identifiers, all or none.
    func upsert(_ silences: [Silence]) async throws

    /// The silences that match `filter`, latest start first, those with the same start in order of their identifiers.
    func silences(matching filter: SilenceFilter) async throws -> [Silence]

    /// Deletes the silences that were over at `moment`.
    func deleteSilences(expiredBefore moment: Timestamp) async throws
}

/// Which silences are asked for.
package struct SilenceFilter: Hashable, Sendable {
    /// Only these identifiers; nil for all.
    package var ids: Set<String>?
    /// Only those that are not over at this moment; nil for all.
    package var notExpiredAt: Timestamp?
    /// At most so many.
    package var limit: Int

    /// Creates a filter that lets everything through.
    package init(
        ids: Set<String>? = nil, notExpiredAt: Timestamp? = nil, limit: Int = SilenceSet.mostSilences
    ) {
        self.ids = ids
        self.notExpiredAt = notExpiredAt
        self.limit = limit
    }

    /// Whether `silence` matches; the limit is not looked at.
    package func matches(_ silence: Silence) -> Bool {
        ids?.contains(silence.id) ?? true && notExpiredAt.map { silence.state(at: $0) != .expired } ?? true
    }
}
