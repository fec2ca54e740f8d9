import AuspexSignals
import Foundation

/// Parts of moments and lengths of time.
enum CELTimeFunctions {
    static let functions: [CELFunction] =
        parts.flatMap { name, part in
            [
                CELFunction.one(name, .member, .int) { value throws(CELError) -> CELValue in
                    guard case .timestamp(let moment) = value else { return try spanPart(name, value) }
                    return .int(part(moment, 0))
                },
                CELFunction.two(name, .member, .int) { value, zone throws(CELError) -> CELValue in
                    guard case .timestamp(let moment) = value, case .string(let zone) = zone else {
                        throw .noOverload(name, value, zone)
                    }
                    return .int(part(moment, try offset(of: zone, at: moment)))
                },
            ]
        }

    private typealias Part = @Sendable (CELTimestamp, _ offset: Int64) -> Int64

    /// Each name with the part that it gives of a moment at an offset in seconds east of UTC.
    private static let parts: [(String, Part)] = [
        ("getFullYear", { $0.civil(offset: $1).date.year }),
        ("getMonth", { $0.civil(offset: $1).date.month - 1 }),
        ("getDate", { $0.civil(offset: $1).date.day }),
        ("getDayOfMonth", { $0.civil(offset: $1).date.day - 1 }),
        ("getDayOfWeek", { $0.civil(offset: $1).date.dayOfWeek }),
        ("getDayOfYear", { $0.civil(offset: $1).date.dayOfYear }),
        ("getHours", { $0.civil(offset: $1).secondOfDay / 3_600 }),
        ("getMinutes", { $0.civil(offset: $1).secondOfDay / 60 % 60 }),
        ("getSeconds", { $0.civil(offset: $1).secondOfDay % 60 }),
        ("getMilliseconds", { moment, _ in Int64(moment.nanoseconds) / 1_000_000 }),
    ]

    /// Of a length of time hours, minutes and seconds count all of it; milliseconds are those after the last second.
    private static func spanPart(_ name: String, _ value: CELValue) throws(CELError) -> CELValue {
        guard case .duration(let span) = value else { throw .noOverload(name, value) }
        let nanoseconds = span.nanoseconds
        switch name {
        case "getHours": return .int(nanoseconds / 3_600_000_000_000)
        case "getMinutes": return .int(nanoseconds / 60_000_000_000)
        case "getSeconds": return .int(nanoseconds / 1_000_000_000)
        case "getMilliseconds": return .int(nanoseconds % 1_000_000_000 / 1_000_000)
        default: throw .noOverload(name, value)
        }
    }

    /// Seconds east of UTC in `zone`, an offset such as `+02:00`, or a name of the time zone database.
    private static func offset(of zone: String, at moment: CELTimestamp) throws(CELError) -> Int64 {
        if zone == "UTC" { return 0 }
        let first = zone.utf8.first ?? 0
        if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") || first.isDigit {
            var reader = ByteReader(first.isDigit ? "+" + zone : zone)
            if let offset = reader.offset(), reader.isAtEnd { return offset }
        } else if isName(zone), let timeZone = TimeZone(identifier: zone) {
            return Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.seconds))))
        }
        throw CELError(
            .invalidArgument,
            "'\(zone.prefix(80))' is no time zone; write a name such as Europe/Berlin or an offset +02:00")
    }

    /// The longest name in the time zone database has 32 letters.
    private static let longestName = 64

    /// Whether a text has the form of a name, so that no path into the file system is ever looked up.
    private static func isName(_ zone: String) -> Bool {
        zone.utf8.count <= longestName
            && zone.utf8.allSatisfy { $0.isLetter || $0.isDigit || "/-+".utf8.contains($0) }
    }
}
