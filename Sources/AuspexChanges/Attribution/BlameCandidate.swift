package import AuspexSignals

/// A change that may be to blame, with what it can have touched.
package struct BlameCandidate: Hashable, Sendable {
    /// The change.
    package var change: Change
    /// Where it was made; a kind of place that is missing here is not known.
    package var places: Set<Place>
    /// The services that it can have harmed, with the steps from each to the one that was changed: 0 for that itself, 1
    /// for one that depends on it. Faults of other services say nothing about it.
    package var distances: [String: Int]
    /// When the same service was changed before in the same environment; nil when unknown.
    package var previous: Timestamp?

    /// Creates a candidate. Without `distances` only faults of its own service count.
    package init(
        _ change: Change, places: Set<Place> = [], distances: [String: Int]? = nil, previous: Timestamp? = nil
    ) {
        self.change = change
        self.places = places
        self.distances = distances ?? [change.service: 0]
        self.previous = previous
    }

    /// How long after the change a fault came: from its end if it had ended, else from its start; nil for one before it.
    func age(of time: Timestamp) -> TimeSpan? {
        guard time >= change.startedAt else { return nil }
        if let end = change.endedAt, end <= time, end >= change.startedAt { return time - end }
        return time - change.startedAt
    }
}
