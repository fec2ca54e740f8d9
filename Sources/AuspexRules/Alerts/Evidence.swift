package import AuspexSignals

/// What an alert rests on. Numbers are missing where there are none, and where they are not finite, so that the evidence
/// can be written as JSON.
package struct Evidence: Hashable, Sendable, Codable {
    /// The labels of the series, record, change or outside alert.
    package var series: Labels
    /// When.
    package var time: Timestamp
    /// The value in the series' own unit.
    package var value: Double?
    /// What the detector expected.
    package var expectation: Expectation?
    /// The score on the detector's own scale.
    package var rawScore: Double?
    /// 1 is the alert line.
    package var anomalyScore: Double?
    /// Chance of such a score when nothing is wrong.
    package var pValue: Double?
    /// The detector with its version; empty when there is none.
    package var detector: String
    /// All of it in a sentence.
    package var text: String

    /// What `fact` shows.
    package init(_ fact: Fact) {
        series = fact.labels
        time = fact.time
        detector = ""
        text = ""
        switch fact {
        case .metric(let metric): describe(metric)
        case .log(let log):
            let severity = log.record.severity.isEmpty ? "" : log.record.severity + " "
            text = "\(severity)\(Self.excerpt(log.record.body))\(log.isNew ? " (a new kind of message)" : "")"
        case .logAnomaly(let anomaly):
            let subject = anomaly.template.isEmpty ? anomaly.subject : anomaly.template
            let start = subject.isEmpty ? "" : "\(Self.excerpt(subject)): "
            text = start + anomaly.explanation
            value = anomaly.observed.isFinite ? anomaly.observed : nil
            anomalyScore = anomaly.anomalyScore.isFinite ? anomaly.anomalyScore : nil
            pValue = anomaly.pValue
            detector = anomaly.kind
        case .change(let change):
            let version = change.version.isEmpty ? "" : " to \(change.version)"
            text = "\(change.kind.rawValue) of \(change.service)\(version), \(change.outcome.rawValue)"
        case .alert(let alert):
            text = "\(alert.name) is \(alert.state.rawValue) elsewhere"
        case .health(let health):
            let check = health.check.isEmpty ? "" : "check \(health.check) of "
            let message = health.message.isEmpty ? "" : ": " + Self.excerpt(health.message)
            text = "\(check)\(health.labels) is \(health.status.rawValue)\(message)"
        case .incident(let incident):
            text = Self.sentence(incident)
        case .stale(let labels, _):
            text = "\(labels) sends nothing any more"
        }
    }

    private static func sentence(_ incident: IncidentFact) -> String {
        let by = incident.acknowledgedBy.isEmpty ? "" : " by \(incident.acknowledgedBy)"
        let count = "\(incident.firingCount) of \(incident.alertCount) alerts fire"
        let suspect = incident.suspects.first.map { "; \(excerpt($0.evidence))" } ?? ""
        let title = incident.title.isEmpty ? incident.id : excerpt(incident.title)
        return "\(title) is \(incident.state.rawValue)\(by), \(count)\(suspect)"
    }

    private mutating func describe(_ metric: MetricFact) {
        let reading = metric.reading
        value = reading.value.isFinite ? reading.value : nil
        detector = metric.detector
        text = "\(metric.labels) is \(Self.number(reading.value))"
        var details: [String] = []
        if let expected = reading.expectation, [expected.value, expected.lower, expected.upper].allSatisfy(\.isFinite) {
            expectation = expected
            let band = "\(Self.number(expected.lower)) to \(Self.number(expected.upper))"
            details.append("expected \(Self.number(expected.value)), \(band)")
        }
        if reading.readiness == .ready, reading.rawScore > 0 || reading.anomalyScore > 0 {
            rawScore = reading.rawScore.isFinite ? reading.rawScore : nil
            anomalyScore = reading.anomalyScore.isFinite ? reading.anomalyScore : nil
            pValue = reading.pValue
            details.append("anomaly score \(Self.number(reading.anomalyScore)), p \(Self.number(reading.pValue))")
            if let reason = reading.reason { details.append(reason) }
        }
        details += (metric.forecasts ?? [:]).sorted { $0.key < $1.key }.map { Self.sentence($0.key, $0.value) }
        if !details.isEmpty { text += " (\(details.joined(separator: "; ")))" }
    }

    private static func sentence(_ question: String, _ answer: ForecastAnswer) -> String {
        switch answer {
        case .value(let band):
            return "\(question) \(number(band.value)), \(number(band.lower)) to \(number(band.upper))"
        case .time(let earliest, let expected, let latest, let horizon):
            let ends = [earliest, latest].map { $0.map(Self.rounded) ?? "beyond \(Self.rounded(horizon))" }
            let middle = expected.map { "in \(Self.rounded($0))" } ?? "not within \(Self.rounded(horizon))"
            return "\(question) \(middle), \(ends[0]) to \(ends[1])"
        case .none(let reason): return "\(question): \(reason)"
        }
    }

    /// Seconds are enough below an hour, minutes above.
    private static func rounded(_ span: TimeSpan) -> String {
        let unit: Int64 = span < .hours(1) ? 1_000 : 60_000
        return TimeSpan(milliseconds: span.milliseconds / unit * unit).description
    }

    /// Four significant digits are enough for a sentence; the number itself stands beside it.
    private static func number(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
        var scale = 1.0
        let digits = 1_000.0
        while value.magnitude * scale < digits, scale < 1e9 { scale *= 10 }
        let rounded = value.magnitude >= digits ? value.rounded() : (value * scale).rounded() / scale
        guard rounded != 0 else { return "\(value)" }
        let text = "\(rounded)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func excerpt(_ text: String) -> String {
        let longest = 200
        return text.count > longest ? text.prefix(longest) + "…" : text
    }
}
