import AuspexSignals

/// The state of an ``IncidentTracker``. Written the same way for the same state.
package struct IncidentSnapshot: Sendable, Codable {
    /// The version of the format. Raised when it changes in a way that older versions would misread.
    static let format = 1

    let book: IncidentBook
    let waiting: [StepQueue.Entry]
    let clock: Timestamp?
    let counts: IncidentStatistics

    init(book: IncidentBook, waiting: [StepQueue.Entry], clock: Timestamp?, counts: IncidentStatistics) {
        self.book = book
        self.waiting = waiting
        self.clock = clock
        self.counts = counts
    }

    private enum Key: String, CodingKey {
        case format, settings, limits, incidents, folded, recurrences, changes, storm, statistics, final, lastDeadline,
            waiting, clock
        case counts
    }

    /// A folded alert.
    private struct Folded: Codable {
        var hash: UInt64
        var home: IncidentBook.AlertHome
    }

    /// The incident in which an alert of a rule and group fired last.
    private struct Recurrence: Codable {
        var hash: UInt64
        var incident: String
    }

    /// A change with the service under which it is kept.
    private struct Kept: Codable {
        var service: String
        var change: Change
    }

    /// Reads what ``encode(to:)`` wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let format = try container.decode(Int.self, forKey: .format)
        guard format == Self.format else {
            throw DecodingError.dataCorruptedError(
                forKey: .format, in: container,
                debugDescription:
                    "the snapshot of the incidents has format \(format), this version reads \(Self.format)")
        }
        var book = IncidentBook(
            settings: try container.decode(IncidentSettings.self, forKey: .settings),
            limits: try container.decode(IncidentLimits.self, forKey: .limits))
        book.storm = try container.decode(StormGauge.self, forKey: .storm)
        book.statistics = try container.decode(IncidentStatistics.self, forKey: .statistics)
        book.clock = try container.decodeIfPresent(Timestamp.self, forKey: .final)
        book.lastDeadline = try container.decodeIfPresent(Timestamp.self, forKey: .lastDeadline)
        for kept in try container.decode([Kept].self, forKey: .changes) {
            _ = book.changes.record(kept.change, service: kept.service)
        }
        book.restore(
            try container.decode([Incident].self, forKey: .incidents),
            folded: try container.decode([Folded].self, forKey: .folded).map { ($0.hash, $0.home) })
        for known in try container.decode([Recurrence].self, forKey: .recurrences)
        where book.incidents[known.incident] != nil {
            book.recurrences[known.hash] = known.incident
        }
        self.book = book
        waiting = try container.decode([StepQueue.Entry].self, forKey: .waiting)
        clock = try container.decodeIfPresent(Timestamp.self, forKey: .clock)
        counts = try container.decode(IncidentStatistics.self, forKey: .counts)
    }

    /// Writes all that can't be found out from the rest.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(Self.format, forKey: .format)
        try container.encode(book.settings, forKey: .settings)
        try container.encode(book.limits, forKey: .limits)
        try container.encode(book.storm, forKey: .storm)
        try container.encode(book.statistics, forKey: .statistics)
        try container.encodeIfPresent(book.clock, forKey: .final)
        try container.encodeIfPresent(book.lastDeadline, forKey: .lastDeadline)
        try container.encode(
            book.changes.all.map { Kept(service: book.changes.service(of: $0), change: $0) }, forKey: .changes)
        try container.encode(book.incidents.values.sorted { $0.precedes($1) }, forKey: .incidents)
        let folded = book.homes.filter(\.value.isFolded).sorted { $0.key < $1.key }
        try container.encode(folded.map { Folded(hash: $0.key, home: $0.value) }, forKey: .folded)
        let recurrences = book.recurrences.sorted { $0.key < $1.key }
        try container.encode(recurrences.map { Recurrence(hash: $0.key, incident: $0.value) }, forKey: .recurrences)
        try container.encode(waiting, forKey: .waiting)
        try container.encodeIfPresent(clock, forKey: .clock)
        try container.encode(counts, forKey: .counts)
    }
}

extension IncidentBook {
    /// The same book under other settings. What has been put together stays so.
    func following(_ settings: IncidentSettings) -> IncidentBook {
        guard settings != self.settings else { return self }
        var book = IncidentBook(settings: settings, limits: limits)
        book.storm = storm.following(settings.storm)
        book.statistics = statistics
        book.clock = clock
        book.lastDeadline = lastDeadline
        book.changes = changes
        book.restore(
            incidents.values.sorted { $0.precedes($1) },
            folded: homes.filter(\.value.isFolded).sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        book.recurrences = recurrences
        return book
    }

    /// Fills an empty book.
    fileprivate mutating func restore(_ incidents: [Incident], folded: [(hash: UInt64, home: AlertHome)]) {
        // Of two incidents that list the same alert, the one where it fired last has it.
        var lastFired: [UInt64: Timestamp] = [:]
        for incident in incidents {
            self.incidents[incident.id] = incident
            for alias in incident.aliases { aliases[alias] = incident.id }
            if incident.state != .resolved {
                openCount += 1
                index(incident)
            }
            for alert in incident.alerts {
                if let known = lastFired[alert.hash], known > alert.lastFiredAt { continue }
                lastFired[alert.hash] = alert.lastFiredAt
                homes[alert.hash] = AlertHome(incident: incident.id, time: alert.firedAt)
            }
        }
        for (hash, home) in folded where self.incidents[home.incident] != nil {
            homes[hash] = home
            self.folded[home.incident, default: []].append(hash)
        }
        for incident in incidents { schedule(incident.id) }
    }
}
