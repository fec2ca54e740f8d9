package import AuspexSignals

/// Something that a rule can look at: one reading, log record, anomaly of a log, change, outside alert, outcome of a health
/// check or state of an incident, or the end of a series.
package enum Fact: Hashable, Sendable, Codable {
    /// A measurement with what its detector says of it.
    case metric(MetricFact)
    /// A log record with its template.
    case log(LogFact)
    /// Something unusual in a stream of log records.
    case logAnomaly(LogAnomalyFact)
    /// A deploy, configuration or flag change.
    case change(Change)
    /// An alert that another system sent.
    case alert(OutsideAlert)
    /// The outcome of a health check.
    case health(HealthFact)
    /// How an incident stands.
    case incident(IncidentFact)
    /// The series sends nothing any more, by its own end mark or because it is overdue.
    case stale(Labels, at: Timestamp)

    /// When it happened; a change counts from its end once it has one.
    package var time: Timestamp {
        switch self {
        case .metric(let fact): fact.reading.time
        case .log(let fact): fact.record.time
        case .logAnomaly(let fact): fact.time
        case .change(let change): change.endedAt ?? change.startedAt
        case .alert(let alert): alert.time
        case .health(let health): health.time
        case .incident(let incident): incident.time
        case .stale(_, let time): time
        }
    }

    /// The labels that `group_by` chooses from.
    package var labels: Labels {
        switch self {
        case .metric(let fact): fact.labels
        case .log(let fact): fact.record.attributes
        case .logAnomaly(let fact): fact.labels
        case .change(let change):
            Labels(["service": change.service, "environment": change.environment, "kind": change.kind.rawValue])
        case .alert(let alert): alert.labels
        case .health(let health): health.allLabels
        case .incident(let incident): incident.allLabels
        case .stale(let labels, _): labels
        }
    }

    /// What the fact is about: a later fact with the same one takes its place.
    var member: SeriesID {
        // The labels of an incident change while it grows.
        if case .incident(let incident) = self { incident.identityLabels.id } else { labels.id }
    }
}

/// A reading of a series.
package struct MetricFact: Hashable, Sendable, Codable {
    /// The series, its name included.
    package var labels: Labels
    /// The value and the detector's opinion of it.
    package var reading: Reading
    /// The detector with its version, for explanations; empty when there is none.
    package var detector: String
    /// What is to be expected of it, where rules ask for that; nil where none does.
    package var forecasts: ForecastAnswers?

    /// Creates a fact.
    package init(
        labels: Labels, reading: Reading, detector: String = "", forecasts: ForecastAnswers? = nil
    ) {
        self.labels = labels
        self.reading = reading
        self.detector = detector
        self.forecasts = forecasts
    }
}

/// A log record as the template miner sees it.
package struct LogFact: Hashable, Sendable, Codable {
    /// The record.
    package var record: LogRecord
    /// The template's text; empty when the record was not mined.
    package var template: String
    /// The template's stable identifier; empty when the record was not mined.
    package var templateID: String
    /// Whether this is the first record of its template.
    package var isNew: Bool

    /// Creates a fact.
    package init(record: LogRecord, template: String = "", templateID: String = "", isNew: Bool = false) {
        self.record = record
        self.template = template
        self.templateID = templateID
        self.isNew = isNew
    }
}

/// An alert of another system, such as Prometheus.
package struct OutsideAlert: Hashable, Sendable, Codable {
    /// How it stands.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// The other system says that it is so.
        case firing
        /// The other system says that it is over.
        case resolved
    }

    /// Its name.
    package var name: String
    /// What it is about; two alerts with the same name and labels are the same alert.
    package var labels: Labels
    /// The severity in the other system's words; empty when unknown.
    package var severity: String
    /// How it stands.
    package var state: State
    /// When it began to stand like this.
    package var time: Timestamp
    /// Whether it is over only because it was not sent again; nil for no.
    package var isUnheardOf: Bool?

    /// Creates an alert.
    package init(name: String, labels: Labels, severity: String = "", state: State = .firing, time: Timestamp) {
        self.name = name
        self.labels = labels
        self.severity = severity
        self.state = state
        self.time = time
    }
}
