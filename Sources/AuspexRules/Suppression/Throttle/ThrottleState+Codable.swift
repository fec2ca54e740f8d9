import AuspexSignals

extension ThrottleState: Codable {
    private enum Key: String, CodingKey {
        case throttle, allowLate, statistics, settled, waiting, windows
    }

    private struct Entry: Codable {
        var key: Labels
        var window: ThrottleWindow<Payload>
    }

    /// Reads what ``encode(to:)`` writes.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let entries = try container.decode([Entry].self, forKey: .windows)
        self.init(
            try container.decode(Throttle.self, forKey: .throttle),
            allowLate: try container.decode(TimeSpan.self, forKey: .allowLate),
            statistics: try container.decode(ThrottleStatistics.self, forKey: .statistics),
            settled: try container.decodeIfPresent(Timestamp.self, forKey: .settled),
            waiting: try container.decode([Event].self, forKey: .waiting),
            windows: Dictionary(entries.map { ($0.key, $0.window) }) { first, _ in first })
    }

    /// Writes all that is remembered, in order, so that the same state gives the same bytes.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(throttle, forKey: .throttle)
        try container.encode(allowLate, forKey: .allowLate)
        try container.encode(statistics, forKey: .statistics)
        try container.encodeIfPresent(settled, forKey: .settled)
        try container.encode(waiting, forKey: .waiting)
        let entries = windows.map { Entry(key: $0.key, window: $0.value) }
        try container.encode(entries.sorted { $0.key.id < $1.key.id }, forKey: .windows)
    }
}
