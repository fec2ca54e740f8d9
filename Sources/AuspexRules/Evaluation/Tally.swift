import AuspexSignals

/// Counts what a condition with `count` needs.
struct Tally: Hashable, Sendable, Codable {
    /// The latest moments, oldest first: as many as are needed.
    private var moments: [Timestamp] = []
    /// The latest moment of each value.
    private var latest: [String: Timestamp] = [:]
    /// What was last said of a series.
    private struct Member: Hashable, Sendable, Codable {
        /// What it is counted by; nil when the condition doesn't hold for it.
        var value: String?
        var time: Timestamp
    }

    /// The series of which something was said since the condition first held for one.
    private var members: [SeriesID: Member] = [:]

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

    /// Notes whether the condition holds for a series; whether there are enough for which it does. What is older than what
    /// is known of the series changes nothing.
    mutating func set(
        _ member: SeriesID, _ value: String?, holds: Bool, at time: Timestamp, _ count: CountRequirement
    ) -> Bool {
        let known = members[member]
        if let known, known.time > time { return isReached(count) }
        if holds {
            if members.count >= CountRequirement.most { members = members.filter { $0.value.value != nil } }
            if known != nil || members.count < CountRequirement.most {
                members[member] = Member(value: value ?? known?.value ?? "", time: time)
            }
        } else if known != nil {
            members[member]?.value = nil
            members[member]?.time = time
            if members.values.allSatisfy({ $0.value == nil }) { members = [:] }
        }
        return isReached(count)
    }

    /// Whether the condition holds for a series.
    func holds(_ member: SeriesID) -> Bool { members[member]?.value != nil }

    /// Whether the condition holds for enough series.
    func isReached(_ count: CountRequirement) -> Bool {
        let values = members.values.compactMap(\.value)
        let reached = count.distinct == nil ? values.count : Set(values).subtracting([""]).count
        return reached >= count.atLeast
    }
}
