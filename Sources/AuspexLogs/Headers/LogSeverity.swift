/// How bad a log line says it is. Raw values are the lowest of OpenTelemetry's severity numbers for each level.
public enum LogSeverity: Int, Hashable, Sendable, Codable, Comparable, CaseIterable {
    /// For following a program step by step.
    case trace = 1
    /// For finding mistakes.
    case debug = 5
    /// Normal operation, notices included.
    case info = 9
    /// Something to look at.
    case warn = 13
    /// Something failed.
    case error = 17
    /// The program, or the whole system, cannot go on.
    case fatal = 21

    /// Reads a level as the usual logging libraries and syslog name it, in any case; nil for anything else.
    public init?(_ text: String) {
        var text = text
        guard let severity = text.withUTF8({ Self.read($0.span, 0..<$0.count) }) else { return nil }
        self = severity
    }

    /// Reads the level of an OpenTelemetry severity number, 1 to 24; nil for 0, which means unknown, and others.
    public init?(openTelemetryNumber number: Int) {
        guard (1...24).contains(number), let severity = Self(rawValue: (number - 1) / 4 * 4 + 1) else { return nil }
        self = severity
    }

    /// Reads the level of a syslog priority, `facility * 8 + severity` (RFC 5424, 6.2.1).
    init(syslogPriority priority: Int) {
        self =
            switch priority & 7 {
            case 0...2: .fatal
            case 3: .error
            case 4: .warn
            case 7: .debug
            default: .info
            }
    }

    /// The less severe is the smaller.
    public static func < (left: LogSeverity, right: LogSeverity) -> Bool { left.rawValue < right.rawValue }

    /// The level's usual name in capitals.
    public var name: String { "\(self)".uppercased() }

    /// The level whose name is the bytes in `word`, in any case.
    static func read(_ line: Span<UInt8>, _ word: Range<Int>) -> LogSeverity? {
        guard (3...longestName).contains(word.count) else { return nil }
        return names.first { name, _ in
            name.utf8CodeUnitCount == word.count
                && word.allSatisfy { line[$0].lowerCased == name.utf8Start[$0 - word.lowerBound] }
        }?.1
    }

    /// The longest name below.
    static let longestName = 13

    /// `log` is PostgreSQL's name for an ordinary message.
    private static let names: [(StaticString, LogSeverity)] = [
        ("info", .info), ("warn", .warn), ("error", .error), ("debug", .debug), ("warning", .warn), ("trace", .trace),
        ("fatal", .fatal), ("notice", .info), ("critical", .fatal), ("err", .error), ("crit", .fatal),
        ("severe", .error), ("alert", .fatal), ("emerg", .fatal), ("emergency", .fatal), ("panic", .fatal),
        ("verbose", .debug), ("information", .info), ("informational", .info), ("log", .info),
    ]
}
