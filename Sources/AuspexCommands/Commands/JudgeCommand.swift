import ArgumentParser
import AuspexChanges
import AuspexSignals
import AuspexWire

/// Compares what runs now with what ran before, or beside it.
struct JudgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Judge whether what runs now is worse than what ran before or runs beside it.",
        discussion: """
            Both files are tables with a column for each metric and a row for each interval, oldest first. Without \
            --config every column is judged by what its name and values say it is; a canary configuration of kayenta \
            is judged as kayenta does. With --sequential the rows are looked at one by one, row i of the baseline beside \
            row i of the canary, and the answer is when that would have stopped, and with what. Exit codes: 0 pass or \
            warn, 1 fail or inconclusive (see --on-inconclusive).
            """)

    enum OnInconclusive: String, ExpressibleByArgument, CaseIterable {
        case fail
        case pass
    }

    @Option(help: "The table of what ran before, or runs beside; CSV or NDJSON.")
    var baseline: String

    @Option(help: "The table of what runs now.")
    var canary: String

    @Option(help: "How to judge: YAML, or a canary configuration of kayenta in JSON.")
    var config: String?

    @Option(help: "Templates of error lines with their numbers: a table with the columns template, before and after.")
    var templates: String?

    @Option(help: "How many minutes the lines before were gathered in.")
    var minutesBefore = 1.0

    @Option(help: "How many minutes the lines after were gathered in.")
    var minutesAfter = 1.0

    @Flag(help: "Look at every row in turn, and say when that would have stopped.")
    var sequential = false

    @Option(help: "With --sequential, how many times as high or low a metric may be in a pass.")
    var tolerated = JudgeStream.Settings().tolerated

    @Option(help: "What it means when too little is known: fail or pass.")
    var onInconclusive: OnInconclusive = .fail

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    func validate() throws {
        guard minutesBefore > 0, minutesAfter > 0, minutesBefore.isFinite, minutesAfter.isFinite else {
            throw ValidationError("--minutes-before and --minutes-after must be over 0")
        }
        guard tolerated > 1, tolerated.isFinite else { throw ValidationError("--tolerated must be over 1") }
        guard !sequential || templates == nil else {
            throw ValidationError(
                "--templates has no times, so that it can't be looked at by --sequential; leave one out")
        }
    }

    func run() async throws {
        if sequential { return try judgeRows() }
        let report = try Failure.ofInput {
            try judgeConfiguration().judge(
                baseline: try Self.table(baseline), canary: try Self.table(canary), templates: try templateCounts())
        }
        Terminal.print(format == .json ? try json(report) : report.table)
        try exit(with: report.verdict)
    }

    private func judgeRows() throws {
        let report = try Failure.ofInput {
            guard case .standard(let policy) = try judgeConfiguration() else {
                throw Failure(
                    .input, "\(config ?? "") is a configuration of kayenta, which looks once; leave --sequential out")
            }
            var settings = JudgeStream.Settings()
            settings.tolerated = tolerated
            return SequentialJudge(policy: policy, settings: settings).judge(
                baseline: try Self.table(baseline), canary: try Self.table(canary))
        }
        Terminal.print(format == .json ? try json(report) : report.table)
        try exit(with: report.verdict)
    }

    private func exit(with verdict: Verdict.Outcome) throws {
        switch verdict {
        case .pass, .warn: return
        case .inconclusive where onInconclusive == .pass: return
        case .fail, .inconclusive: throw ExitCode(Failure.Code.found.rawValue)
        }
    }

    private func judgeConfiguration() throws -> JudgeConfiguration {
        guard let config else { return .standard(JudgePolicy()) }
        return try JudgeConfiguration(parsing: try text(of: config), file: config)
    }

    private static func table(_ path: String) throws -> MetricTable {
        MetricTable(
            try series(path).flatMap { series in
                zip(series.names, series.columns).map { (name: name($0, of: series), values: $1) }
            })
    }

    /// What a file holds; nothing for one with a header and no row, which a side without data has.
    private static func series(_ path: String) throws -> [TabularSeries] {
        do {
            return try TableReader().read(path: path).series
        } catch {
            guard error.problem == .noRows else { throw error }
            return []
        }
    }

    /// The column's name, or the series' where a file holds series of their own.
    private static func name(_ column: String, of series: TabularSeries) -> String {
        guard !series.labels.pairs.isEmpty else { return column }
        return series.names.count == 1 ? series.labels.description : "\(series.labels) \(column)"
    }

    private func templateCounts() throws -> TemplateCounts {
        guard let templates else { return TemplateCounts() }
        var options = TableOptions()
        options.timeColumn = .none
        options.seriesColumn = "template"
        options.valueColumns = ["before", "after"]
        let input = try TableReader(options: options).read(path: templates)
        let entries = input.series.map { series in
            let sums = series.columns.map { $0.filter { !$0.isNaN }.reduce(0, +) }
            let template = series.labels["template"] ?? series.labels.description
            return TemplateCounts.Entry(template: template, before: sums.first ?? 0, after: sums.last ?? 0)
        }
        return TemplateCounts(entries: entries, exposureBefore: minutesBefore, exposureAfter: minutesAfter)
    }
}
