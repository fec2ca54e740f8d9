public import ArgumentParser
public import AuspexLogs
import AuspexSignals
import AuspexWire
import Foundation

/// Finds the templates of log lines, and the lines that are news.
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the templates of log lines, and the lines that nobody has seen before.",
        subcommands: [Parse.self, ScoreLines.self, Templates.self])

    /// Where the lines come from.
    struct Input: ParsableArguments {
        @Argument(help: "A log file, also compressed with gzip; - for standard input.")
        var file: String

        @Option(help: "A moment near the lines', for timestamps without a year, such as 2026-03-01T12:00:00Z.")
        var referenceTime: String?

        func configuration() throws -> LogStream.Configuration {
            guard let referenceTime else { return LogStream.Configuration() }
            guard let moment = Timestamp(iso8601: referenceTime) else {
                throw ValidationError("--reference-time \(referenceTime) is not a moment such as 2026-03-01T12:00:00Z")
            }
            return LogStream.Configuration(referenceTime: moment)
        }

        /// Reads the input piece by piece.
        func forEachPiece(_ body: ([UInt8]) -> Void) async throws {
            try await Failure.ofInput {
                let pieces = try InputPieces(path: file)
                while let piece = try pieces.next() { body(piece) }
            }
        }
    }

    struct Parse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say for each line which template it belongs to, and its parameters.",
            discussion: "A file is read twice, so that every row has the final template; standard input once.")

        @OptionGroup var input: Input

        @Option(help: "csv or ndjson.")
        var format: LogRun.Format = .csv

        func run() async throws {
            var run = try LogRun(.parse, format: format, configuration: input.configuration())
            if input.file != "-" {
                try await input.forEachPiece { run.learn($0.span) }
                run.finishLearning()
            }
            try await writeRows(&run, input)
        }
    }

    struct ScoreLines: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "score", abstract: "Say for each line how surprising it is, in the order in which lines come.")

        @OptionGroup var input: Input

        @Option(help: "csv or ndjson.")
        var format: LogRun.Format = .csv

        @Flag(help: "Only the lines that reach the alert line.")
        var onlyNew = false

        @Flag(help: "Exit with 1 when a line reaches the alert line.")
        var failOn = false

        func run() async throws {
            var run = try LogRun(.score, format: format, configuration: input.configuration())
            run.writesOnlyAnomalies = onlyNew
            try await writeRows(&run, input)
            let summary = run.summary
            Terminal.note(
                "\(summary.lines) lines, \(summary.templates) templates, \(summary.anomalies) lines at or above the "
                    + "alert line")
            if failOn, summary.anomalies > 0 { throw ExitCode(Failure.Code.found.rawValue) }
        }
    }

    struct Templates: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the templates: how often, first and last line, an example.")

        @OptionGroup var input: Input

        @Option(help: "table, csv or ndjson.")
        var format: TemplateListing.Format = .table

        func run() async throws {
            var run = try LogRun(.parse, format: .csv, configuration: input.configuration())
            try await input.forEachPiece { run.learn($0.span) }
            run.finishLearning()
            Terminal.write(TemplateListing(run.stream).text(format))
        }
    }
}

/// Feeds the input to the run and prints its rows as they come.
private func writeRows(_ run: inout LogRun, _ input: Logs.Input) async throws {
    var rows: [UInt8] = []
    run.start(into: &rows)
    // The closure cannot hold the parameter itself.
    var own = run
    try await input.forEachPiece { piece in
        own.feed(piece.span, into: &rows)
        Terminal.write(bytes: rows)
        rows.removeAll(keepingCapacity: true)
    }
    own.finish(into: &rows)
    Terminal.write(bytes: rows)
    run = own
}

extension LogRun.Format: ExpressibleByArgument {}

extension TemplateListing.Format: ExpressibleByArgument {}
