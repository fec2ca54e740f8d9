import AuspexSignals

/// When each of several values came last, and how many of them came in a sliding window.
///
/// A value costs a few look-ups, on average, when values come in order of time; one that comes late costs a look at all of
/// them. Memory: at most ``CountRequirement/most`` values, and as many moments again.
struct RecentValues: Sendable {
    /// A value that came at `time`; it may have come again since.
    private struct Arrival {
        var time: Timestamp
        var value: String
    }

    private var latest: [String: Timestamp] = [:]
    /// In order of time. Those before `first` are done with, those before `edge` lie before the window.
    private var arrivals: [Arrival] = []
    private var first = 0
    private var edge = 0
    /// The latest beginning of the window, and how many values came after it.
    private var start = Timestamp(milliseconds: .min)
    private var count = 0

    var isEmpty: Bool { latest.isEmpty }

    /// When a value came last.
    var newest: Timestamp? { isEmpty ? nil : arrivals.last?.time }

    /// Takes a value in; how many different ones there are after `start` up to `time`. A value for which there is no room is
    /// not counted.
    mutating func add(_ value: String, at time: Timestamp, since start: Timestamp) -> Int {
        guard newest.map({ $0 <= time }) ?? true, self.start <= start else {
            return addLate(value, at: time, since: start)
        }
        move(to: start)
        let known = latest[value]
        if known == nil, latest.count >= CountRequirement.most { dropBeforeEdge() }
        guard known != nil || latest.count < CountRequirement.most else { return count }
        if known.map({ $0 <= start }) ?? true { count += 1 }
        latest[value] = time
        if known != time { arrivals.append(Arrival(time: time, value: value)) }
        compact()
        return count
    }

    private mutating func addLate(_ value: String, at time: Timestamp, since start: Timestamp) -> Int {
        latest[value] = max(time, latest[value] ?? time)
        if latest.count > CountRequirement.most { latest = latest.filter { $0.value > start } }
        if latest.count > CountRequirement.most { latest[value] = nil }
        rebuild()
        return latest.values.count { $0 > start && $0 <= time }
    }

    /// Forgets what came last at `time` or before it.
    mutating func forget(upTo time: Timestamp) {
        while first < arrivals.count, arrivals[first].time <= time { dropFirst() }
        edge = max(edge, first)
        compact()
    }

    /// Lets the window begin later.
    private mutating func move(to start: Timestamp) {
        self.start = start
        while edge < arrivals.count, arrivals[edge].time <= start {
            if isLast(arrivals[edge]) { count -= 1 }
            edge += 1
        }
    }

    private mutating func dropBeforeEdge() {
        while first < edge { dropFirst() }
    }

    private mutating func dropFirst() {
        if isLast(arrivals[first]) {
            latest[arrivals[first].value] = nil
            if first >= edge { count -= 1 }
        }
        first += 1
    }

    /// Whether the value has not come again since.
    private func isLast(_ arrival: Arrival) -> Bool { latest[arrival.value] == arrival.time }

    /// Takes out what is done with once there is as much of it as of the rest.
    private mutating func compact() {
        let slack = 64
        if arrivals.count > 2 * latest.count + slack { rebuild() }
    }

    private mutating func rebuild() {
        arrivals = latest.map { Arrival(time: $0.value, value: $0.key) }.sorted { $0.time < $1.time }
        first = 0
        edge = arrivals.partitioningIndex { $0.time > start }
        count = arrivals.count - edge
    }
}

extension RecentValues: Hashable {
    static func == (one: RecentValues, other: RecentValues) -> Bool { one.latest == other.latest }

    func hash(into hasher: inout Hasher) { hasher.combine(latest) }
}

extension RecentValues: Codable {
    init(from decoder: any Decoder) throws {
        latest = try decoder.singleValueContainer().decode([String: Timestamp].self)
        rebuild()
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(latest)
    }
}
