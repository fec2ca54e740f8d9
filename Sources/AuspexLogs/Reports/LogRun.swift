import AuspexSignals

/// A run over a log file or stream that writes one row per line.
///
/// `parse` says which template each line belongs to; `score` how surprising it is. For a file, give the whole of it to
/// `learn` first: the rows then have the final templates. For a stream leave that out: each row then has the template
/// as it is known at that line, and a template may become more general later.
///
/// ```swift
/// var run = try LogRun(.parse, format: .csv)
/// var rows: [UInt8] = []
/// run.start(into: &rows)
/// while let chunk = next() {
///     run.feed(chunk.span, into: &rows)
///     write(rows)
///     rows.removeAll(keepingCapacity: true)
/// }
/// run.finish(into: &rows)
/// ```
///
/// Memory: that of the stream; nothing is kept per line.
public struct LogRun: Sendable {
    /// What the rows say.
    public enum Report: String, Sendable, CaseIterable {
        /// `LineId,EventId,EventTemplate,ParameterList`; the list is a JSON array of strings.
        case parse
        /// `line,time,severity,event_id,is_new,score,p_value,anomaly_score,anomaly,kind,template,explanation`.
        case score
    }

    /// How the rows are written.
    public enum Format: String, Sendable, CaseIterable {
        /// Comma-separated values with a row of names before them (RFC 4180, lines end with `\n`).
        case csv
        /// One JSON object per line.
        case ndjson
        /// One JSON object per line: in a parse run a log record with OpenTelemetry's names for template and parameters,
        /// in a score run as ``ndjson``.
        case otel
    }

    /// What the run has seen.
    public struct Summary: Hashable, Sendable {
        /// Lines that rows were written for.
        public var lines: UInt64
        /// Templates that are known.
        public var templates: Int
        /// Lines that were cut because they were too long, those learnt from included.
        public var cutLines: UInt64
        /// Templates that were evicted to stay within the bound.
        public var evictedTemplates: UInt64
        /// Rows that reach the alert line; 0 for a `parse` run.
        public var anomalies: UInt64
        /// Lines that went on with the record before them.
        public var joinedLines: UInt64
        /// Lines that have no template of their own, see ``TemplateID/freeText``.
        public var freeTextLines: UInt64
        /// Lines with NULs or with bytes that are not UTF-8, those learnt from not included.
        public var linesWithoutText: UInt64
        /// Lines from which sequences were taken that steer a terminal, those learnt from not included.
        public var escapedLines: UInt64
    }

    /// What the rows say.
    public let report: Report
    /// How they are written.
    public let format: Format
    /// Whether the lines of a stack trace and the like belong to the line before them: a `parse` run gives them its
    /// template and no parameters, a `score` run, and one in OpenTelemetry's terms, no row. Only for whole lines, not for messages of a column.
    public var joinsLines = true
    /// Whether a `score` run writes a row only for lines that reach the alert line.
    public var writesOnlyAnomalies = false
    /// The stream behind the run: its state can be kept, its templates listed.
    public private(set) var stream: LogStream

    private var splitter: LineSplitter
    private var joiner = RecordJoiner()
    private var joinedLines: UInt64 = 0
    private var lastPart: [UInt8] = []
    private var last: LogReading?
    private var linesWithoutText: UInt64 = 0
    private var escapedLines: UInt64 = 0
    private var hasLearnt = false
    private var rows: UInt64 = 0
    private var anomalies: UInt64 = 0
    private var parameters: [Range<Int>] = []
    /// What the rows of a template have in common, written once per version; at most as many as there are templates.
    private var templateParts: [TemplateID: (version: UInt32, bytes: [UInt8])] = [:]

    /// Creates a run.
    ///
    /// - Throws: ``LogConfigurationError`` when a setting is out of its range.
    public init(
        _ report: Report, format: Format, configuration: LogStream.Configuration = .init()
    ) throws(LogConfigurationError) {
        self.init(report, format: format, stream: try LogStream(configuration: configuration))
    }

    /// Creates a run that goes on from the state of `stream`.
    public init(_ report: Report, format: Format, stream: LogStream) {
        self.report = report
        self.format = format
        self.stream = stream
        splitter = LineSplitter(maximumLineBytes: stream.configuration.miner.maximumLineBytes)
    }

    /// Lets `body` use the splitter and the rest of the run side by side; the splitter is moved out meanwhile, so that
    /// nothing is copied.
    private mutating func withSplitter(_ body: (inout LogRun, inout LineSplitter) -> Void) {
        var splitter = LineSplitter()
        swap(&splitter, &self.splitter)
        body(&self, &splitter)
        self.splitter = splitter
    }

    // MARK: Learning

    /// Learns from the next bytes of an input without writing rows.
    public mutating func learn(_ chunk: Span<UInt8>) {
        withSplitter { run, splitter in
            splitter.feed(chunk) { run.learn(line: $0) }
        }
    }

    /// Ends an input that is learnt from.
    public mutating func finishLearning() {
        withSplitter { run, splitter in
            splitter.finish { run.learn(line: $0) }
        }
        joiner = RecordJoiner()
        stream.vote.isSettled = true
    }

    private mutating func learn(line: Span<UInt8>) {
        hasLearnt = true
        if LineText.inspect(line).contains(.escapes) {
            let plain = LineText.withoutEscapes(line)
            learn(plain: plain.span)
        } else {
            learn(plain: line)
        }
    }

    private mutating func learn(plain line: Span<UInt8>) {
        let anatomy = stream.anatomy(of: line, reference: stream.configuration.referenceTime)
        if joinsLines, joiner.continues(line, hasTimestamp: anatomy.hasTimestamp) { return }
        _ = stream.update(line, anatomy)
    }

    /// Learns from one message.
    public mutating func learn(message: Span<UInt8>) {
        hasLearnt = true
        _ = stream.update(message)
    }

    // MARK: Rows

    /// Writes what comes before the first row.
    public func start(into output: inout [UInt8]) {
        guard format == .csv else { return }
        switch report {
        case .parse: output.append("LineId,EventId,EventTemplate,ParameterList\n")
        case .score:
            output.append(
                "line,time,severity,event_id,is_new,score,p_value,anomaly_score,anomaly,kind,template,explanation\n")
        }
    }

    /// Takes the next bytes of the input and appends the rows of the lines that end in them.
    public mutating func feed(_ chunk: Span<UInt8>, into output: inout [UInt8]) {
        withSplitter { run, splitter in
            splitter.feed(chunk) { run.feed(line: $0, into: &output) }
        }
    }

    /// Ends the input and appends the row of a last line without line end.
    public mutating func finish(into output: inout [UInt8]) {
        withSplitter { run, splitter in
            splitter.finish { run.feed(line: $0, into: &output) }
        }
        finishScoring(into: &output)
    }

    /// Judges what is still open at the end, such as sessions: one more row for each that is anomalous, in the name of
    /// the last line.
    public mutating func finishScoring(into output: inout [UInt8]) {
        guard report == .score, var last else { return }
        for verdict in stream.finish() {
            last.verdicts = [verdict]
            append(last, into: &output)
        }
    }

    private mutating func feed(line: Span<UInt8>, into output: inout [UInt8]) {
        let finding = LineText.inspect(line)
        if finding.contains(.noText) { linesWithoutText += 1 }
        guard finding.contains(.escapes) else { return feed(plain: line, into: &output) }
        escapedLines += 1
        let plain = LineText.withoutEscapes(line)
        feed(plain: plain.span, into: &output)
    }

    private mutating func feed(plain line: Span<UInt8>, into output: inout [UInt8]) {
        let anatomy = stream.anatomy(of: line, reference: stream.configuration.referenceTime)
        if joinsLines, joiner.continues(line, hasTimestamp: anatomy.hasTimestamp) {
            rows += 1
            joinedLines += 1
            if report == .parse, format != .otel { LogRows.append(lastPart, line, [], row: rows, format, to: &output) }
        } else {
            feed(line, anatomy, into: &output)
        }
    }

    /// Takes one message from a column of a table and appends its row.
    public mutating func feed(message: Span<UInt8>, into output: inout [UInt8]) {
        feed(message, stream.anatomy(of: message, reference: stream.configuration.referenceTime), into: &output)
    }

    private mutating func feed(_ line: Span<UInt8>, _ anatomy: LineAnatomy, into output: inout [UInt8]) {
        rows += 1
        switch report {
        case .parse:
            let match = stream.parse(line, anatomy, isLearning: !hasLearnt, parameters: &parameters)
            if format == .otel {
                let text = stream.miner.text(of: match.template) ?? ""
                LogRows.append((match.template, match.version, text), line, anatomy, parameters, to: &output)
            } else {
                lastPart = templatePart(of: match)
                LogRows.append(lastPart, line, parameters, row: rows, format, to: &output)
            }
        case .score:
            let reading = stream.update(line, anatomy)
            append(reading, into: &output)
            last = reading
        }
    }

    private mutating func append(_ reading: LogReading, into output: inout [UInt8]) {
        if reading.isAnomalous { anomalies += 1 }
        if writesOnlyAnomalies, !reading.isAnomalous { return }
        let findings = reading.verdicts.map { verdict in
            LogRows.Finding(verdict: verdict, text: text(of: verdict, in: reading))
        }
        LogRows.append(reading, findings, row: rows, format, to: &output)
    }

    /// A verdict's explanation, with the name of what it is about where that is not the line.
    private mutating func text(of verdict: LogVerdict, in reading: LogReading) -> String {
        switch verdict.subject {
        case .template(let id) where stream.miner.resolve(id) != reading.templateID:
            "\(stream.miner.text(of: id) ?? id.description): \(verdict.explanation)"
        case .session(let id): "session \(id): \(verdict.explanation)"
        default: verdict.explanation
        }
    }

    /// Counts a row of a table that could not be read and writes nothing, so that later rows keep their numbers.
    public mutating func skip() { rows += 1 }

    private mutating func templatePart(of match: LogMatch) -> [UInt8] {
        if let part = templateParts[match.template], part.version == match.version { return part.bytes }
        let text = stream.miner.text(of: match.template) ?? ""
        let bytes = LogRows.templatePart(match.template, text, format)
        if templateParts.count >= stream.configuration.miner.maximumTemplates { templateParts.removeAll() }
        templateParts[match.template] = (match.version, bytes)
        return bytes
    }

    /// Takes everything that `chunks` brings and gives the rows to `write`, one piece of output per chunk.
    public mutating func run<Chunks: AsyncSequence>(
        _ chunks: Chunks, write: (_ rows: [UInt8]) async throws -> Void
    ) async throws where Chunks.Element == [UInt8] {
        var output: [UInt8] = []
        start(into: &output)
        for try await chunk in chunks {
            feed(chunk.span, into: &output)
            if !output.isEmpty { try await write(output) }
            output.removeAll(keepingCapacity: true)
        }
        finish(into: &output)
        if !output.isEmpty { try await write(output) }
    }

    /// What has been seen so far.
    public var summary: Summary {
        Summary(
            lines: rows, templates: stream.miner.templateCount, cutLines: splitter.cutLines + stream.miner.cutLines,
            evictedTemplates: stream.miner.evictedTemplates, anomalies: anomalies, joinedLines: joinedLines,
            freeTextLines: stream.miner.freeTextLines, linesWithoutText: linesWithoutText, escapedLines: escapedLines)
    }
}

extension LogStream {
    /// Takes one raw line for its template and parameters alone; ranges are those of the whole line. When not learning,
    /// nothing is counted and no template becomes more general.
    mutating func parse(
        _ line: Span<UInt8>, _ anatomy: LineAnatomy, isLearning: Bool, parameters: inout [Range<Int>]
    ) -> LogMatch {
        let start = anatomy.message.lowerBound
        let match: LogMatch
        if anatomy.source == .line {
            let message = line.extracting(anatomy.message)
            match =
                isLearning
                ? miner.add(message, at: anatomy.time, parameters: &parameters)
                : miner.match(message, parameters: &parameters)
        } else {
            let text = scratch
            match =
                isLearning
                ? miner.add(text.span, at: anatomy.time, parameters: &parameters)
                : miner.match(text.span, parameters: &parameters)
            // As many as the text has variables, or none.
            if anatomy.source == .names {
                let values = parameters.count == fields.count ? fields.map(\.value) : []
                parameters = values
            } else {
                parameters = parameters.map { anatomy.placeInLine($0) }
            }
        }
        if start > 0 {
            for index in parameters.indices {
                parameters[index] = parameters[index].lowerBound + start..<parameters[index].upperBound + start
            }
        }
        return match
    }
}
