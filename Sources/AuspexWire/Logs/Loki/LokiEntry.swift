import AuspexSignals

/// One line of a stream before it is a record.
struct LokiEntry {
    /// Nanoseconds since 1970.
    var time: Int64
    var line: String
    var attributes: LogAttributes

    /// Adds the entry's record to what has been decoded.
    func accept(into logs: inout DecodedLogs) {
        let severity = attributes.first(of: LogAttributes.severityNames).map(LogLevelName.name(of:)) ?? ""
        let time = Timestamp(milliseconds: CivilDate.floorDivide(time, by: 1_000_000).quotient)
        let (record, isShortened) = attributes.record(time: time, severity: severity, body: line)
        logs.accept(record, isShortened: isShortened)
    }
}
