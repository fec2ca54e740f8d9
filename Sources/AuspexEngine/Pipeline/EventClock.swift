import AuspexSignals

/// The time that rules go by: it follows the newest sample, and while none comes it runs on with the wall clock.
///
/// So history that is sent late is judged by its own times, and a stream that has fallen silent still lets a condition
/// that holds become an alert.
struct EventClock: Hashable, Sendable {
    /// An event that claims to be further ahead of the wall clock than this does not move the time: the doors refuse such
    /// events, and whatever gets by them must not make all others late.
    private static let mostAhead = TimeSpan.hours(24)

    /// The time of the newest event; nil before the first.
    private(set) var newest: Timestamp?
    private var wallAtNewest: Timestamp?

    /// A clock before the first event.
    init() {}

    /// A clock that stands at `newest`, if that can be while the wall clock says `wall`.
    init(newest: Timestamp, wall: Timestamp) {
        if newest <= wall + Self.mostAhead { self.newest = newest }
    }

    /// Takes note of an event.
    mutating func observe(_ event: Timestamp, wall: Timestamp) {
        if let newest, event <= newest { return }
        guard event <= wall + Self.mostAhead else { return }
        newest = event
        wallAtNewest = wall
    }

    /// Up to where all events may be taken to have come: `lateness` before the running time; nil before the first event.
    mutating func horizon(wall: Timestamp, lateness: TimeSpan) -> Timestamp? {
        guard let newest else { return nil }
        // After a restart the clock goes on from where it stood.
        let anchor = wallAtNewest ?? wall
        wallAtNewest = anchor
        return newest + max(.zero, wall - anchor) - lateness
    }
}
