/// One log line in OpenTelemetry's log model.
public struct LogRecord: Hashable, Sendable, Codable {
    /// When it happened.
    public var time: Timestamp
    /// The severity, `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL` where its source's name for it is known, else as it was
    /// written; empty when unknown.
    public var severity: String
    /// The message.
    public var body: String
    /// Where it came from: the resource's and the stream's attributes.
    public var attributes: Labels

    /// Creates a record.
    public init(time: Timestamp, severity: String = "", body: String, attributes: Labels = Labels()) {
        self.time = time
        self.severity = severity
        self.body = body
        self.attributes = attributes
    }
}
