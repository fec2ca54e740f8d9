package import AuspexRules
package import AuspexSignals

/// What travels on the bus: one ingest request, one report of something else, or something that a person does.
package enum BusMessage: Hashable, Sendable {
    /// Samples and log records of one ingest request.
    case signals(SignalBatch)
    /// A change, new or with a new outcome.
    case change(Change)
    /// What a person does to an incident.
    case act(IncidentAct)
    /// What a person does to silences.
    case silence(SilenceChange)
    /// Dependencies between services.
    case links(LinkReport)
    /// Alerts of another system.
    case alerts(AlertReport)
    /// Outcomes of health checks.
    case health([HealthFact])

    /// About how many bytes the message takes, stored or sent.
    var approximateBytes: Int {
        let batch: SignalBatch
        switch self {
        case .signals(let signals): batch = signals
        case .links(let report): return 64 + 64 * report.links.count
        case .alerts(let report):
            return report.alerts.reduce(64) { sum, alert in
                let annotations = alert.annotations.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
                return sum + 128 + Self.bytes(of: alert.labels) + annotations
            }
        case .health(let facts): return facts.reduce(64) { $0 + 96 + Self.bytes(of: $1.labels) + $1.message.utf8.count }
        case .change, .act, .silence: return 512
        }
        let series = batch.series.reduce(0) { $0 + 16 * $1.samples.count + Self.bytes(of: $1.labels) }
        let logs = batch.logs.reduce(0) { $0 + 16 + $1.body.utf8.count + Self.bytes(of: $1.attributes) }
        return 16 + series + logs
    }

    private static func bytes(of labels: Labels) -> Int {
        labels.pairs.reduce(2) { $0 + 2 + $1.name.utf8.count + $1.value.utf8.count }
    }
}

/// Why stored bytes are not a message.
package enum BusMessageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end too early or hold an impossible length.
    case truncated
    /// Written in a format that this version does not know.
    case unknownFormat(UInt8)

    package var description: String {
        switch self {
        case .truncated: "stored message is truncated"
        case .unknownFormat(let format): "stored message has format \(format), which this version does not know"
        }
    }
}
