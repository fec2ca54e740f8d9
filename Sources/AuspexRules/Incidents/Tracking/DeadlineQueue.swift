import AuspexSignals

/// When something has to happen to which incident by itself: a binary heap, the earliest in front. Each incident waits for
/// one moment, the earliest that was asked for.
struct DeadlineQueue: Sendable {
    struct Deadline: Hashable, Comparable, Sendable {
        var time: Timestamp
        var id: String

        static func < (one: Deadline, other: Deadline) -> Bool { (one.time, one.id) < (other.time, other.id) }
    }

    private var heap: [Deadline] = []
    private var times: [String: Timestamp] = [:]

    /// The earliest moment.
    var next: Timestamp? { heap.first?.time }

    /// Asks for a moment.
    mutating func schedule(_ id: String, at time: Timestamp) {
        if let known = times[id], known <= time { return }
        times[id] = time
        heap.append(Deadline(time: time, id: id))
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the earliest; its `id` is nil when an earlier moment was asked for after it and has been taken.
    mutating func popFirst() -> (time: Timestamp, id: String?)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let children = [parent * 2 + 1, parent * 2 + 2].filter { $0 < heap.count }
            guard let least = children.min(by: { heap[$0] < heap[$1] }), heap[least] < heap[parent] else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        guard times[first.id] == first.time else { return (first.time, nil) }
        times[first.id] = nil
        return (first.time, first.id)
    }
}
