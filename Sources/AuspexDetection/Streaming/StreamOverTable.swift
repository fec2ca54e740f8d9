import AuspexSignals

/// A streaming detector run down the rows of a table: raw scores are, bit for bit, those of the stream.
///
/// Each column gets a detector of its own, and a row's score is the largest of its columns'. Missing values and rows that
/// are not later than the one before score 0. Rows without times are taken as a minute apart.
struct StreamOverTable<Stream: StreamingDetector>: BatchDetector, DetectorModel {
    static var descriptor: DetectorDescriptor { Stream.descriptor }

    /// The step between rows without times. One-minute scrapes are the commonest there are.
    static var untimedStep: TimeSpan { .minutes(1) }

    private let fresh: Stream

    init(parameters: ParameterValues) throws(DetectorError) {
        fresh = try Stream(parameters: parameters)
    }

    /// A causal detector learns as it goes, so that there is nothing to fit.
    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        return self
    }

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        var scores = [Double](repeating: 0, count: table.rows)
        var expectations = [Expectation?](repeating: nil, count: table.rows)
        var notes: [String] = []
        for column in 0..<table.columns {
            var stream = fresh
            var gate = SampleGate()
            var needed = 0
            for row in 0..<table.rows {
                let time = table.times?[row] ?? Timestamp(milliseconds: Int64(row) * Self.untimedStep.milliseconds)
                let value = table[row, column]
                guard case .admitted = gate.admit(time: time, value: value) else { continue }
                let reading = stream.update(time: time, value: value)
                scores[row] = max(scores[row], reading.rawScore)
                expectations[row] = reading.expectation
                if case .warmingUp(_, let samples) = reading.readiness { needed = max(needed, samples) }
            }
            if table.rows > 0, table.rows <= needed {
                notes.append("\(table.names[column]): all \(table.rows) rows are warm-up, which takes \(needed)")
            }
            if gate.late > 0 {
                notes.append("\(table.names[column]): \(gate.late) rows are not later than the one before; ignored")
            }
        }
        return DetectorOutput(scores: scores, expectations: table.columns == 1 ? expectations : nil, notes: notes)
    }
}
