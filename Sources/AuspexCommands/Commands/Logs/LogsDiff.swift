public import ArgumentParser
public import AuspexEvaluation
import AuspexLogs
import AuspexSignals

/// Compares two logs.
struct LogsDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two logs, or a log before and after a deploy: templates that are new, gone, more, fewer.",
        discussion: """
            A template's count is compared with what the other templates let expect. Exit code 0 whatever differs; with \
            --fail-on new, 1 when there is a new template.
            """)

    @Argument(help: "The earlier log, and the later one; one log alone with --at. Also compressed with gzip.")
    var logs: [String]

    @Option(
        help: "The moment of the deploy in one log, such as 2026-03-01T12:00:00Z: lines from then on are the later.")
    var at: String?

    @OptionGroup var mining: LogsMining

    @Option(help: "table, csv or ndjson.")
    var format: LogDiffReport.Format = .table

    @Option(help: "Write an HTML report to this file.")
    var report: String?

    @Option(help: "new or any: exit with 1 when a template is new, or when anything differs.")
    var failOn: Strictness?

    enum Strictness: String, ExpressibleByArgument {
        case new, any
    }

    func validate() throws {
        _ = try mining.configuration()
        if let at {
            guard Timestamp(iso8601: at) != nil else {
                throw ValidationError("--at \(at) is not a moment such as 2026-03-01T12:00:00Z")
            }
            guard logs.count == 1 else { throw ValidationError("--at divides one log; \(logs.count) are given") }
            guard mining.column == nil else { throw ValidationError("--at needs lines with times; --column has none") }
        } else if logs.count != 2 {
            throw ValidationError("two logs are compared, the earlier one first; \(logs.count) given")
        }
    }

    func run() async throws {
        let unfinished = UnfinishedFiles()
        let reportFile = try report.map { try OutputFile($0, option: "--report", unfinished) }
        var comparison = LogComparison(stream: try mining.stream(.none))
        if let at, let moment = Timestamp(iso8601: at) {
            try learn(logs[0], &comparison, .at(moment))
        } else {
            try learn(logs[0], &comparison, .before)
            try learn(logs[1], &comparison, .after)
        }
        let diff = comparison.diff()
        if let at, diff.linesBefore == 0 || diff.linesAfter == 0 {
            let side = diff.linesBefore == 0 ? "before" : "at or after"
            throw Failure(
                .input, "\(logs[0]): no line is known to be \(side) \(at); times without a year need --reference-time")
        }
        let names = at.map { ("before \($0)", "since \($0)") } ?? (logs[0], logs[1])
        let result = LogDiffReport(diff, before: names.0, after: names.1)
        try reportFile?.write(result.html(generatedAt: SystemWallClock().now()))
        Terminal.write(result.text(format))
        Terminal.note(result.summary)
        LogsNotes.tell(freeTextLines: diff.freeTextLines, evictedTemplates: diff.evictedTemplates)
        let isFailed =
            switch failOn {
            case .new: !diff.entries(.new).isEmpty
            case .any: !diff.isEmpty
            case nil: false
            }
        if isFailed { throw ExitCode(Failure.Code.found.rawValue) }
    }

    private func learn(_ file: String, _ comparison: inout LogComparison, _ side: LogComparison.Side) throws {
        guard mining.column == nil else {
            let rejected = try mining.forEachMessage(of: file) { message in
                if let message { comparison.learn(message, side) }
            }
            return LogsMining.note(rejected)
        }
        var splitter = LineSplitter()
        try LogsReading.forEachPiece(of: file) { piece in
            splitter.feed(piece.span) { comparison.learn($0, side) }
        }
        splitter.finish { comparison.learn($0, side) }
    }
}

extension LogDiffReport.Format: ExpressibleByArgument {}
