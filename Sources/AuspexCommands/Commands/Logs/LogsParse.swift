public import ArgumentParser
public import AuspexLogs

/// Says for each line which template it belongs to.
struct LogsParse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse",
        abstract: "Say for each line which template it belongs to, and its parameters.",
        discussion: """
            A file is read twice, so that every row has the final template; standard input once. Lines of stack traces and \
            the like have the template of the line that they go on with. JSON and logfmt are mined by their message.
            """)

    @OptionGroup var input: LogsInput

    @Option(help: "csv, ndjson, or otel for records with OpenTelemetry's names for template and parameters.")
    var format: LogRun.Format = .csv

    @Flag(help: "Take every line for a record, also those of stack traces.")
    var noJoin = false

    func run() async throws {
        var run = LogRun(.parse, format: format, stream: try input.stream())
        run.joinsLines = !noJoin
        if input.file != "-" { try input.learn(&run) }
        try input.writeRows(&run)
        LogsNotes.tell(run.summary)
    }
}

/// What is worth telling of a run beside its rows.
enum LogsNotes {
    static func tell(_ summary: LogRun.Summary) {
        if summary.cutLines > 0 { Terminal.note("\(summary.cutLines) lines were too long and cut") }
        if summary.linesWithoutText > 0 {
            Terminal.note("\(summary.linesWithoutText) lines hold NULs or bytes that are not UTF-8")
        }
        if summary.escapedLines > 0 {
            Terminal.note("sequences that steer a terminal were taken from \(summary.escapedLines) lines")
        }
        if summary.joinedLines > 0 {
            Terminal.note("\(summary.joinedLines) lines go on with the line before them, as those of stack traces do")
        }
        tell(freeTextLines: summary.freeTextLines, evictedTemplates: summary.evictedTemplates)
    }

    static func tell(freeTextLines: UInt64, evictedTemplates: UInt64) {
        if freeTextLines > 0 {
            Terminal.note("\(freeTextLines) lines have no template of their own: they are free text")
        }
        if evictedTemplates > 0 {
            Terminal.note("\(evictedTemplates) templates were forgotten because there were too many")
        }
    }
}

extension LogRun.Format: ExpressibleByArgument {}
