import AuspexSignals

/// Steps that wait until nothing can come before them any more, in the order in which they are to be taken. Adding at the
/// end and taking from the front cost little; adding elsewhere moves what lies behind.
struct StepQueue: Sendable {
    /// A step with its place in the order.
    struct Entry: Hashable, Sendable, Codable {
        var key: IncidentStep.Key
        var step: IncidentStep
    }

    private var storage: [Entry] = []
    /// Entries at the front of the storage that have been taken.
    private var head = 0

    /// The entries that wait, in order.
    var entries: ArraySlice<Entry> { storage[head...] }
    var count: Int { storage.count - head }

    init(_ entries: [Entry] = []) {
        storage = entries.sorted { $0.key < $1.key }
    }

    subscript(place: Int) -> Entry { storage[head + place] }

    /// Adds an entry; returns its place, or nil if one with its key was there already and says at least as much.
    mutating func insert(_ entry: Entry) -> Int? {
        guard let last = storage.last, count > 0, entry.key <= last.key else {
            storage.append(entry)
            return count - 1
        }
        var (low, high) = (head, storage.count)
        while low < high {
            let middle = low + (high - low) / 2
            if storage[middle].key < entry.key { low = middle + 1 } else { high = middle }
        }
        if storage[low].key == entry.key {
            guard storage[low].step.isOutweighed(by: entry.step) else { return nil }
            storage[low] = entry
        } else {
            storage.insert(entry, at: low)
        }
        return low - head
    }

    /// How many entries at the front are not later than `time`.
    func count(upTo time: Timestamp) -> Int {
        var (low, high) = (head, storage.count)
        while low < high {
            let middle = low + (high - low) / 2
            if storage[middle].key.time <= time { low = middle + 1 } else { high = middle }
        }
        return low - head
    }

    /// Takes entries away from the front.
    mutating func removeFirst(_ count: Int) {
        head += count
        if head * 2 > storage.count {
            storage.removeFirst(head)
            head = 0
        }
    }
}
