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

        @Option(
            help: "The input is CSV with a header; take the messages from the column of this name, such as Content.")
        var column: String?

        @Option(help: "A moment near the lines', for timestamps without a year, such as 2026-03-01T12:00:00Z.")
        var referenceTime: String?

        func validate() throws {
            _ = try configuration()
        }

        func configuration() throws -> LogStream.Configuration {
            var configuration = LogStream.Configuration(readsHeaders: column == nil)
            guard let referenceTime else { return configuration }
            guard let moment = Timestamp(iso8601: referenceTime) else {
                throw ValidationError("--reference-time \(referenceTime) is not a moment such as 2026-03-01T12:00:00Z")
            }
            configuration.referenceTime = moment
            return configuration
        }

        /// Lets the run learn from the whole input.
        func learn(_ run: inout LogRun) throws {
            guard let column else {
                try forEachPiece { run.learn($0.span) }
                return run.finishLearning()
            }
            _ = try forEachMessage(of: column) { message in
                if let message { run.learn(message: message) }
            }
        }

        /// Feeds the whole input to the run and writes its rows as they come.
        func writeRows(_ run: inout LogRun) throws {
            var rows: [UInt8] = []
            run.start(into: &rows)
            if let column {
                let rejected = try forEachMessage(of: column) { message in
                    if let message { run.feed(message: message, into: &rows) } else { run.skip() }
                    if rows.count > Self.outputSize { Self.write(&rows) }
                }
                for error in rejected.errors { Terminal.note("left out: \(error)") }
                let untold = rejected.rejectedCount - rejected.errors.count
                if untold > 0 { Terminal.note("left out: \(untold) more rows") }
            } else {
                try forEachPiece { piece in
                    run.feed(piece.span, into: &rows)
                    Self.write(&rows)
                }
                run.finish(into: &rows)
            }
            Self.write(&rows)
        }

        private static let outputSize = 1 << 16

        private static func write(_ rows: inout [UInt8]) {
            Terminal.write(bytes: rows)
            rows.removeAll(keepingCapacity: true)
        }

        /// Reads the input piece by piece.
        private func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
            try Failure.ofInput {
                let pieces = try InputPieces(path: file)
                while let piece = try pieces.next() { try body(piece) }
            }
        }

        /// Reads the messages of a column, nil for a row that cannot be read.
        private func forEachMessage(of column: String, _ body: (Span<UInt8>?) -> Void) throws -> CSVColumn {
            var reader = CSVColumn(name: column, file: file)
            try forEachPiece { try reader.feed($0, body) }
            try Failure.ofInput { try reader.finish(body) }
            return reader
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
            if input.file != "-" { try input.learn(&run) }
            try input.writeRows(&run)
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
            try input.writeRows(&run)
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
            try input.learn(&run)
            Terminal.write(TemplateListing(run.stream).text(format))
        }
    }
}

extension LogRun.Format: ExpressibleByArgument {}

extension TemplateListing.Format: ExpressibleByArgument {}
