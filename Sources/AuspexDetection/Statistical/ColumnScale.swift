import AuspexSignals

/// The centre and spread of a column, and the distance from the centre in units of the spread.
protocol ColumnScale: Sendable, Hashable {
    /// Where the usual values are.
    var centre: Double { get }
    /// How far they spread; may be 0.
    var deviation: Double { get }
    /// What the deviation is raised by, so that rounding noise is no anomaly where it is 0; infinite when there was no value
    /// to learn from, so that nothing is any distance away.
    var floor: Double { get }
}

extension ColumnScale {
    /// Whether there was a value to learn from.
    var isKnown: Bool { floor.isFinite }

    /// How many deviations `value` is off the centre, 0 or more; 0 for a missing value, and when nothing is known.
    func distance(_ value: Double) -> Double {
        abs(signedDistance(value))
    }

    /// The same with its sign: negative under the centre.
    func signedDistance(_ value: Double) -> Double {
        guard !value.isNaN else { return 0 }
        return (CleanColumn.clamped(value) - centre) / (deviation + floor)
    }

    /// The centre, moved by `shift`, with a band of `width` deviations on either side; nil when nothing is known.
    func expectation(shiftedBy shift: Double = 0, width: Double) -> Expectation? {
        guard isKnown else { return nil }
        let value = centre + shift
        return Expectation(value: value, lower: value - width * deviation, upper: value + width * deviation)
    }
}

extension Table {
    /// What to say of columns without a value to learn from.
    func notes(ofUnknown scales: [some ColumnScale]) -> [String] {
        zip(names, scales).filter { !$1.isKnown }.map { name, _ in
            "\(name): no row to learn from has a value; it adds nothing to the scores"
        }
    }
}

/// Scores a row by the largest distance of its values from the centres of their columns.
struct ScaleModel<Scale: ColumnScale>: DetectorModel {
    /// Half the width of the expected band, in deviations.
    let band: Double
    /// One a column.
    let scales: [Scale]

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        try table.checkWidth(scales.count)
        var scores = [Double](repeating: 0, count: table.rows)
        for (column, scale) in scales.enumerated() {
            for row in 0..<table.rows { scores[row] = max(scores[row], scale.distance(table[row, column])) }
        }
        let expectation = scales.count == 1 ? scales[0].expectation(width: band) : nil
        return DetectorOutput(
            scores: table.finished(scores),
            expectations: scales.count == 1 ? [Expectation?](repeating: expectation, count: table.rows) : nil,
            notes: table.notes(ofUnknown: scales))
    }
}
