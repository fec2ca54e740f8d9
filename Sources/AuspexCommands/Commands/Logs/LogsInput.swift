import ArgumentParser
import AuspexLogs
import AuspexSignals
import AuspexWire
import Foundation

/// Where log lines come from, and how they are mined.
struct LogsInput: ParsableArguments {
    @Argument(help: "A log file, also compressed with gzip; - for standard input.")
    var file: String

    @OptionGroup var mining: LogsMining

    func validate() throws { _ = try mining.configuration() }

    /// A stream that knows what it is told to know.
    func stream(_ detectors: LogStream.Detectors = .none) throws -> LogStream { try mining.stream(detectors) }

    /// Lets the run learn from the whole input.
    func learn(_ run: inout LogRun) throws {
        guard mining.column != nil else {
            try LogsReading.forEachPiece(of: file) { run.learn($0.span) }
            return run.finishLearning()
        }
        _ = try mining.forEachMessage(of: file) { message in
            if let message { run.learn(message: message) }
        }
    }

    /// Feeds the whole input to the run and writes its rows as they come.
    func writeRows(_ run: inout LogRun) throws {
        var rows: [UInt8] = []
        run.start(into: &rows)
        if mining.column != nil {
            let rejected = try mining.forEachMessage(of: file) { message in
                if let message { run.feed(message: message, into: &rows) } else { run.skip() }
                if rows.count > Self.outputSize { Self.write(&rows) }
            }
            LogsMining.note(rejected)
            run.finishScoring(into: &rows)
        } else {
            try LogsReading.forEachPiece(of: file) { piece in
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
}

/// How log lines are taken apart.
struct LogsMining: ParsableArguments {
    @Option(
        help: "The input is CSV with a header; take the messages from the column of this name, such as Content.")
    var column: String?

    @Option(help: "A moment near the lines', for timestamps without a year, such as 2026-03-01T12:00:00Z.")
    var referenceTime: String?

    @Option(
        name: .customLong("mask"),
        help: """
            A regular expression in RE2's syntax whose matches are variables, such as 'tenant-[a-z]+'; may be repeated.
            """)
    var masks: [String] = []

    @Option(
        help: """
            A file of templates that are known, as `auspex logs templates --format ndjson` writes it: they keep their ids, \
            and are no news.
            """)
    var known: String?

    @Flag(help: "Let no template become more general: lines of unknown kinds get templates of their own.")
    var freeze = false

    func configuration(_ detectors: LogStream.Detectors = .none) throws -> LogStream.Configuration {
        var configuration = LogStream.Configuration(
            miner: .init(masks: masks), detectors: detectors, readsHeaders: column == nil)
        if let referenceTime {
            guard let moment = Timestamp(iso8601: referenceTime) else {
                throw ValidationError("--reference-time \(referenceTime) is not a moment such as 2026-03-01T12:00:00Z")
            }
            configuration.referenceTime = moment
        }
        do throws(LogConfigurationError) {
            _ = try LogStream(configuration: configuration)
        } catch {
            let isMask = error.option == "masks"
            throw ValidationError(isMask ? "--mask \(error.value) is not right; allowed: \(error.allowed)" : "\(error)")
        }
        return configuration
    }

    func stream(_ detectors: LogStream.Detectors) throws -> LogStream {
        var stream = try LogStream(configuration: configuration(detectors))
        if let known { try KnownTemplates.seed(&stream, from: known) }
        stream.isFrozen = freeze
        return stream
    }

    /// Reads the messages of the column, nil for a row that cannot be read.
    func forEachMessage(of file: String, _ body: (Span<UInt8>?) -> Void) throws -> CSVColumn {
        var reader = CSVColumn(name: column ?? "", file: file)
        try LogsReading.forEachPiece(of: file) { try reader.feed($0, body) }
        try Failure.ofInput { try reader.finish(body) }
        return reader
    }

    /// Tells of the rows that could not be read.
    static func note(_ rejected: CSVColumn) {
        for error in rejected.errors { Terminal.note("left out: \(error)") }
        let untold = rejected.rejectedCount - rejected.errors.count
        if untold > 0 { Terminal.note("left out: \(untold) more rows") }
    }
}

/// Reads log files.
enum LogsReading {
    /// Reads the input piece by piece.
    static func forEachPiece(of file: String, _ body: ([UInt8]) throws -> Void) throws {
        try Failure.ofInput {
            let pieces = try InputPieces(path: file)
            while let piece = try pieces.next() { try body(piece) }
        }
    }
}

/// Templates that a stream is told of before its first line.
enum KnownTemplates {
    /// Seeds `stream` with the templates of a file, one JSON object a line.
    static func seed(_ stream: inout LogStream, from file: String) throws {
        var splitter = LineSplitter()
        var number = 0
        var problem: Failure?
        func take(_ line: Span<UInt8>) {
            number += 1
            guard problem == nil, !line.isEmpty else { return }
            let text = line.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            guard let object = try? JSONValue(parsing: text), let template = object["EventTemplate"]?.string else {
                problem = Failure(
                    .input, "\(file):\(number): not a template; a line must be an object with \"EventTemplate\"")
                return
            }
            var id: TemplateID?
            if let given = object["EventId"]?.string {
                id = TemplateID(given)
                if id == nil {
                    problem = Failure(
                        .input, "\(file):\(number): \"EventId\" must be 16 hexadecimal digits, not '\(given)'")
                    return
                }
            }
            // Free text is no template.
            if id == .freeText { return }
            stream.seed(template, id: id, isOpenEnded: object["is_open_ended"]?.bool ?? false)
        }
        try LogsReading.forEachPiece(of: file) { piece in splitter.feed(piece.span) { take($0) } }
        splitter.finish { take($0) }
        if let problem { throw problem }
    }
}
