import AuspexLogs
import AuspexRules
import AuspexSignals

/// Log records on their way to the rules: which template each belongs to, and whether that is news.
package struct LogStage: Sendable {
    private var stream = LogStream()

    /// A stage that has seen nothing.
    package init() {}

    /// Learns a record and says what the rules may know of it. It counts as new when its template was never seen before
    /// and the stream has been watched for long enough to say so.
    mutating func fact(_ record: LogRecord) -> LogFact {
        let reading = stream.update(record)
        var record = record
        // Where the source has no place for a severity, the line itself may name one.
        if record.severity.isEmpty, let severity = reading.severity { record.severity = severity.name }
        return LogFact(
            record: record, template: reading.template, templateID: "\(reading.templateID)",
            isNew: reading.isAnomalous)
    }

    func snapshot() -> [UInt8] { stream.snapshot() }

    mutating func restore(_ bytes: [UInt8]) throws {
        stream = try LogStream(restoring: bytes)
    }
}
