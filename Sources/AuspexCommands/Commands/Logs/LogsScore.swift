import ArgumentParser
import AuspexLogs
import AuspexSignals

/// Says for each line what is unusual.
struct LogsScore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Say for each line whether it is news, and what else became unusual with it.",
        discussion: """
            In the order in which lines come, each by those before it: templates that were never seen before, and, where \
            lines have times, templates that come too often or not at all, more severe lines than usual, a silent stream; \
            strange values of parameters; with --session, sessions unlike others.
            """)

    @OptionGroup var input: LogsInput

    @Option(help: "csv or ndjson; otel is as ndjson.")
    var format: LogRun.Format = .csv

    @Option(
        help: """
            Judge sessions: lines in which the same id begins with this text or stands behind it, such as blk_ or \
            request_id=.
            """)
    var session: String?

    @Option(help: "How long a session may be silent before it is over, such as 5m.")
    var sessionIdle: String?

    @Flag(
        name: [.customLong("only-anomalies"), .customLong("only-new")],
        help: "Only the lines that reach the alert line.")
    var onlyAnomalies = false

    @Flag(help: "Exit with 1 when a line reaches the alert line.")
    var failOn = false

    func validate() throws {
        _ = try detectors()
        if session?.isEmpty == true { throw ValidationError("--session must not be empty") }
        if sessionIdle != nil, session == nil { throw ValidationError("--session-idle needs --session") }
    }

    private func detectors() throws -> LogStream.Detectors {
        guard let session else { return LogStream.Detectors() }
        var tracker = SessionTracker.Configuration()
        if let sessionIdle {
            guard let span = TimeSpan(sessionIdle), span >= .seconds(1), span <= .hours(720) else {
                throw ValidationError("--session-idle \(sessionIdle) is not a time from 1s to 720h, such as 5m")
            }
            tracker.idleTimeout = span
        }
        return LogStream.Detectors(sessions: .init(key: .parameter(prefix: session), tracker: tracker))
    }

    func run() async throws {
        var run = LogRun(.score, format: format, stream: try input.stream(detectors()))
        run.writesOnlyAnomalies = onlyAnomalies
        try input.writeRows(&run)
        let summary = run.summary
        Terminal.note(
            "\(summary.lines) lines, \(summary.templates) templates, \(summary.anomalies) lines at or above the alert "
                + "line")
        LogsNotes.tell(summary)
        if failOn, summary.anomalies > 0 { throw ExitCode(Failure.Code.found.rawValue) }
    }
}
