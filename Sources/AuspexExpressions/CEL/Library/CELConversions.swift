/// Conversions between types, each called like the type.
enum CELConversions {
    static let functions: [CELFunction] = [
        .one("bool", .global, .bool, toBool),
        .one("int", .global, .int, toInt),
        .one("uint", .global, .type(.uint), toUInt),
        .one("double", .global, .double, toDouble),
        .one("string", .global, .string, toString),
        .one("bytes", .global, .type(.bytes), toBytes),
        .one("timestamp", .global, .timestamp, toTimestamp),
        .one("duration", .global, .duration, toDuration),
        .one("type", .global, .type(.type)) { value throws(CELError) -> CELValue in .type(value.type) },
        .one("dyn", .global, .any) { value throws(CELError) -> CELValue in value },
    ]

    @Sendable private static func toBool(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .bool: return value
        case .string(let text):
            if ["1", "t", "T", "true", "TRUE", "True"].contains(text) { return .bool(true) }
            if ["0", "f", "F", "false", "FALSE", "False"].contains(text) { return .bool(false) }
            throw invalid(text, "bool; write true or false")
        default: throw .noOverload("bool", value)
        }
    }

    @Sendable private static func toInt(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .int: return value
        case .uint(let number):
            guard let result = Int64(exactly: number) else { throw range("\(number)", .int) }
            return .int(result)
        case .double(let number):
            // The end points are left out, as in the reference implementations: a double there may stand for more.
            let whole = number.rounded(.towardZero)
            guard whole > -0x1p63, whole < 0x1p63, let result = Int64(exactly: whole) else {
                throw range(CELText.string(number), .int)
            }
            return .int(result)
        case .string(let text):
            guard let number = Int64(text) else { throw invalid(text, "int") }
            return .int(number)
        case .timestamp(let moment): return .int(moment.seconds)
        case .duration(let span): return .int(span.nanoseconds / CELTimestamp.nanosecondsPerSecond)
        default: throw .noOverload("int", value)
        }
    }

    @Sendable private static func toUInt(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .uint: return value
        case .int(let number):
            guard let result = UInt64(exactly: number) else { throw range("\(number)", .uint) }
            return .uint(result)
        case .double(let number):
            let whole = number.rounded(.towardZero)
            guard number >= 0, whole < 0x1p64, let result = UInt64(exactly: whole) else {
                throw range(CELText.string(number), .uint)
            }
            return .uint(result)
        case .string(let text):
            guard let number = UInt64(text) else { throw invalid(text, "uint") }
            return .uint(number)
        default: throw .noOverload("uint", value)
        }
    }

    @Sendable private static func toDouble(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .double: return value
        case .int(let number): return .double(Double(number))
        case .uint(let number): return .double(Double(number))
        case .string(let text):
            // Swift's reader also takes hexadecimal digits.
            guard !text.utf8.contains(where: { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") }),
                let number = Double(text)
            else { throw invalid(text, "double") }
            return .double(number)
        default: throw .noOverload("double", value)
        }
    }

    @Sendable private static func toString(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .string: return value
        case .bool(let flag): return .string(flag ? "true" : "false")
        case .int(let number): return .string(String(number))
        case .uint(let number): return .string(String(number))
        case .double(let number): return .string(CELText.string(number))
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CELError(.invalidArgument, "the bytes are not UTF-8")
            }
            return .string(text)
        case .timestamp(let moment): return .string(moment.description)
        case .duration(let span): return .string(span.description)
        case .address(let address): return .string(address.description)
        case .network(let network): return .string(network.description)
        default: throw .noOverload("string", value)
        }
    }

    @Sendable private static func toBytes(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .bytes: value
        case .string(let text): .bytes(Array(text.utf8))
        default: throw .noOverload("bytes", value)
        }
    }

    @Sendable private static func toTimestamp(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .timestamp: return value
        case .string(let text):
            guard let moment = CELTimestamp(text) else {
                throw invalid(text, "timestamp; write 2026-03-01T12:00:00Z, in the years 1 to 9999")
            }
            return .timestamp(moment)
        case .int(let seconds):
            guard let moment = CELTimestamp(seconds: seconds) else { throw range("\(seconds)", .timestamp) }
            return .timestamp(moment)
        default: throw .noOverload("timestamp", value)
        }
    }

    @Sendable private static func toDuration(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .duration: return value
        case .string(let text):
            guard let span = CELDuration(text) else {
                throw invalid(text, "duration; write 90s, 1h30m or 7d, up to 292 years")
            }
            return .duration(span)
        case .int(let seconds):
            let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: CELTimestamp.nanosecondsPerSecond)
            guard !overflow else { throw range("\(seconds) seconds", .duration) }
            return .duration(CELDuration(nanoseconds: nanoseconds))
        default: throw .noOverload("duration", value)
        }
    }

    private static func invalid(_ text: String, _ type: String) -> CELError {
        CELError(.invalidArgument, "'\(text.prefix(80))' is no \(type)")
    }

    private static func range(_ text: String, _ type: CELType) -> CELError {
        CELError(.overflow, "\(text) exceeds the range of \(type)")
    }
}
