import AuspexSignals
import Foundation

/// Reads `ExportLogsServiceRequest` from its protobuf form.
struct OTLPMessageReader {
    private typealias Cursor = ProtobufCursor<LogWireError>

    private let limits: LogLimits
    private let received: Timestamp
    private var logs: DecodedLogs
    private var records = 0
    private var resources = 0
    private var scopes = 0

    init(limits: LogLimits, received: Timestamp) {
        self.limits = limits
        self.received = received
        logs = DecodedLogs(limits: limits)
    }

    /// Reads the whole message.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(LogWireError) -> DecodedLogs {
        try Self.each(1, of: 0..<bytes.count, bytes, "resource_logs") { range throws(LogWireError) in
            try readResource(bytes, range)
        }
        return logs
    }

    private mutating func readResource(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) throws(LogWireError) {
        let number = resources
        resources += 1
        guard resources <= limits.records else { throw .tooManyGroups(limit: limits.records) }
        var attributes = LogAttributes(limits: limits)
        // The resource may follow its scopes.
        try Self.each(1, of: range, bytes, "ResourceLogs.resource") { resource throws(LogWireError) in
            try readAttributes(field: 1, of: resource, bytes, into: &attributes)
        }
        var scope = 0
        try Self.each(2, of: range, bytes, "ResourceLogs.scope_logs") { range throws(LogWireError) in
            scopes += 1
            guard scopes <= limits.records else { throw .tooManyGroups(limit: limits.records) }
            try readScope(bytes, range, "resourceLogs[\(number)].scopeLogs[\(scope)]", attributes)
            scope += 1
        }
    }

    private mutating func readScope(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ place: String, _ resource: LogAttributes
    ) throws(LogWireError) {
        var attributes = resource
        try Self.each(1, of: range, bytes, "ScopeLogs.scope") { scope throws(LogWireError) in
            var (name, version): (Range<Int>?, Range<Int>?)
            try Self.each(1, of: scope, bytes, "InstrumentationScope.name") { name = $0 }
            try Self.each(2, of: scope, bytes, "InstrumentationScope.version") { version = $0 }
            attributes.setScope(
                name: name.map { text(bytes, $0) } ?? "", version: version.map { text(bytes, $0) } ?? "")
            try readAttributes(field: 3, of: scope, bytes, into: &attributes)
        }
        var cursor = Cursor(bytes, in: range)
        var number = 0
        while let tag = try cursor.nextTag() {
            guard tag.field == 2 else {
                try cursor.skip(tag.type)
                continue
            }
            try cursor.expect(.lengthDelimited, of: tag, "ScopeLogs.log_records")
            records += 1
            try logs.check(records, limits)
            let range = try cursor.lengthDelimited()
            do throws(LogWireError) {
                let (record, mistake) = try readRecord(bytes, range, attributes)
                if let mistake {
                    logs.reject("\(place).logRecords[\(number)]", mistake)
                } else {
                    record.accept(into: &logs, received: received)
                }
            } catch {
                guard case .valueTooLarge = error else { throw error }
                logs.reject("\(place).logRecords[\(number)]", error.description)
            }
            number += 1
        }
    }

    private func readRecord(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ attributes: LogAttributes
    ) throws(LogWireError) -> (OTLPRecord, mistake: String?) {
        var record = OTLPRecord(attributes)
        var cursor = Cursor(bytes, in: range)
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.fixed64, of: tag, "LogRecord.time_unix_nano")
                record.time = try cursor.fixed64()
            case 2:
                try cursor.expect(.varint, of: tag, "LogRecord.severity_number")
                record.severityNumber = Int(truncatingIfNeeded: try cursor.varint())
            case 3:
                try cursor.expect(.lengthDelimited, of: tag, "LogRecord.severity_text")
                record.severityText = text(bytes, try cursor.lengthDelimited())
            case 5:
                try cursor.expect(.lengthDelimited, of: tag, "LogRecord.body")
                record.body = try value(bytes, try cursor.lengthDelimited(), depth: 1)
            case 6:
                try cursor.expect(.lengthDelimited, of: tag, "LogRecord.attributes")
                let (key, value) = try pair(bytes, try cursor.lengthDelimited(), depth: 1)
                record.attributes.set(key, value.plainText)
            case 9:
                try cursor.expect(.lengthDelimited, of: tag, "LogRecord.trace_id")
                record.traceID = hexadecimal(bytes, try cursor.lengthDelimited())
            case 10:
                try cursor.expect(.lengthDelimited, of: tag, "LogRecord.span_id")
                record.spanID = hexadecimal(bytes, try cursor.lengthDelimited())
            case 11:
                try cursor.expect(.fixed64, of: tag, "LogRecord.observed_time_unix_nano")
                record.observed = try cursor.fixed64()
            case 12:
                try cursor.expect(.lengthDelimited, of: tag, "LogRecord.event_name")
                record.eventName = text(bytes, try cursor.lengthDelimited())
            default: try cursor.skip(tag.type)
            }
        }
        let mistake =
            OTLPRecord.mistake("traceId", record.traceID, bytes: 16)
            ?? OTLPRecord.mistake("spanId", record.spanID, bytes: 8)
        return (record, mistake)
    }

    private func readAttributes(
        field: UInt32, of range: Range<Int>, _ bytes: UnsafeRawBufferPointer, into attributes: inout LogAttributes
    ) throws(LogWireError) {
        try Self.each(field, of: range, bytes, "attributes") { range throws(LogWireError) in
            let (key, value) = try pair(bytes, range, depth: 1)
            attributes.set(key, value.plainText)
        }
    }

    private func pair(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, depth: Int
    ) throws(LogWireError) -> (key: String, value: JSONValue) {
        var (key, value) = ("", JSONValue.null)
        var cursor = Cursor(bytes, in: range)
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.lengthDelimited, of: tag, "KeyValue.key")
                key = text(bytes, try cursor.lengthDelimited())
            case 2:
                try cursor.expect(.lengthDelimited, of: tag, "KeyValue.value")
                value = try self.value(bytes, try cursor.lengthDelimited(), depth: depth)
            default: try cursor.skip(tag.type)
            }
        }
        return (key, value)
    }

    /// An `AnyValue`: string 1, bool 2, int 3, double 4, array 5, kvlist 6, bytes 7.
    private func value(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, depth: Int
    ) throws(LogWireError) -> JSONValue {
        guard depth <= limits.depth else {
            throw .invalidProtobuf(offset: range.lowerBound, reason: "values nested more than \(limits.depth) deep")
        }
        func nested(
            _ range: Range<Int>, _ take: (Range<Int>) throws(LogWireError) -> Void
        ) throws(LogWireError) {
            guard range.count <= limits.bodyBytes else { throw .valueTooLarge(limit: limits.bodyBytes) }
            try Self.each(1, of: range, bytes, "AnyValue.values", take)
        }
        var result = JSONValue.null
        var cursor = Cursor(bytes, in: range)
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.lengthDelimited, of: tag, "AnyValue.string_value")
                result = .string(text(bytes, try cursor.lengthDelimited()))
            case 2:
                try cursor.expect(.varint, of: tag, "AnyValue.bool_value")
                result = .bool(try cursor.varint() != 0)
            case 3:
                try cursor.expect(.varint, of: tag, "AnyValue.int_value")
                result = .int(Int64(bitPattern: try cursor.varint()))
            case 4:
                try cursor.expect(.fixed64, of: tag, "AnyValue.double_value")
                result = .double(Double(bitPattern: try cursor.fixed64()))
            case 5:
                try cursor.expect(.lengthDelimited, of: tag, "AnyValue.array_value")
                var elements: [JSONValue] = []
                try nested(try cursor.lengthDelimited()) { element throws(LogWireError) in
                    elements.append(try value(bytes, element, depth: depth + 1))
                }
                result = .array(elements)
            case 6:
                try cursor.expect(.lengthDelimited, of: tag, "AnyValue.kvlist_value")
                var members: [String: JSONValue] = [:]
                try nested(try cursor.lengthDelimited()) { member throws(LogWireError) in
                    let (key, value) = try pair(bytes, member, depth: depth + 1)
                    members[key] = value
                }
                result = .object(members)
            case 7:
                try cursor.expect(.lengthDelimited, of: tag, "AnyValue.bytes_value")
                result = .string(Data(bytes[try cursor.lengthDelimited()]).base64EncodedString())
            default: try cursor.skip(tag.type)
            }
        }
        return result
    }

    /// Hands on where each value of a field lies that may occur any number of times: in a message of empty ones, millions.
    private static func each(
        _ field: UInt32, of range: Range<Int>, _ bytes: UnsafeRawBufferPointer, _ name: StaticString,
        _ take: (Range<Int>) throws(LogWireError) -> Void
    ) throws(LogWireError) {
        var cursor = Cursor(bytes, in: range)
        while let tag = try cursor.nextTag() {
            guard tag.field == field else {
                try cursor.skip(tag.type)
                continue
            }
            try cursor.expect(.lengthDelimited, of: tag, name)
            try take(try cursor.lengthDelimited())
        }
    }

    private func hexadecimal(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        // An identifier has at most 16 bytes; one more shows that it is too long.
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes[range].prefix(17).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0f)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
