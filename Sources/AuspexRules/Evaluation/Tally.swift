import AuspexSignals

/// Counts what a condition with `count` needs.
struct Tally: Hashable, Sendable, Codable {
    /// The latest moments, oldest first: as many as are told apart.
    private var moments: [Timestamp] = []
    /// The latest moment of each value.
    private var latest = RecentValues()
    /// The series of which something was said since the condition first held for one.
    private var members = HoldingSeries()

    /// The latest moment that is counted.
    var latestMoment: Timestamp? { [moments.last, latest.newest].compactMap { $0 }.max() }

    var isEmpty: Bool { moments.isEmpty && latest.isEmpty && members.isEmpty }

    /// Forgets moments at `time` and before it.
    mutating func forget(upTo time: Timestamp) {
        moments.removeFirst(moments.firstIndex { $0 > time } ?? moments.count)
        latest.forget(upTo: time)
    }

    // MARK: Moments

    /// Counts a moment; how many there are in the window that ends with it, or, of those without a value to tell them apart
    /// by, in one that ends later, for a moment that comes late.
    mutating func add(_ value: String?, at time: Timestamp, _ count: CountRequirement) -> Int {
        let start = time - (count.within ?? .zero)
        guard count.distinct != nil else { return add(at: time, since: start, most: count.keptMoments) }
        return value.map { latest.add($0, at: time, since: start) } ?? 0
    }

    private mutating func add(at time: Timestamp, since start: Timestamp, most: Int) -> Int {
        // Moments may come late, so each goes to its place.
        let place = moments.lastIndex { $0 <= time }.map { $0 + 1 } ?? 0
        moments.insert(time, at: place)
        if moments.count > most { moments.removeFirst(moments.count - most) }
        return moments.count - (moments.partitioningIndex { $0 > start })
    }

    // MARK: Series

    /// Notes whether the condition holds for a series. What is older than what is known of the series changes nothing.
    mutating func set(_ member: SeriesID, _ value: String?, holds: Bool, at time: Timestamp) {
        members.set(member, value, holds: holds, at: time)
    }

    /// Notes that a series says nothing of the condition, again or still: its last answer stands, for a while.
    mutating func leaveOpen(_ member: SeriesID, at time: Timestamp, goesOn: Bool) {
        members.leaveOpen(member, at: time, goesOn: goesOn)
    }

    /// None of the series that are counted has said nothing since before this moment; nil when none does.
    var silentSince: Timestamp? { members.silentSince }

    /// Stops counting the series that have said nothing since `time` or before it.
    mutating func endSilence(since time: Timestamp) { members.endSilence(since: time) }

    /// For how many series, or different values of theirs, the condition holds.
    func reached(_ count: CountRequirement) -> Int {
        count.distinct == nil ? members.count : members.valueCount
    }

    /// Whether the condition holds for a series.
    func holds(_ member: SeriesID) -> Bool { members.contains(member) }

    /// Whether the condition holds for enough series.
    func isReached(_ count: CountRequirement) -> Bool { reached(count) >= count.atLeast }
}
