public import AuspexDetection
import AuspexSignals
import AuspexWire
import Foundation

/// Scores the rows of one input.
///
/// ```swift
/// var run = ScoringRun(path: "metrics.csv")
/// run.detector = "knn:k=5"
/// let result = try await run.run()
/// try result.write(.csv) { print($0, terminator: "") }
/// ```
///
/// An input of several series is scored series by series.
public struct ScoringRun: Sendable {
    /// The detector that is taken when none is named.
    public static let defaultDetector = EvaluationRun.defaultDetector

    /// The file, or `-` for standard input: CSV or NDJSON, plain or compressed with gzip.
    public var path: String
    /// The detector's specification, such as `knn:k=5`.
    public var detector = defaultDetector
    /// Whether the detector's streaming form scores, as it would live: each row once, by those before it.
    public var isOnline = false
    /// How the columns are to be taken.
    public var input = InputOptions()
    /// The rate of false alerts a row.
    public var alpha = CalibratedScore.defaultAlpha
    /// How many false alerts a series may have in a stretch of time; takes the place of ``alpha``. Kept by the streaming form,
    /// so that the run is online, and for series that have times.
    public var allowance: AlertAllowance?
    /// Where the detector is looked up.
    public var registry = DetectorRegistry.standard
    /// Whether rows beyond the alert line say which members of an ensemble, or which columns, raised their scores.
    public var explains = false
    /// How many series are scored at once.
    public var parallelism = ProcessInfo.processInfo.activeProcessorCount

    /// Whether the streaming form scores.
    var scoresOnline: Bool { isOnline || allowance != nil }

    /// A value as it is read and as the table holds it.
    private static let bytesPerCell = 16

    /// How much memory a file's table may take; one that needs more is refused before it is read.
    public var memory = MemoryAllowance.ofMachine

    /// Is told how far a file has come that is scored row by row, after every few thousand rows; from any thread.
    public var progress: @Sendable (ReadingProgress) -> Void = { _ in }

    /// Creates a run of the default detector.
    public init(path: String) {
        self.path = path
    }

    /// Looks whether the detector and the rate are right, before anything is read.
    ///
    /// - Throws: `DetectorError`.
    public func check() throws {
        _ = try registry.make(detector, online: scoresOnline)
        _ = try BatchCalibrator(reference: [], alpha: alpha)
    }

    /// Reads and scores the input as a whole; see ``stream(from:)`` for large ones.
    ///
    /// - Throws: an error whose description names file, line and column when the input is wrong, ``EvaluationError`` when
    ///   its table is too large, `DetectorError`, and `CancellationError`.
    public func run() async throws -> ScoringResult {
        try await run(on: WorkerLanes(count: parallelism), expecting: expectedTable())
    }

    /// The same on lanes that several runs may share, of a table that was looked at before.
    func run(on lanes: WorkerLanes, expecting expected: TableEstimate?) async throws -> ScoringResult {
        let made = try registry.make(detector, online: scoresOnline)
        // Tells a wrong rate before anything is read.
        _ = try BatchCalibrator(reference: [], alpha: alpha)
        if let expected { try allow(expected.tableBytes, rows: expected.rows) }
        var options = input.table
        // What the beginning of a file does not show, such as columns that come late, is bounded as it is read.
        options.limits.cells = min(options.limits.cells, memory.bytes / Self.bytesPerCell)
        let (path, reading) = (path, TableReader(options: options))
        let read = await lanes.run { Result { try reading.read(path: path) } }
        return try await score(try read.get(), with: made, lanes)
    }

    /// Scores bytes that are in memory; ``path`` names them in messages.
    public func run(bytes: [UInt8]) async throws -> ScoringResult {
        let made = try registry.make(detector, online: scoresOnline)
        let input = try TableReader(options: input.table).read(bytes: bytes, file: path)
        return try await score(input, with: made, WorkerLanes(count: parallelism))
    }

    private func score(
        _ input: TabularInput, with made: any BatchDetector, _ lanes: WorkerLanes
    ) async throws -> ScoringResult {
        let scored = try await withThrowingTaskGroup(of: (Int, ScoredSeries).self) { group in
            for (index, series) in input.series.enumerated() {
                group.addTask {
                    try Task.checkCancellation()
                    return (index, try await lanes.run { Result { try score(series, with: made) } }.get())
                }
            }
            var scored = [ScoredSeries?](repeating: nil, count: input.series.count)
            for try await (index, series) in group { scored[index] = series }
            return scored.compactMap(\.self)
        }
        var result = ScoringResult(detector: detector, alpha: alpha, input: input, series: scored)
        result.allowance = allowance
        return result
    }

    private func score(_ series: TabularSeries, with made: any BatchDetector) throws -> ScoredSeries {
        let training = TrainingRange.named(in: path, rows: series.rowCount)
        let labelled = LabelledSeries(
            name: series.labels.description, table: try Table(series), labels: series.truth, training: training)
        let order = TimeOrder(series.times)
        let sorted = order.sorted(labelled)
        let result =
            scoresOnline
            ? try CalibratedOutput(online: detector, series: sorted, alpha: onlineAlpha(sorted), registry: registry)
            : try CalibratedOutput(made, name: detector, series: sorted, alpha: alpha)
        return ScoredSeries(labelled, of: series, result: result.restored(order), explains: explains)
    }

    /// The rate that the allowance comes to at the usual step of a series.
    private func onlineAlpha(_ series: LabelledSeries) throws -> Double {
        guard let allowance else { return alpha }
        guard let times = series.table.times, times.count > 1 else {
            throw DetectorError.invalidAllowance(reason: "\(series.name) has no times; give --alpha instead")
        }
        let steps = zip(times, times.dropFirst()).map { ($1 - $0).milliseconds }.filter { $0 > 0 }.sorted()
        return try allowance.alpha(step: TimeSpan(milliseconds: steps.isEmpty ? 0 : steps[steps.count / 2]))
    }
}
