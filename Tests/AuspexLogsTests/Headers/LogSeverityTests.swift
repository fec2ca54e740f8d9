import Testing

@testable import AuspexLogs

@Suite struct LogSeverityTests {
    @Test(
        "levels are read by the names that are in use, in any case",
        arguments: [
            ("TRACE", LogSeverity.trace), ("Debug", .debug), ("verbose", .debug), ("info", .info), ("NOTICE", .info),
            ("Information", .info), ("LOG", .info), ("warn", .warn), ("WARNING", .warn), ("err", .error),
            ("Error", .error), ("SEVERE", .error), ("crit", .fatal), ("FATAL", .fatal), ("panic", .fatal),
            ("emergency", .fatal),
        ])
    func names(text: String, severity: LogSeverity) {
        #expect(LogSeverity(text) == severity)
    }

    @Test("other words are no level", arguments: ["", "x", "in", "infos", "errors", "informationally", "ünfo"])
    func noLevel(text: String) {
        #expect(LogSeverity(text) == nil)
    }

    @Test("numbers of OpenTelemetry and syslog map to the same six levels")
    func numbers() {
        #expect(
            (0...25).map { LogSeverity(openTelemetryNumber: $0)?.rawValue ?? 0 }
                == [0, 1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13, 17, 17, 17, 17, 21, 21, 21, 21, 0])
        #expect(
            (0..<8).map { LogSeverity(syslogPriority: 128 + $0) }
                == [.fatal, .fatal, .fatal, .error, .warn, .info, .info, .debug])
        #expect(LogSeverity.warn < .error && LogSeverity.warn.name == "WARN")
    }
}
