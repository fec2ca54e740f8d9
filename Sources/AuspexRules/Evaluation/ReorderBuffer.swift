import AuspexSignals

/// Holds facts back until those that may still come before them have come, and hands them on in order of time.
///
/// Facts of one moment are handed on in an order of their own, so that the same facts lead to the same, in whatever order
/// they came. A binary heap: logarithmic in what is held.
struct ReorderBuffer: Hashable, Sendable, Codable {
    /// Facts held at most; the oldest go on early when there are more.
    static let capacity = 100_000

    private struct Held: Hashable, Sendable, Codable {
        var fact: Fact
        var order: String
    }

    private var heap: [Held] = []
    /// Facts that went on before their time, because there were too many.
    private(set) var early = 0

    var isEmpty: Bool { heap.isEmpty }

    /// Holds a fact; the oldest, if there are too many now.
    mutating func push(_ fact: Fact) -> Fact? {
        heap.append(Held(fact: fact, order: fact.order))
        siftUp(heap.count - 1)
        guard heap.count > Self.capacity else { return nil }
        early += 1
        return pop()
    }

    /// The earliest fact at `time` or before it.
    mutating func pop(upTo time: Timestamp) -> Fact? {
        guard let first = heap.first, first.fact.time <= time else { return nil }
        return pop()
    }

    private mutating func pop() -> Fact? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            siftDown(0)
        }
        return first.fact
    }

    private static func precedes(_ left: Held, _ right: Held) -> Bool {
        left.fact.time == right.fact.time ? left.order < right.order : left.fact.time < right.fact.time
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.precedes(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if Self.precedes(heap[child], heap[least]) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

extension Fact {
    /// Tells facts of one moment apart, the same on every machine.
    fileprivate var order: String {
        switch self {
        case .metric(let fact): "metric \(fact.labels) \(fact.reading.value) \(fact.reading.anomalyScore)"
        case .stale(let labels, _): "metric \(labels)"
        case .log(let fact): "log \(fact.record.attributes) \(fact.record.body)"
        case .logAnomaly(let fact): "log anomaly \(fact.labels) \(fact.kind) \(fact.templateID) \(fact.subject)"
        case .change(let change): "change \(change.id) \(change.outcome.rawValue)"
        case .alert(let alert): "alert \(alert.name) \(alert.labels) \(alert.state.rawValue)"
        }
    }

    /// The fact as if it had happened at `time`.
    func moved(to time: Timestamp) -> Fact {
        switch self {
        case .metric(var fact):
            fact.reading.time = time
            return .metric(fact)
        case .stale(let labels, _): return .stale(labels, at: time)
        case .log(var fact):
            fact.record.time = time
            return .log(fact)
        case .logAnomaly(var fact):
            fact.time = time
            return .logAnomaly(fact)
        case .change(var change):
            if change.endedAt == nil { change.startedAt = time } else { change.endedAt = time }
            return .change(change)
        case .alert(var alert):
            alert.time = time
            return .alert(alert)
        }
    }
}
