import AuspexDetection

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
