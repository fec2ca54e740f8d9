import AuspexSignals

/// When something has to happen to which incident by itself, the earliest in front. Each incident waits for
/// one moment, the earliest that was asked for.
struct DeadlineQueue: Sendable {
    struct Deadline: Hashable, Comparable, Sendable {
        var time: Timestamp
        var id: String

        static func < (one: Deadline, other: Deadline) -> Bool { (one.time, one.id) < (other.time, other.id) }
    }

    private var heap = MinHeap<Deadline>()
    private var times: [String: Timestamp] = [:]

    /// The earliest moment.
    var next: Timestamp? { heap.first?.time }

    /// Asks for a moment.
    mutating func schedule(_ id: String, at time: Timestamp) {
        if let known = times[id], known <= time { return }
        times[id] = time
        heap.insert(Deadline(time: time, id: id))
    }

    /// Takes the earliest; its `id` is nil when an earlier moment was asked for after it and has been taken.
    mutating func popFirst() -> (time: Timestamp, id: String?)? {
        guard let first = heap.popFirst() else { return nil }
        guard times[first.id] == first.time else { return (first.time, nil) }
        times[first.id] = nil
        return (first.time, first.id)
    }
}
