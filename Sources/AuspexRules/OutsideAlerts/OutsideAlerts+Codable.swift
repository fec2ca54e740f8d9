import AuspexSignals

extension OutsideAlerts: Equatable {
    /// Whether both go on in the same way.
    package static func == (one: OutsideAlerts, other: OutsideAlerts) -> Bool {
        one.limits == other.limits && one.statistics == other.statistics && one.standings == other.standings
    }
}

extension OutsideAlerts: Codable {
    private enum Key: String, CodingKey {
        case limits, statistics, alerts
    }

    private struct Entry: Codable {
        var labels: Labels
        var standing: Standing
    }

    /// Reads what ``encode(to:)`` writes.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let entries = try container.decode([Entry].self, forKey: .alerts)
        self.init(
            limits: try container.decode(Limits.self, forKey: .limits),
            statistics: try container.decode(Statistics.self, forKey: .statistics),
            standings: Dictionary(entries.map { ($0.labels, $0.standing) }) { first, _ in first })
    }

    /// Writes all that is remembered, in order, so that the same state gives the same bytes.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(limits, forKey: .limits)
        try container.encode(statistics, forKey: .statistics)
        let entries = Self.inOrder(standings.map { Entry(labels: $0.key, standing: $0.value) }, of: \.labels)
        try container.encode(entries, forKey: .alerts)
    }
}
