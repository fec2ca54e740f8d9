import AuspexDocuments
import AuspexSignals

/// Decodes `given` of a test: what the rule is shown.
struct GivenDecoder {
    /// Where mistakes go.
    let collector: DiagnosticCollector

    /// The time between two values of a series unless the test says otherwise.
    static let defaultInterval = TimeSpan.seconds(15)

    /// When the clock of a test starts.
    static let start = Timestamp(milliseconds: 0)

    /// The facts in order of time; those of one moment in the order: series, logs, anomalies of logs, changes,
    /// alerts, outcomes of health checks, incidents.
    func facts(_ reader: MappingReader) -> [Fact] {
        var reader = reader
        let shortest = TimeSpan(milliseconds: 1)
        let interval =
            reader.optionalDuration("interval", in: shortest...TimeSpan(milliseconds: .max)) ?? Self.defaultInterval
        var facts: [Fact] = []
        for series in reader.optionalMappings("series", named: "a series") ?? [] {
            facts += self.series(series, interval: interval)
        }
        facts += (reader.optionalMappings("logs", named: "a log record") ?? []).compactMap { log($0) }
        facts += (reader.optionalMappings("log_anomalies", named: "an anomaly of a log") ?? [])
            .compactMap { logAnomaly($0) }
        facts += (reader.optionalMappings("changes", named: "a change") ?? []).compactMap { change($0) }
        facts += (reader.optionalMappings("alerts", named: "an outside alert") ?? []).compactMap { alert($0) }
        facts += (reader.optionalMappings("health", named: "an outcome of a check") ?? []).compactMap { health($0) }
        facts += (reader.optionalMappings("incidents", named: "an incident") ?? []).compactMap { incident($0) }
        reader.finish()
        // Swift's sort is stable in practice but does not promise it.
        return facts.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    // MARK: Series

    private func series(_ reader: MappingReader, interval: TimeSpan) -> [Fact] {
        var reader = reader
        let labels = seriesLabels(&reader)
        let values = notation("values", &reader, isRequired: true)
        let columns = Columns(
            score: notation("score", &reader), anomalyScore: notation("anomaly_score", &reader),
            pValue: notation("p_value", &reader), expected: notation("expected", &reader),
            lower: notation("lower", &reader), upper: notation("upper", &reader))
        reader.finish()
        guard let labels, let values else { return [] }
        return values.enumerated().compactMap { index, value in
            let time = Self.start + TimeSpan(milliseconds: interval.milliseconds.multipliedSaturating(by: Int64(index)))
            switch value {
            case .missing: return nil
            case .stale: return .stale(labels, at: time)
            case .number(let number):
                return .metric(MetricFact(labels: labels, reading: columns.reading(index, time, number)))
            }
        }
    }

    private func seriesLabels(_ reader: inout MappingReader) -> Labels? {
        if reader.has("series"), reader.has("labels") {
            reader.report("labels", "'series' and 'labels' say the same; write one of them")
        }
        if reader.has("labels") {
            _ = reader.optionalNode("series")
            let labels = reader.labels("labels")
            if labels.name.isEmpty { reader.report("labels", "'labels' needs the metric's name as '__name__'") }
            return labels
        }
        _ = reader.optionalNode("labels")
        guard let text = reader.string("series") else { return nil }
        guard let selector = SeriesSelector(text) else {
            reader.report("series", "'\(text)' is no series; write pg_up{service=\"postgres\"}")
            return nil
        }
        return selector.labels
    }

    private func notation(
        _ key: String, _ reader: inout MappingReader, isRequired: Bool = false
    ) -> [SeriesNotation.Value]? {
        guard let node = isRequired ? reader.node(key) : reader.optionalNode(key) else { return nil }
        guard let text = node.text else {
            collector.report(node.location, "'\(key)' must be text such as '1x10 0x30', not \(node.kind)")
            return nil
        }
        do throws(SeriesNotation.Mistake) {
            return try SeriesNotation(text).values
        } catch {
            collector.report(node.location(ofOffset: error.offset), error.reason)
            return nil
        }
    }

    /// The columns beside a series' values. Where the anomaly score has `_`, the detector is warming up.
    private struct Columns {
        let score, anomalyScore, pValue, expected, lower, upper: [SeriesNotation.Value]?

        func reading(_ index: Int, _ time: Timestamp, _ value: Double) -> Reading {
            var reading = Reading(time: time, value: value)
            if let anomalyScore {
                if let number = number(anomalyScore, index) {
                    reading.anomalyScore = number
                } else {
                    reading.readiness = .warmingUp(seen: index, needed: index + 1)
                }
            }
            reading.rawScore = number(score, index) ?? max(0, reading.anomalyScore)
            reading.pValue = number(pValue, index) ?? 1
            if let expected = number(expected, index) {
                reading.expectation = Expectation(
                    value: expected, lower: number(lower, index) ?? expected, upper: number(upper, index) ?? expected)
            }
            return reading
        }

        private func number(_ column: [SeriesNotation.Value]?, _ index: Int) -> Double? {
            guard let column, index < column.count, case .number(let number) = column[index] else { return nil }
            return number
        }
    }

    // MARK: Events

    func time(_ reader: inout MappingReader) -> Timestamp? { reader.duration("at").map { Self.start + $0 } }

    private func log(_ reader: MappingReader) -> Fact? {
        var reader = reader
        let time = time(&reader)
        let body = reader.string("body")
        let severity = reader.optionalString("severity") ?? ""
        let labels = reader.labels("labels")
        let template = reader.optionalString("template") ?? ""
        let templateID = reader.optionalString("template_id") ?? ""
        let isNew = reader.optionalBool("is_new") ?? false
        reader.finish()
        guard let time, let body else { return nil }
        let record = LogRecord(time: time, severity: severity, body: body, attributes: labels)
        return .log(LogFact(record: record, template: template, templateID: templateID, isNew: isNew))
    }

    private func logAnomaly(_ reader: MappingReader) -> Fact? {
        var reader = reader
        let time = time(&reader)
        let kind = reader.string("kind")
        let labels = reader.labels("labels")
        let template = reader.optionalString("template") ?? ""
        let templateID = reader.optionalString("template_id") ?? ""
        let subject = reader.optionalString("subject") ?? ""
        let severity = reader.optionalString("severity") ?? ""
        let observed = reader.optionalDouble("observed") ?? 0
        let expected = reader.optionalDouble("expected")
        let pValue = reader.optionalDouble("p_value") ?? 0
        let anomalyScore = reader.optionalDouble("anomaly_score") ?? 1
        let explanation = reader.optionalString("explanation") ?? ""
        reader.finish()
        guard let time, let kind else { return nil }
        return .logAnomaly(
            LogAnomalyFact(
                kind: kind, labels: labels, template: template, templateID: templateID, subject: subject,
                severity: severity, observed: observed, expected: expected, pValue: pValue,
                anomalyScore: anomalyScore, explanation: explanation, time: time))
    }

    private func change(_ reader: MappingReader) -> Fact? {
        var reader = reader
        let time = time(&reader)
        let service = reader.string("service")
        let id = reader.optionalString("id")
        let kind = reader.optionalChoice("kind", of: Change.Kind.self) ?? .deploy
        let environment = reader.optionalString("environment") ?? ""
        let version = reader.optionalString("version") ?? ""
        let previous = reader.optionalString("previous_version") ?? ""
        let author = reader.optionalString("author") ?? ""
        let title = reader.optionalString("title") ?? ""
        let outcome = reader.optionalChoice("outcome", of: Change.Outcome.self) ?? .success
        let source = reader.optionalString("source") ?? "api"
        let commits = reader.optionalInt("commits", in: 0...1_000_000)
        reader.finish()
        guard let time, let service else { return nil }
        let change = Change(
            id: id ?? "\(service)-\(time.milliseconds)", kind: kind, service: service, environment: environment,
            version: version, previousVersion: previous, author: author, title: title, startedAt: time,
            outcome: outcome, source: source, commits: commits.map { Int($0) })
        return .change(change)
    }

    private func alert(_ reader: MappingReader) -> Fact? {
        var reader = reader
        let time = time(&reader)
        let name = reader.string("name")
        let labels = reader.labels("labels")
        let severity = reader.optionalString("severity") ?? ""
        let state = reader.optionalChoice("state", of: OutsideAlert.State.self) ?? .firing
        reader.finish()
        guard let time, let name else { return nil }
        return .alert(OutsideAlert(name: name, labels: labels, severity: severity, state: state, time: time))
    }
}

extension Int64 {
    /// The product, or the end of the range that it passes.
    fileprivate func multipliedSaturating(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
