import AuspexSignals

/// Counts what a condition with `count` needs.
struct Tally: Hashable, Sendable, Codable {
    /// The latest moments, oldest first: as many as are needed.
    private var moments: [Timestamp] = []
    /// The latest moment of each value.
    private var latest: [String: Timestamp] = [:]
    /// The value of each series for which the condition holds.
    private var members: [SeriesID: String] = [:]

    /// The latest moment that is counted.
    var latestMoment: Timestamp? { [moments.last, latest.values.max()].compactMap { $0 }.max() }

    var isEmpty: Bool { moments.isEmpty && latest.isEmpty && members.isEmpty }

    /// Forgets moments at `time` and before it.
    mutating func forget(upTo time: Timestamp) {
        moments.removeAll { $0 <= time }
        latest = latest.filter { $0.value > time }
    }

    /// Counts a moment; whether there are enough in the window that ends with it.
    mutating func add(_ value: String?, at time: Timestamp, _ count: CountRequirement) -> Bool {
        let start = time - (count.within ?? .zero)
        if count.distinct == nil {
            // Moments may come late, so each goes to its place.
            let place = moments.lastIndex { $0 <= time }.map { $0 + 1 } ?? 0
            moments.insert(time, at: place)
            if moments.count > count.atLeast { moments.removeFirst(moments.count - count.atLeast) }
            return moments.count >= count.atLeast && moments[0] > start
        }
        guard let value else { return false }
        latest[value] = max(time, latest[value] ?? time)
        if latest.count > CountRequirement.most { latest = latest.filter { $0.value > start } }
        if latest.count > CountRequirement.most { latest[value] = nil }
        return latest.values.count { $0 > start && $0 <= time } >= count.atLeast
    }

    /// Notes whether the condition holds for a series; whether there are enough for which it does.
    mutating func set(_ member: SeriesID, _ value: String?, holds: Bool, _ count: CountRequirement) -> Bool {
        if !holds {
            members[member] = nil
        } else if members.count < CountRequirement.most || members[member] != nil {
            members[member] = value ?? members[member] ?? ""
        }
        return isReached(count)
    }

    /// Whether the condition holds for enough series.
    func isReached(_ count: CountRequirement) -> Bool {
        let reached = count.distinct == nil ? members.count : Set(members.values).subtracting([""]).count
        return reached >= count.atLeast
    }
}
