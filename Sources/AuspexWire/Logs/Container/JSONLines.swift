package import AuspexSignals

/// Logs of applications that write one JSON object a line.
///
/// The body, the time and the severity are looked for under the names that the usual logging libraries write; all other
/// members become attributes, objects and arrays as JSON. An object without a message is its own body.
package struct JSONLines: Sendable {
    /// Names of the message, the most telling first.
    static let bodyNames = ["message", "msg", "log", "body", "MESSAGE"]
    /// Names of the time, the most telling first.
    static let timeNames = ["timestamp", "@timestamp", "time", "ts", "asctime", "datetime"]

    private let limits: LogLimits
    private let base: LogAttributes
    private var number = 0

    /// Reads lines.
    ///
    /// - Parameter base: Attributes that all records have.
    package init(limits: LogLimits = LogLimits(), base: LogAttributes? = nil) {
        self.limits = limits
        self.base = base ?? LogAttributes(limits: limits)
    }

    /// Takes the next line.
    ///
    /// - Parameter received: The time of a line that has none.
    package mutating func read(_ line: LogLineSplitter.Line, received: Timestamp, into logs: inout DecodedLogs) {
        number += 1
        guard !line.bytes.allSatisfy({ $0 == UInt8(ascii: " ") }) else { return }
        guard !line.isCut else {
            logs.reject("line \(number)", "the line has more than \(limits.bodyBytes) bytes")
            return
        }
        do throws(LogWireError) {
            let members = try AuspexWire.read(line.bytes) { bytes throws(LogWireError) in
                var members: [String: JSONValue] = [:]
                var cursor = JSONCursor(bytes, in: 0..<bytes.count, depthLimit: limits.depth)
                try cursor.object { cursor, name throws(LogWireError) in members[name] = try cursor.value() }
                try cursor.finish()
                return members
            }
            accept(members, received: received, into: &logs)
        } catch {
            logs.reject("line \(number)", error.description)
        }
    }

    private func accept(_ members: [String: JSONValue], received: Timestamp, into logs: inout DecodedLogs) {
        let bodyName = Self.bodyNames.first { members[$0]?.string != nil }
        let timeName = Self.timeNames.first { members[$0].flatMap(Self.time) != nil }
        let levelName = LogAttributes.severityNames.first { members[$0] != nil }
        var attributes = base
        // In order of their names, so that a limit cuts off the same ones every time.
        for (name, value) in members.sorted(by: { $0.key < $1.key })
        where name != bodyName && name != timeName && name != levelName { attributes.set(name, value.plainText) }
        let body = bodyName.flatMap { members[$0]?.string } ?? JSONValue.object(members).canonicalText
        let (record, isShortened) = attributes.record(
            time: timeName.flatMap { members[$0].flatMap(Self.time) } ?? received,
            severity: levelName.flatMap { members[$0] }.map(Self.severity) ?? "", body: body)
        logs.accept(record, isShortened: isShortened)
    }

    /// A time as text, or as seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
    static func time(_ value: JSONValue) -> Timestamp? {
        if let text = value.string { return Timestamp(iso8601: text) }
        guard let number = value.double, number > 0, number < 1e20 else { return nil }
        // Until the year 5138 seconds have fewer than 12 digits.
        let milliseconds =
            switch number {
            case ..<1e11: number * 1_000
            case ..<1e14: number
            case ..<1e17: number / 1_000
            default: number / 1_000_000
            }
        return Timestamp(milliseconds: Int64(milliseconds))
    }

    /// The name of a level that is a name, or a number as pino and bunyan have them: 10 for trace to 60 for fatal.
    private static func severity(_ value: JSONValue) -> String {
        guard let number = value.int else { return value.plainText.map(LogLevelName.name(of:)) ?? "" }
        guard number >= 10, number <= 60 else { return String(number) }
        return LogLevelName.name(ofNumber: Int(number / 10 - 1) * 4 + 1) ?? ""
    }
}
