public import ArgumentParser
import AuspexDetection
public import AuspexEvaluation
import AuspexSignals

/// Scores the rows of a table.
struct Score: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score every row of a table: how strange it is, and whether it is beyond the alert line.",
        discussion: """
            CSV or NDJSON, also compressed with gzip; - reads standard input. One row of output for each row of input: \
            time or index, values, score, p_value, anomaly (0 or 1), expected, lower, upper. An input that cannot be scored \
            is told with its file, line and column, the others are scored all the same, and the exit code is 3. Several inputs \
            are scored at once; the rows come in the order of the inputs.
            """)

    @Argument(help: "Files; - for standard input.")
    var inputs: [String]

    @Option(
        help: """
            The detector, as NAME or NAME:key=value,…; `auspex detectors list` has the names. 'exec:PROGRAM ARGUMENT…' runs \
            a program.
            """)
    var detector = ScoringRun.defaultDetector

    @Option(help: "table, csv, ndjson or json.")
    var format: ScoringFormat = .table

    @Option(name: [.customShort("o"), .long], help: "Write the rows to this file instead of standard output.")
    var output: String?

    @Option(help: "Write an HTML report with a picture of each series to this file; one input only.")
    var report: String?

    @Option(help: "The rate of false alerts a row that the alert line stands for.")
    var alpha: Double?

    @Option(
        help: """
            The false alerts that a series may have, such as 1/week or 0.5/day, instead of --alpha; scores with the \
            streaming form as --online does, whose alert line keeps to it.
            """,
        transform: Self.allowance)
    var budget: AlertAllowance?

    @Flag(help: "Score each row by the rows up to it alone, as if the others were not there yet; with auto.")
    var causal = false

    @Flag(
        help: """
            Score with the detector's streaming form, as `auspex serve` does: each row once, by what came before it and in \
            bounded memory.
            """)
    var online = false

    @Flag(help: "Say, for rows beyond the alert line, what raised the score: a column `reason` of auto and combine.")
    var explain = false

    @Flag(help: "Exit with 1 when a row is beyond the alert line.")
    var failOn = false

    @Option(
        help: """
            The memory that tables may take, such as 4g or 512m; by default what the machine has. Large files in the order \
            of their times take 8 bytes a row where the detector is a streaming one. Inputs wait where all that are scored \
            at once would take more.
            """)
    var maxMemory: ByteSize?

    /// Notes of one input that are shown; a wide table may have one of each column.
    private static let shownNotes = 20

    @OptionGroup var work: JobsOption

    @OptionGroup var columns: InputColumns

    private static func allowance(_ text: String) throws -> AlertAllowance {
        guard let allowance = AlertAllowance(text) else {
            throw ValidationError("an allowance of false alerts is \(AlertAllowance.form)")
        }
        return allowance
    }

    func validate() throws {
        guard report == nil || inputs.count == 1 else { throw ValidationError("--report takes one input") }
        guard budget == nil || alpha == nil else {
            throw ValidationError("--budget and --alpha say the same; give one")
        }
        // An allowance is kept by the streaming form, which is causal.
        if causal, budget == nil { try CausalChoice.check(detector, online: online) }
    }

    func run() async throws {
        let offline = try OfflineDetectors()
        try await offline.run { try await scoreAll(with: offline) }
    }

    /// Scores the inputs, several at once, and writes their rows in order. One that cannot be scored is told, and the
    /// others are scored all the same.
    private func scoreAll(with offline: OfflineDetectors) async throws {
        let registry = offline.registry
        let file = try output.map { try OutputFile($0, option: "--output", offline.unfinished) }
        let sink = ScoreSink(file, readerLeft: offline.readerLeft)
        let reportFile = try report.map { try OutputFile($0, option: "--report", offline.unfinished) }
        try Failure.ofInput { try run(of: "", registry).check() }
        let progress = ScoreProgress(inputs, isWrittenToFile: output != nil)
        defer { progress.end() }
        var batch = ScoringBatch(
            runs: inputs.map { path in
                var run = run(of: path, registry)
                run.progress = progress.read
                return run
            })
        if let jobs = work.jobs { batch.parallelism = jobs }
        if let maxMemory { batch.memory = .given(maxMemory.bytes) }
        // A report, reasons and an object of JSON need all rows.
        batch.needsWholeTables = explain || reportFile != nil || format == .json
        var anomalies = 0
        var failures = 0
        try await batch.run { index, scored in
            do {
                anomalies += try Failure.ofInput {
                    try write(try scored.get(), of: inputs[index], to: sink, reportFile, progress)
                }
            } catch let failure as Failure where inputs.count > 1 && sink.failure == nil {
                progress.aside { Terminal.error(failure.message) }
                failures += 1
            }
            progress.end(inputs[index])
        }
        if failures < inputs.count { try sink.finish() }
        guard failures == 0 else {
            progress.end()
            throw Failure(.input, "\(failures) of \(inputs.count) inputs could not be scored; see above")
        }
        if failOn, anomalies > 0 { throw ExitCode(Failure.Code.found.rawValue) }
    }

    private func run(of path: String, _ registry: DetectorRegistry) -> ScoringRun {
        var run = ScoringRun(path: path)
        run.isOnline = online
        run.detector = causal && budget == nil ? CausalChoice.causal(detector) : detector
        run.allowance = budget
        run.registry = registry
        run.explains = explain
        run.input = columns.options
        if let alpha { run.alpha = alpha }
        return run
    }

    /// Writes what was scored, and says how many rows are beyond the alert line.
    private func write(
        _ scored: ScoringBatch.Scored, of path: String, to sink: ScoreSink, _ reportFile: OutputFile?,
        _ progress: ScoreProgress
    ) throws -> Int {
        let write = { (text: String) in
            progress.willWriteRows()
            try sink.write(text)
        }
        switch scored {
        case .streamed(let streamed):
            progress.aside { tell(path, streamed.rejections, streamed.notes) }
            return try streamed.write(format, to: write)
        case .whole(let result):
            progress.aside { tell(path, result.rejections, result.notes) }
            // First, for whoever reads the rows may stop reading.
            try reportFile?.write(HTMLReport(scoring: result, generatedAt: SystemWallClock().now()).html)
            try result.write(format, to: write)
            return result.anomalyCount
        }
    }

    private func tell(_ path: String, _ rejections: [String], _ notes: [String]) {
        for rejection in rejections { Terminal.note("left out: \(rejection)") }
        for note in notes.prefix(Self.shownNotes) { Terminal.note("\(path): \(note)") }
        let more = notes.count - Self.shownNotes
        if more > 0 { Terminal.note("\(path): \(more) more notes; --format json has all of them") }
    }
}

extension ScoringFormat: ExpressibleByArgument {}
