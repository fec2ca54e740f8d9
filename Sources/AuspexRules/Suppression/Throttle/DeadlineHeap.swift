import AuspexSignals

/// The keys of a throttle by the ends of their windows, earliest first, those of one moment in the order of their stable
/// hashes. Entries are not taken out when a window changes; whoever looks at the first has to see whether it still holds.
struct DeadlineHeap: Sendable {
    /// A key whose window ends, or ended, at `time`.
    struct Entry: Comparable, Sendable {
        let time: Timestamp
        let key: Labels
        private let hash: SeriesID

        init(time: Timestamp, key: Labels) {
            self.time = time
            self.key = key
            hash = key.id
        }

        static func < (one: Entry, other: Entry) -> Bool { (one.time, one.hash) < (other.time, other.hash) }
    }

    private var entries = MinHeap<Entry>()

    /// The number of entries.
    var count: Int { entries.count }

    /// The earliest.
    var first: Entry? { entries.first }

    /// Adds an entry in logarithmic time.
    mutating func insert(_ entry: Entry) { entries.insert(entry) }

    /// Takes the earliest out in logarithmic time.
    mutating func removeFirst() { entries.popFirst() }
}
