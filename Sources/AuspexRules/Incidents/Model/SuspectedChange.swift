package import AuspexSignals

/// A change that an incident may come from.
package struct SuspectedChange: Hashable, Sendable, Codable {
    /// The change.
    package var change: Change
    /// The service of the incident that leads to it: the change's own, or one that depends on it.
    package var service: String
    /// Steps from that service to the one that was changed; 0 for its own.
    package var distance: Int
    /// How much it is suspected, from 0 to 1; see ``ChangeSuspicion``.
    package var score: Double
    /// Why, in a sentence.
    package var evidence: String

    /// Whether it is suspected more than another; between equals the later change, then the first by identifier.
    func precedes(_ other: SuspectedChange) -> Bool {
        if score != other.score { return score > other.score }
        let (moment, otherMoment) = (change.endedAt ?? change.startedAt, other.change.endedAt ?? other.change.startedAt)
        return moment == otherMoment ? change.id < other.change.id : moment > otherMoment
    }
}
