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

    /// Scores one series as a stream would be, in the order of time: every column gets a stream with a calibration of its own,
    /// and a row has the p-value and anomaly score of its strangest column. Long: not for the cooperative pool.
    ///
    /// - Throws: `DetectorError`.
    init(online specification: String, series: LabelledSeries, alpha: Double, registry: DetectorRegistry) throws {
        let table = series.table
        let fresh = try CalibratedStream(specification, alpha: alpha, registry: registry)
        var scores = [Double](repeating: 0, count: table.rows)
        var calibrated = [CalibratedScore](repeating: .normal, count: table.rows)
        var expectations = [Expectation?](repeating: nil, count: table.rows)
        var reasons = [String?](repeating: nil, count: table.rows)
        var notes: [String] = []
        for column in 0..<table.columns {
            var stream = fresh
            var needed = 0
            for row in 0..<table.rows {
                let untimed = Timestamp(milliseconds: Int64(row) * TableStream.untimedStep.milliseconds)
                let time = table.times?[row] ?? untimed
                let reading = stream.update(time: time, value: table[row, column])
                scores[row] = max(scores[row], reading.rawScore)
                expectations[row] = reading.expectation
                if case .warmingUp(_, let count) = reading.readiness { needed = count }
                if reading.readiness == .ready, reading.anomalyScore > calibrated[row].anomalyScore {
                    calibrated[row] = CalibratedScore(pValue: reading.pValue, anomalyScore: reading.anomalyScore)
                    let column = table.columns > 1 ? "\(table.names[column]): " : ""
                    reasons[row] = reading.reason.map { column + $0 }
                }
            }
            notes += Self.notes(stream, name: table.names[column], needed: needed, rows: table.rows)
        }
        output = DetectorOutput(scores: scores, expectations: table.columns == 1 ? expectations : nil, notes: notes)
        self.calibrated = calibrated
        self.reasons = reasons.contains { $0 != nil } ? reasons : nil
    }

    /// What a reader of a stream's scores should know.
    private static func notes(_ stream: CalibratedStream, name: String, needed: Int, rows: Int) -> [String] {
        var notes: [String] = []
        if rows > 0, rows <= needed { notes.append("\(name): all \(rows) rows are warm-up, which takes \(needed)") }
        if stream.lateSamples > 0 {
            notes.append("\(name): \(stream.lateSamples) rows are not later than the one before; ignored")
        }
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
        return leaders.map { "\($0.member) \(Int(($0.share * 100).rounded())) %" }.joined(separator: ", ")
    }
}
