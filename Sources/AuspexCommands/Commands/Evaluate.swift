public import ArgumentParser
public import AuspexEvaluation
import AuspexSignals

/// Measures detectors on labelled files.
struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure detectors on labelled files: VUS-PR, AUC-PR, best F1 of rows and of events, and others.",
        discussion: """
            The metrics are those of TSB-AD: VUS-PR, VUS-ROC, AUC-PR, AUC-ROC, best F1, point-adjusted F1, event F1, \
            range-based and affiliation precision, recall and F1. The table has those that fit on a line, JSON and CSV have \
            all. Random scores and the z-score are measured beside the detectors, for what a figure is worth. A folder is a \
            set, and has means of its own.

            Paths are files or folders with .csv or .csv.gz files; a column label or is_anomaly is the truth. A name with \
            _tr_N gives the end of the training rows. The layouts of the UCR Anomaly Archive, Yahoo S5, SMD, SMAP, MSL and \
            ASD are known without an option; arrays of NumPy are read, pickles are not. A path that is not there is an error before the work begins; a file \
            that cannot be read or measured gets a row with the error, and the rest goes on.
            """)

    @Argument(help: "Files and folders.")
    var paths: [String]

    @Option(
        name: .customLong("detector"),
        help: "A detector, as NAME, NAME:key=value,… or 'exec:PROGRAM ARGUMENT…'; may be repeated.")
    var detectors: [String] = []

    @Flag(help: "Score each row by the rows up to it alone, as if the others were not there yet; with auto.")
    var causal = false

    @Flag(
        help: """
            Score with the detector's streaming form, as `auspex serve` does: each row once, by what came before it and in \
            bounded memory.
            """)
    var online = false

    @Flag(help: "Measure no random score and no z-score beside the detectors.")
    var noBaselines = false

    @Option(help: "table, json or csv.")
    var format: EvaluationFormat = .table

    @Option(help: "files, or nab for the one folder of the Numenta Anomaly Benchmark.")
    var suite: EvaluationSuite = .files

    @Option(help: "Write an HTML report with a picture of each series to this file.")
    var report: String?

    @Option(help: "The rate of false alerts a row that a report's alert line stands for.")
    var alpha: Double?

    @Option(
        help: """
            The memory that tables may take, such as 4g or 512m; by default what the machine has. Files wait where all that \
            are measured at once would take more.
            """)
    var maxMemory: ByteSize?

    @OptionGroup var work: JobsOption

    @OptionGroup var columns: InputColumns

    func validate() throws {
        if causal { try detectors.forEach { try CausalChoice.check($0, online: online) } }
    }

    func run() async throws {
        var run = EvaluationRun(paths: paths)
        if !detectors.isEmpty { run.detectors = detectors }
        run.isOnline = online
        if causal { run.detectors = run.detectors.map(CausalChoice.causal) }
        if let alpha { run.alpha = alpha }
        if let maxMemory { run.memory = .given(maxMemory.bytes) }
        if let jobs = work.jobs { run.parallelism = jobs }
        run.input = columns.options
        run.suite = suite
        run.baselines = !noBaselines
        run.keepsFigures = report != nil
        let offline = try OfflineDetectors()
        run.registry = offline.registry
        let configured = run
        try await offline.run { try await evaluate(configured, offline.unfinished) }
    }

    private func evaluate(_ run: EvaluationRun, _ unfinished: UnfinishedFiles) async throws {
        let reportFile = try report.map { try OutputFile($0, option: "--report", unfinished) }
        let bar = ProgressBar()
        defer { bar.end() }
        let result = try await Failure.ofInput {
            try await run.run { progress in
                bar.show(done: progress.done, total: progress.total, name: progress.file)
            }
        }
        bar.end()
        for file in result.skipped { Terminal.note("skipped \(file.file): \(file.reason)") }
        // The report first, for whoever reads the text may stop reading.
        try reportFile?.write(HTMLReport(evaluation: result, generatedAt: SystemWallClock().now()).html)
        Terminal.write(try result.text(format))
        if result.rows.allSatisfy({ $0.error != nil }) {
            throw Failure(.input, "no file could be measured; see the errors above")
        }
    }
}

extension EvaluationFormat: ExpressibleByArgument {}

extension EvaluationSuite: ExpressibleByArgument {}
