import AuspexSignals

/// What the book of outside alerts asks of deadlines beside what a throttle does.
extension DeadlineHeap {
    /// Entries that may be out of date however few alerts there are.
    private static let slack = 64

    /// Whether so many entries are out of date that they are better made anew.
    func isBloated(for alerts: Int) -> Bool { count > 2 * alerts + Self.slack }

    /// Adds an entry in logarithmic time.
    mutating func insert(_ labels: Labels, at time: Timestamp) { insert(Entry(time: time, key: labels)) }

    /// Takes the earliest entry at `time` or before it out, in logarithmic time.
    mutating func pop(upTo time: Timestamp) -> (labels: Labels, time: Timestamp)? {
        guard let first, first.time <= time else { return nil }
        removeFirst()
        return (first.key, first.time)
    }
}
