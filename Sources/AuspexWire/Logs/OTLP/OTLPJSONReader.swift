import AuspexSignals

/// Reads `ExportLogsServiceRequest` from its JSON form: names in lowerCamelCase only, identifiers in hexadecimal digits,
/// enumerations as numbers, 64-bit numbers as strings or numbers, unknown members ignored.
struct OTLPJSONReader {
    private let limits: LogLimits
    private let received: Timestamp
    private var logs: DecodedLogs
    private var records = 0
    private var scopes = 0

    init(limits: LogLimits, received: Timestamp) {
        self.limits = limits
        self.received = received
        logs = DecodedLogs(limits: limits)
    }

    /// Objects and arrays around a record's values: the request, three arrays, resource, scope and record.
    private static let depthAround = 8
    /// Objects and arrays that one level of a nested value takes: `{"kvlistValue":{"values":[{"value":`.
    private static let depthOfLevel = 4

    /// Reads the whole text.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(LogWireError) -> DecodedLogs {
        let depth = Self.depthAround + Self.depthOfLevel * limits.depth
        var cursor = JSONCursor(bytes, in: 0..<bytes.count, depthLimit: depth)
        try Self.members(&cursor) { cursor, name throws(LogWireError) in
            guard name == "resourceLogs", try cursor.kind() == .array else { return try cursor.skip() }
            try cursor.array { cursor, number throws(LogWireError) in try readResource(&cursor, number) }
        }
        try cursor.finish()
        return logs
    }

    /// Reads an object. A member that is null is one that is not there, as protobuf's JSON has it.
    private static func members(
        _ cursor: inout JSONCursor, _ member: (inout JSONCursor, String) throws(LogWireError) -> Void
    ) throws(LogWireError) {
        try cursor.object { cursor, name throws(LogWireError) in
            if try cursor.kind() == .null { try cursor.null() } else { try member(&cursor, name) }
        }
    }

    private mutating func readResource(_ cursor: inout JSONCursor, _ number: Int) throws(LogWireError) {
        guard number < limits.records else { throw .tooManyGroups(limit: limits.records) }
        var attributes = LogAttributes(limits: limits)
        var scopeList: JSONCursor?
        try Self.members(&cursor) { cursor, name throws(LogWireError) in
            switch name {
            case "resource":
                try Self.members(&cursor) { cursor, name throws(LogWireError) in
                    guard name == "attributes" else { return try cursor.skip() }
                    try readAttributes(&cursor, into: &attributes)
                }
            // The resource may follow.
            case "scopeLogs": scopeList = try cursor.part()
            default: try cursor.skip()
            }
        }
        try scopeList?.array { cursor, scope throws(LogWireError) in
            scopes += 1
            guard scopes <= limits.records else { throw .tooManyGroups(limit: limits.records) }
            try readScope(&cursor, "resourceLogs[\(number)].scopeLogs[\(scope)]", attributes)
        }
    }

    private mutating func readScope(
        _ cursor: inout JSONCursor, _ place: String, _ resource: LogAttributes
    ) throws(LogWireError) {
        var attributes = resource
        var recordList: JSONCursor?
        try Self.members(&cursor) { cursor, name throws(LogWireError) in
            switch name {
            case "scope":
                var (scope, version) = ("", "")
                try Self.members(&cursor) { cursor, name throws(LogWireError) in
                    switch name {
                    case "name": scope = try cursor.string()
                    case "version": version = try cursor.string()
                    case "attributes": try readAttributes(&cursor, into: &attributes)
                    default: try cursor.skip()
                    }
                }
                attributes.setScope(name: scope, version: version)
            case "logRecords": recordList = try cursor.part()
            default: try cursor.skip()
            }
        }
        try recordList?.array { cursor, number throws(LogWireError) in
            records += 1
            try logs.check(records, limits)
            var part = try cursor.part()
            do throws(LogWireError) {
                try readRecord(&part, attributes).accept(into: &logs, received: received)
            } catch {
                logs.reject("\(place).logRecords[\(number)]", error.description)
            }
        }
    }

    private func readRecord(
        _ cursor: inout JSONCursor, _ attributes: LogAttributes
    ) throws(LogWireError) -> OTLPRecord {
        var record = OTLPRecord(attributes)
        try Self.members(&cursor) { cursor, name throws(LogWireError) in
            switch name {
            case "timeUnixNano": record.time = try unsigned(&cursor, name)
            case "observedTimeUnixNano": record.observed = try unsigned(&cursor, name)
            case "severityNumber":
                guard try cursor.kind() == .number, let number = Int(try cursor.number()) else {
                    throw cursor.failure("'severityNumber' must be a number, not its name")
                }
                record.severityNumber = number
            case "severityText": record.severityText = try cursor.string()
            case "body": record.body = try value(&cursor)
            case "attributes": try readAttributes(&cursor, into: &record.attributes)
            case "traceId": record.traceID = try identifier(&cursor, name, bytes: 16)
            case "spanId": record.spanID = try identifier(&cursor, name, bytes: 8)
            case "eventName": record.eventName = try cursor.string()
            default: try cursor.skip()
            }
        }
        return record
    }

    private func identifier(
        _ cursor: inout JSONCursor, _ name: String, bytes: Int
    ) throws(LogWireError) -> String {
        let digits = try cursor.string()
        if let mistake = OTLPRecord.mistake(name, digits, bytes: bytes) { throw cursor.failure(mistake) }
        return digits.lowercased()
    }

    private func unsigned(_ cursor: inout JSONCursor, _ name: String) throws(LogWireError) -> UInt64 {
        let text = try cursor.kind() == .string ? try cursor.string() : try cursor.number()
        guard let number = UInt64(text) else {
            throw cursor.failure("'\(name)' must be a whole number of nanoseconds, as a string or a number")
        }
        return number
    }

    private func readAttributes(
        _ cursor: inout JSONCursor, into attributes: inout LogAttributes
    ) throws(LogWireError) {
        try cursor.array { cursor, _ throws(LogWireError) in
            let (key, value) = try pair(&cursor)
            attributes.set(key, value.plainText)
        }
    }

    private func pair(_ cursor: inout JSONCursor) throws(LogWireError) -> (key: String, value: JSONValue) {
        var (key, value) = ("", JSONValue.null)
        try Self.members(&cursor) { cursor, name throws(LogWireError) in
            switch name {
            case "key": key = try cursor.string()
            case "value": value = try self.value(&cursor)
            default: try cursor.skip()
            }
        }
        return (key, value)
    }

    /// An `AnyValue`: an object with the one member that says of what kind it is.
    private func value(_ cursor: inout JSONCursor) throws(LogWireError) -> JSONValue {
        if try cursor.kind() == .null {
            try cursor.null()
            return .null
        }
        var result = JSONValue.null
        try Self.members(&cursor) { cursor, name throws(LogWireError) in
            switch name {
            // Bytes are in base64 already.
            case "stringValue", "bytesValue": result = .string(try cursor.string())
            case "boolValue": result = .bool(try cursor.bool())
            case "intValue":
                let text = try cursor.kind() == .string ? try cursor.string() : try cursor.number()
                guard let number = Int64(text) else { throw cursor.failure("'intValue' must be a whole number") }
                result = .int(number)
            case "doubleValue":
                let text = try cursor.kind() == .string ? try cursor.string() : try cursor.number()
                guard let number = Double(text) else { throw cursor.failure("'doubleValue' must be a number") }
                result = .double(number)
            case "arrayValue":
                var elements: [JSONValue] = []
                try values(&cursor) { cursor throws(LogWireError) in elements.append(try value(&cursor)) }
                result = .array(elements)
            case "kvlistValue":
                var members: [String: JSONValue] = [:]
                try values(&cursor) { cursor throws(LogWireError) in
                    let (key, value) = try pair(&cursor)
                    members[key] = value
                }
                result = .object(members)
            default: try cursor.skip()
            }
        }
        return result
    }

    private func values(
        _ cursor: inout JSONCursor, _ element: (inout JSONCursor) throws(LogWireError) -> Void
    ) throws(LogWireError) {
        var content = try cursor.part()
        guard content.end - content.position <= limits.bodyBytes else {
            throw .valueTooLarge(limit: limits.bodyBytes)
        }
        try Self.members(&content) { cursor, name throws(LogWireError) in
            guard name == "values" else { return try cursor.skip() }
            try cursor.array { cursor, _ throws(LogWireError) in try element(&cursor) }
        }
    }
}
