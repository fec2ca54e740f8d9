import AuspexSignals

/// A record as OpenTelemetry's protocol has it, before it is one of ours.
struct OTLPRecord {
    var time: UInt64 = 0
    var observed: UInt64 = 0
    var severityNumber = 0
    var severityText = ""
    var body = JSONValue.null
    var traceID = ""
    var spanID = ""
    var eventName = ""
    var attributes: LogAttributes

    /// Nothing but what resource and scope say.
    init(_ attributes: LogAttributes) {
        self.attributes = attributes
    }

    /// Adds the record to what has been decoded.
    ///
    /// The severity is the name of its number's range, for which OpenTelemetry has one meaning; what the sender calls it,
    /// when it has a name of its own, is kept as `severity_text`.
    consuming func accept(into logs: inout DecodedLogs, received: Timestamp) {
        attributes.set("trace_id", traceID)
        attributes.set("span_id", spanID)
        attributes.set("event.name", eventName)
        let named = severityText.isEmpty ? "" : LogLevelName.name(of: severityText)
        let severity = LogLevelName.name(ofNumber: severityNumber) ?? named
        if named != severity { attributes.set("severity_text", severityText) }
        let nanoseconds = time > 0 ? time : observed
        let time = nanoseconds > 0 ? Timestamp(milliseconds: Int64(nanoseconds / 1_000_000)) : received
        let (record, isShortened) = attributes.record(time: time, severity: severity, body: body.plainText ?? "")
        logs.accept(record, isShortened: isShortened)
    }

    /// Why an identifier in hexadecimal digits is none; nil when it is one, or empty, which means that there is none.
    static func mistake(_ name: String, _ digits: String, bytes: Int) -> String? {
        let isHexadecimal = digits.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        guard !digits.isEmpty, !isHexadecimal || digits.utf8.count != 2 * bytes else { return nil }
        return "'\(name)' must have \(bytes) bytes, in JSON as \(2 * bytes) hexadecimal digits"
    }
}

extension LogAttributes {
    /// The attributes of a scope.
    mutating func setScope(name: String, version: String) {
        set("otel.scope.name", name)
        set("otel.scope.version", version)
    }
}
