import AuspexDetection
import AuspexSignals
import AuspexWire

/// An input that was scored row by row, so that its table is never in memory: of each row only the raw score is kept, to
/// place the others among them. The rows are read a second time when they are written.
public struct StreamedScoring: Sendable {
    /// What a reader should know of the input, and what the detector has to say of its scores.
    public let notes: [String]
    /// The errors of the first rows that were left out because they could not be read.
    public let rejections: [String]
    /// How many rows there are.
    public let rowCount: Int

    /// The bytes of the scores that are kept.
    var scoreBytes: Int { rowCount * MemoryLayout<Double>.size }

    /// Parts have at least so many rows.
    static let partRows = 8 * ScoringText.fittedRows

    /// What is known of a series once all of it was read.
    struct Series: Sendable {
        var calibrator: BatchCalibrator
        var rows: Int
    }

    private let run: ScoringRun
    private let fresh: TableStream
    private let series: [Labels: Series]
    private let names: [String]
    private let textBytes: Int

    init(
        _ run: ScoringRun, fresh: TableStream, series: [Labels: Series], names: [String], notes: [String],
        rejections: [String], textBytes: Int
    ) {
        self.run = run
        self.fresh = fresh
        self.series = series
        self.names = names
        self.notes = notes
        self.rejections = rejections
        self.textBytes = textBytes
        rowCount = series.values.reduce(0) { $0 + $1.rows }
    }

    /// Reads the input again and writes what ``ScoringResult/write(_:to:)`` writes, to the last bit.
    ///
    /// - Returns: how many rows reach the alert line.
    /// - Throws: ``EvaluationError/changed(file:)``, an error of the reading, and what `sink` throws.
    public func write(_ format: ScoringFormat, to sink: (String) throws -> Void) throws -> Int {
        var streams: [Labels: TableStream] = [:]
        var rows: [Labels: Int] = [:]
        var text = ScoringText(format)
        var isFirst = true
        var anomalies = 0
        var parts = try TableReader(options: run.streamingOptions).parts(path: run.path)
        var progress = ReadingProgress(
            file: run.path, purpose: .writing, rows: 0, bytes: 0, totalBytes: max(1, textBytes))
        while let part = try parts.next(rows: Self.partRows) {
            let scored = try part.series.map { piece in
                guard let known = series[piece.labels] else { throw EvaluationError.changed(file: run.path) }
                rows[piece.labels, default: 0] += piece.rowCount
                return try score(piece, &streams[piece.labels, default: fresh], known.calibrator)
            }
            guard !scored.isEmpty else { continue }
            let result = ScoringResult(
                detector: run.detector, alpha: run.alpha, input: part, series: scored, seriesCount: series.count)
            if isFirst { try text.begin(result, to: sink) }
            isFirst = false
            try text.append(result, to: sink)
            anomalies += result.anomalyCount
            progress.rows += result.rowCount
            progress.bytes = parts.bytesRead
            run.progress(progress)
        }
        try text.end(to: sink)
        guard rows == series.mapValues(\.rows) else { throw EvaluationError.changed(file: run.path) }
        return anomalies
    }

    private func score(
        _ piece: TabularSeries, _ stream: inout TableStream, _ calibrator: BatchCalibrator
    ) throws -> ScoredSeries {
        guard piece.columns.count <= names.count else { throw EvaluationError.changed(file: run.path) }
        var columns = piece.columns
        // Columns that only come later were missing before.
        while columns.count < names.count { columns.append(Array(repeating: .nan, count: piece.rowCount)) }
        let table = try Table(columns: columns, names: names, times: piece.times)
        let (scores, expectations) = stream.scores(table)
        return ScoredSeries(
            part: piece, table: table, scores: scores, calibrated: calibrator.calibrated(scores),
            expectations: table.columns == 1 ? expectations : nil)
    }
}
