import AuspexDetection
import AuspexLogs
import AuspexRules
import AuspexSignals

/// Log records on their way to the rules: which template each belongs to, whether that is news, and what is unusual in the
/// stream of its service.
///
/// Each service has a stream of its own, so that its messages are judged by its own past. Of more services than
/// ``mostStreams`` the one that was silent for longest is forgotten.
package struct LogStage: Sendable {
    /// Services that are told apart.
    static let mostStreams = 64
    /// The label that tells services apart; records without it have a stream together.
    private static let service = "service"
    /// Labels of a record that an anomaly of its stream keeps: those that say where, not what.
    private static let places: Set<String> = ["service", "environment", "job", "namespace", "cluster"]

    /// A service's stream, and what is known of where it is.
    private struct Watched {
        var stream: LogStream
        var labels: Labels
        var lastUsed: UInt64
        /// The service's own time: that of another, which may run ahead, ends none of its windows.
        var clock: EventClock
        var isChanged = true
    }

    /// How long after its time a record is waited for before silence counts.
    private static let lateness = TimeSpan.seconds(10)

    /// A stream that has seen nothing, of which every service gets a copy.
    private let fresh: LogStream
    private var streams: [String: Watched] = [:]
    private var uses: UInt64 = 0
    private var forgotten = 0
    /// Those of them that a checkpoint may still hold.
    private var removed: Set<String> = []

    /// A stage that has seen nothing.
    ///
    /// - Throws: `LogConfigurationError` when a mask is no regular expression.
    package init(_ settings: EngineConfiguration.Logs) throws {
        fresh = try LogStream(configuration: settings.stream)
    }

    /// A stage with the default settings that has seen nothing.
    package init() { fresh = LogStream() }

    /// Learns a record and says what the rules may know of it: the record, which counts as new when its template was never
    /// seen before and the stream has been watched for long enough to say so, and what is unusual.
    mutating func facts(_ record: LogRecord, now: Timestamp) -> [Fact] {
        let name = record.attributes[Self.service] ?? ""
        var watched = takeWatched(name)
        uses += 1
        watched.lastUsed = uses
        watched.isChanged = true
        watched.clock.observe(record.time, wall: now)
        watched.labels = Labels(pairs: record.attributes.pairs.filter { Self.places.contains($0.name) })
        let reading = watched.stream.update(record)
        var record = record
        // Where the source has no place for a severity, the line itself may name one.
        if record.severity.isEmpty, let severity = reading.severity { record.severity = severity.name }
        let isNews = reading.verdicts.contains { $0.kind == .newTemplate }
        var facts = [
            Fact.log(
                LogFact(
                    record: record, template: reading.template, templateID: "\(reading.templateID)", isNew: isNews))
        ]
        for verdict in reading.verdicts {
            facts.append(.logAnomaly(Self.fact(verdict, &watched, severity: record.severity)))
        }
        streams[name] = watched
        return facts
    }

    /// What is unusual though no record came, such as silence.
    mutating func advance(now: Timestamp) -> [Fact] {
        var facts: [Fact] = []
        for name in streams.keys.sorted() {
            guard var watched = streams.removeValue(forKey: name) else { continue }
            let horizon = watched.clock.horizon(wall: now, lateness: Self.lateness)
            for verdict in horizon.map({ watched.stream.advance(to: $0) }) ?? [] {
                watched.isChanged = true
                facts.append(.logAnomaly(Self.fact(verdict, &watched, severity: "")))
            }
            streams[name] = watched
        }
        return facts
    }

    /// The time of the newest record of the streams that are in such a place; nil when there is none.
    func newestRecord(where fits: (Labels) -> Bool) -> Timestamp? {
        streams.values.filter { fits($0.labels) }.compactMap(\.clock.newest).max()
    }

    /// How many streams were forgotten since the last call because there were too many.
    mutating func takeForgotten() -> Int {
        defer { forgotten = 0 }
        return forgotten
    }

    /// The stream of a service, taken out of the table while it changes so that nothing is copied.
    private mutating func takeWatched(_ name: String) -> Watched {
        if let watched = streams.removeValue(forKey: name) { return watched }
        if streams.count >= Self.mostStreams, let eldest = streams.min(by: { $0.value.lastUsed < $1.value.lastUsed }) {
            streams[eldest.key] = nil
            removed.insert(eldest.key)
            forgotten += 1
        }
        removed.remove(name)
        return Watched(stream: fresh, labels: Labels(), lastUsed: 0, clock: EventClock())
    }

    private static func fact(_ verdict: LogVerdict, _ watched: inout Watched, severity: String) -> LogAnomalyFact {
        var template: TemplateID?
        var subject = ""
        switch verdict.subject {
        case .stream: break
        case .template(let id): template = id
        case .parameter(let id, let position):
            template = id
            subject = "parameter \(position + 1)"
        case .session(let id): subject = id
        case .severity(let level): subject = level.name
        }
        let id = template.flatMap { watched.stream.miner.resolve($0) }
        return LogAnomalyFact(
            kind: verdict.kind.rawValue, labels: watched.labels,
            template: id.flatMap { watched.stream.miner.template($0)?.text } ?? "",
            templateID: id.map { "\($0)" } ?? "", subject: subject, severity: severity, observed: verdict.observed,
            expected: verdict.expected, pValue: verdict.pValue, anomalyScore: verdict.anomalyScore,
            explanation: verdict.explanation, time: verdict.time)
    }

    /// The templates of all services.
    var templateCount: Int { streams.values.reduce(0) { $0 + $1.stream.miner.templateCount } }

    // MARK: Saving and restoring

    private static let snapshotKind = "auspex.logs"
    private static let snapshotVersion = 2
    /// What the names of the states of streams begin with.
    static let statePrefix = "logs/"

    /// The states of the streams that changed since the last call, by name; empty for one that is forgotten.
    mutating func takeChangedSnapshots() -> [String: StateEncoding] {
        var states: [String: StateEncoding] = [:]
        for name in removed { states[Self.statePrefix + name] = { [] } }
        removed = []
        for (name, watched) in streams where watched.isChanged {
            states[Self.statePrefix + name] = { Self.snapshot(watched) }
            streams[name]?.isChanged = false
        }
        return states
    }

    private static func snapshot(_ watched: Watched) -> [UInt8] {
        var writer = SnapshotWriter(kind: snapshotKind, version: snapshotVersion)
        writer.write(watched.labels)
        writer.write(Int(clamping: watched.lastUsed))
        writer.write(watched.clock.newest.map { Int($0.milliseconds) } ?? .min)
        writer.write(watched.stream.snapshot())
        return writer.finished()
    }

    /// Goes on from the states of a checkpoint. A stream that was watched in another way begins anew.
    ///
    /// - Returns: what could not be restored, and why.
    mutating func restore(_ states: [String: [UInt8]], now: Timestamp) -> [String] {
        var problems: [String] = []
        for (state, bytes) in states.sorted(by: { $0.key < $1.key })
        where state.hasPrefix(Self.statePrefix) && !bytes.isEmpty {
            let name = String(state.dropFirst(Self.statePrefix.count))
            do {
                streams[name] = try watched(bytes, now: now)
            } catch {
                problems.append("log templates of '\(name)': \(error)")
            }
        }
        uses = streams.values.reduce(0) { max($0, $1.lastUsed) }
        let eldestFirst = streams.sorted { ($0.value.lastUsed, $0.key) < ($1.value.lastUsed, $1.key) }
        for (name, _) in eldestFirst.dropLast(Self.mostStreams) { streams[name] = nil }
        return problems
    }

    private func watched(_ bytes: [UInt8], now: Timestamp) throws -> Watched? {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        let labels = try reader.readLabels()
        let lastUsed = UInt64(try reader.readInteger(in: 0...Int.max))
        let newest = try reader.readInteger()
        let stream = try LogStream(restoring: try reader.readBytes())
        try reader.finish()
        guard stream.configuration == fresh.configuration else { return nil }
        let clock =
            newest == .min ? EventClock() : EventClock(newest: Timestamp(milliseconds: Int64(newest)), wall: now)
        return Watched(stream: stream, labels: labels, lastUsed: lastUsed, clock: clock, isChanged: false)
    }
}
