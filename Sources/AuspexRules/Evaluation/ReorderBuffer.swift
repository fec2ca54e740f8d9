import AuspexSignals

/// Holds facts back until those that may still come before them have come, and hands them on in order of time.
///
/// Facts of one moment are handed on in an order of their own, so that the same facts lead to the same, in whatever order
/// they came.
struct ReorderBuffer: Hashable, Sendable, Codable {
    /// Facts held at most; the oldest go on early when there are more.
    static let capacity = 100_000

    private struct Held: Hashable, Comparable, Sendable, Codable {
        var fact: Fact
        var order: String

        static func < (left: Held, right: Held) -> Bool {
            (left.fact.time, left.order) < (right.fact.time, right.order)
        }
    }

    private var heap = MinHeap<Held>()

    /// Holds a fact; the oldest, which has to go on before its time, if there are too many now.
    mutating func push(_ fact: Fact) -> Fact? {
        heap.insert(Held(fact: fact, order: fact.order))
        return heap.count > Self.capacity ? heap.popFirst()?.fact : nil
    }

    /// The earliest fact at `time` or before it.
    mutating func pop(upTo time: Timestamp) -> Fact? {
        guard let first = heap.first, first.fact.time <= time else { return nil }
        return heap.popFirst()?.fact
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
        case .health(let health): "health \(health.allLabels) \(health.status.rawValue) \(health.message)"
        case .incident(let incident):
            "incident \(incident.id) \(incident.state.rawValue) \(incident.alertCount) \(incident.firingCount)"
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
        case .health(var health):
            health.time = time
            return .health(health)
        case .incident(var incident):
            incident.time = time
            return .incident(incident)
        }
    }
}
