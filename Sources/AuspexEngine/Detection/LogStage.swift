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
    }

    /// A stream that has seen nothing, of which every service gets a copy.
    private let fresh: LogStream
    private var streams: [String: Watched] = [:]
    private var uses: UInt64 = 0
    /// Streams that were forgotten because there were too many.
    private(set) var forgotten = 0

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
    mutating func facts(_ record: LogRecord) -> [Fact] {
        let name = record.attributes[Self.service] ?? ""
        var watched = takeWatched(name)
        uses += 1
        watched.lastUsed = uses
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

    /// What is unusual at `time` though no record came, such as silence.
    mutating func advance(to time: Timestamp) -> [Fact] {
        var facts: [Fact] = []
        for name in streams.keys.sorted() {
            guard var watched = streams.removeValue(forKey: name) else { continue }
            for verdict in watched.stream.advance(to: time) {
                facts.append(.logAnomaly(Self.fact(verdict, &watched, severity: "")))
            }
            streams[name] = watched
        }
        return facts
    }

    /// The stream of a service, taken out of the table while it changes so that nothing is copied.
    private mutating func takeWatched(_ name: String) -> Watched {
        if let watched = streams.removeValue(forKey: name) { return watched }
        if streams.count >= Self.mostStreams, let eldest = streams.min(by: { $0.value.lastUsed < $1.value.lastUsed }) {
            streams[eldest.key] = nil
            forgotten += 1
        }
        return Watched(stream: fresh, labels: Labels(), lastUsed: 0)
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
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(streams.count)
        for (name, watched) in streams.sorted(by: { $0.key < $1.key }) {
            writer.write(name)
            writer.write(watched.labels)
            writer.write(watched.stream.snapshot())
        }
        return writer.finished()
    }

    /// Goes on from a snapshot; nothing changes when it throws. Streams that were watched in another way begin anew.
    mutating func restore(_ bytes: [UInt8]) throws {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        var restored: [String: Watched] = [:]
        for number in 0..<(try reader.readInteger(in: 0...Self.mostStreams)) {
            let name = try reader.readString()
            let labels = try reader.readLabels()
            let stream = try LogStream(restoring: try reader.readBytes())
            guard stream.configuration == fresh.configuration else { continue }
            restored[name] = Watched(stream: stream, labels: labels, lastUsed: UInt64(number))
        }
        try reader.finish()
        streams = restored
        uses = UInt64(restored.count)
    }
}
