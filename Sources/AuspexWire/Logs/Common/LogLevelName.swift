/// The names that severities have in records, whatever their senders call them.
///
/// They are the names of OpenTelemetry's ranges, so that a rule which asks for `ERROR` finds the errors of every source.
/// What is none of the usual names stays as its sender wrote it.
package enum LogLevelName {
    /// The names of syslog's severities 0 to 7 (RFC 5424, table 2, as `logger` writes them).
    static let syslogKeywords = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]
    /// The names of syslog's facilities 0 to 23 (RFC 5424, table 1).
    static let syslogFacilities = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
        "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ]

    /// Names of OpenTelemetry's ranges, each of four numbers, from 1.
    private static let ranges = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]

    /// The name of an OpenTelemetry severity number; nil for 0, which means unknown, and for what is no such number.
    static func name(ofNumber number: Int) -> String? {
        (1...24).contains(number) ? ranges[(number - 1) / 4] : nil
    }

    /// The name of a syslog severity, 0 to 7.
    static func name(ofSyslog severity: Int) -> String {
        switch severity {
        case 0...2: "FATAL"
        case 3: "ERROR"
        case 4: "WARN"
        case 7: "DEBUG"
        default: "INFO"
        }
    }

    /// The name for what a sender wrote; the text itself when it is not known.
    package static func name(of text: String) -> String {
        guard text.utf8.count <= 13 else { return text.cut(to: longest) }
        return names[text.lowercased()] ?? text
    }

    /// No severity is longer.
    private static let longest = 64

    private static let names: [String: String] = [
        "trace": "TRACE", "debug": "DEBUG", "verbose": "DEBUG", "dbug": "DEBUG", "info": "INFO", "information": "INFO",
        "informational": "INFO", "notice": "INFO", "log": "INFO", "warn": "WARN", "warning": "WARN", "error": "ERROR",
        "err": "ERROR", "severe": "ERROR", "fail": "ERROR", "fatal": "FATAL", "critical": "FATAL", "crit": "FATAL",
        "alert": "FATAL", "emerg": "FATAL", "emergency": "FATAL", "panic": "FATAL",
    ]
}
