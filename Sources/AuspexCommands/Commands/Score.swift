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
            time or index, values, score, p_value, anomaly (0 or 1), expected, lower, upper.
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

    @Flag(help: "Exit with 1 when a row is beyond the alert line.")
    var failOn = false

    @OptionGroup var columns: InputColumns

    func validate() throws {
        guard report == nil || inputs.count == 1 else { throw ValidationError("--report takes one input") }
    }

    func run() async throws {
        let detectors = try OfflineDetectors()
        try await detectors.run { try await score(with: detectors.registry) }
    }

    private func score(with registry: DetectorRegistry) async throws {
        let outputFile = try output.map { try OutputFile($0, option: "--output") }
        let reportFile = try report.map { try OutputFile($0, option: "--report") }
        var text = ""
        var anomalies = 0
        for path in inputs {
            var run = ScoringRun(path: path)
            run.detector = detector
            run.registry = registry
            run.input = columns.options
            if let alpha { run.alpha = alpha }
            let configured = run
            let result = try await Failure.ofInput { try await configured.run() }
            for rejection in result.rejections { Terminal.note("left out: \(rejection)") }
            for note in result.notes { Terminal.note("\(path): \(note)") }
            anomalies += result.anomalyCount
            // First, for whoever reads the rows may stop reading.
            try reportFile?.write(HTMLReport(scoring: result, generatedAt: SystemWallClock().now()).html)
            if outputFile == nil {
                result.write(format) { Terminal.write($0) }
            } else {
                result.write(format) { text += $0 }
            }
        }
        try outputFile?.write(text)
        if failOn, anomalies > 0 { throw ExitCode(Failure.Code.found.rawValue) }
    }
}

extension ScoringFormat: ExpressibleByArgument {}
