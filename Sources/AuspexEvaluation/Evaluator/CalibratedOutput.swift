import AuspexDetection
import AuspexSignals

/// What a detector says of a series, with its scores on the common scale.
struct CalibratedOutput: Sendable {
    /// Scores, expectations and notes as the detector gave them.
    private(set) var output: DetectorOutput
    /// One p-value and anomaly score a row.
    private(set) var calibrated: [CalibratedScore]
    /// For each row beyond the alert line who raised its score; nil when the detector does not say.
    private(set) var reasons: [String?]?

    /// Whether training rows say enough about rare scores; else the whole series is the reference. It takes at least 1/α
    /// rows to have seen a score that only one row in 1/α reaches.
    static func suffices(_ training: Range<Int>, alpha: Double) -> Bool { Double(training.count) >= 1 / alpha }

    /// Fits and scores one series. Long: not for the cooperative pool.
    ///
    /// - Throws: `DetectorError`, ``EvaluationError/wrongScoreCount(detector:scores:rows:)``.
    init(_ detector: any BatchDetector, name: String, series: LabelledSeries, alpha: Double) throws {
        let table = series.table
        let output = try detector.fit(table, training: series.training).scores(table)
        guard output.scores.count == table.rows, output.expectations.map({ $0.count == table.rows }) ?? true else {
            throw EvaluationError.wrongScoreCount(detector: name, scores: output.scores.count, rows: table.rows)
        }
        var reference = output.scores[...]
        if let training = series.training, Self.suffices(training, alpha: alpha) {
            reference = output.scores[training]
        }
        let calibrator = try BatchCalibrator(reference: Array(reference), alpha: alpha, reach: output.reach)
        self.output = output
        let calibrated = calibrator.calibrated(output.scores)
        self.calibrated = calibrated
        reasons = output.attribution.map { attribution in
            calibrated.indices.map { calibrated[$0].anomalyScore >= 1 ? Self.reason(attribution.leaders(of: $0)) : nil }
        }
    }

    /// Scores one series as streams would be, in the order of time. Long: not for the cooperative pool.
    ///
    /// One column is a stream. Several are a group: every column has a stream, which may alert at α/2d, and so has the group,
    /// at α/2, so that a row alerts at α. A row's score is the group's, its p-value and anomaly score those of the strangest
    /// of all.
    ///
    /// - Throws: `DetectorError`.
    init(online specification: String, series: LabelledSeries, alpha: Double, registry: DetectorRegistry) throws {
        let table = series.table
        let isGroup = table.columns > 1
        let tests = isGroup ? 2 * Double(table.columns) : 1
        let fresh = try CalibratedStream(specification, alpha: alpha / tests, registry: registry)
        var group = try GroupStream(alpha: isGroup ? alpha / 2 : alpha)
        var columns = [Column](repeating: Column(stream: fresh), count: table.columns)
        var ticks = 0
        var said = Rows(table.rows)
        for row in 0..<table.rows {
            let untimed = Timestamp(milliseconds: Int64(row) * TableStream.untimedStep.milliseconds)
            let time = table.times?[row] ?? untimed
            var members: [GroupStream.Member] = []
            for column in columns.indices {
                let reading = columns[column].update(time: time, value: table[row, column])
                let name = isGroup ? table.names[column] : nil
                said.take(reading, row, of: name, tests: tests)
                if isGroup, let member = GroupStream.Member(table.names[column], reading) { members.append(member) }
            }
            if isGroup {
                let reading = group.update(time: time, members: members)
                said.take(reading, row, of: Self.together, tests: 2)
                if reading.readiness == .missing { said.scores[row] = GroupStream.mean(of: members) }
                if case .warmingUp(let seen, _) = reading.readiness { ticks = seen }
            }
        }
        output = DetectorOutput(
            scores: said.scores, expectations: isGroup ? nil : said.expectations,
            notes: zip(columns, table.names).flatMap { Self.notes($0, name: $1, rows: table.rows) }
                + Self.notes(ofGroupTicks: isGroup ? ticks : nil, rows: table.rows))
        calibrated = said.calibrated
        reasons = said.reasons.contains { $0 != nil } ? said.reasons : nil
    }

    /// What reasons and notes call all columns.
    private static let together = "together"

    /// What a reader should know of a group that was not ready before the last row; nil for a single column.
    private static func notes(ofGroupTicks ticks: Int?, rows: Int) -> [String] {
        let needed = StreamingCalibrator.warmUp
        guard let ticks, rows > 0, ticks < needed else { return [] }
        return ["\(together): warm-up takes \(needed) rows in which two columns are ready; there are \(ticks)"]
    }

    /// The stream of one column.
    private struct Column {
        var stream: CalibratedStream
        /// How many samples it needs before it is ready.
        var needed = 0

        mutating func update(time: Timestamp, value: Double) -> Reading {
            let reading = stream.update(time: time, value: value)
            if case .warmingUp(_, let count) = reading.readiness { needed = count }
            return reading
        }
    }

    /// What is said of the rows.
    private struct Rows {
        var scores: [Double]
        var calibrated: [CalibratedScore]
        var expectations: [Expectation?]
        var reasons: [String?]

        init(_ count: Int) {
            scores = Array(repeating: 0, count: count)
            calibrated = Array(repeating: .normal, count: count)
            expectations = Array(repeating: nil, count: count)
            reasons = Array(repeating: nil, count: count)
        }

        /// Takes one of a row's readings in. `tests` such readings together alert as often as the row may.
        mutating func take(_ reading: Reading, _ row: Int, of name: String?, tests: Double) {
            scores[row] = reading.rawScore
            expectations[row] = reading.expectation
            guard reading.readiness == .ready, reading.anomalyScore > calibrated[row].anomalyScore else { return }
            calibrated[row] = CalibratedScore(
                pValue: min(1, reading.pValue * tests), anomalyScore: reading.anomalyScore)
            reasons[row] = reading.reason.map { reason in name.map { "\($0): \(reason)" } ?? reason }
        }
    }

    /// What a reader of a stream's scores should know.
    private static func notes(_ column: Column, name: String, rows: Int) -> [String] {
        var notes: [String] = []
        if rows > 0, rows <= column.needed {
            notes.append("\(name): all \(rows) rows are warm-up, which takes \(column.needed)")
        }
        let late = column.stream.lateSamples
        if late > 0 { notes.append("\(name): \(late) rows are not later than the one before; ignored") }
        return notes
    }

    /// The same in the order of the input, with the notes on that order.
    func restored(_ order: TimeOrder) -> CalibratedOutput {
        var restored = self
        restored.output.scores = order.restored(output.scores)
        restored.output.expectations = output.expectations.map(order.restored)
        restored.output.notes = order.notes + output.notes
        restored.calibrated = order.restored(calibrated)
        restored.reasons = reasons.map(order.restored)
        return restored
    }

    /// Such as `values over 8 rows 61 %, form over 37 rows 20 %`.
    private static func reason(_ leaders: [Attribution.Share]) -> String? {
        guard !leaders.isEmpty else { return nil }
        return leaders.map(\.description).joined(separator: ", ")
    }
}
