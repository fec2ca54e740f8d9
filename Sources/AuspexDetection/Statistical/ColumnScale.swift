import AuspexSignals

/// The centre and spread of a column, and the distance from the centre in units of the spread.
protocol ColumnScale: Sendable, Hashable {
    /// Where the usual values are.
    var centre: Double { get }
    /// How far they spread; may be 0.
    var deviation: Double { get }
    /// What the deviation is raised by, so that rounding noise is no anomaly where it is 0.
    var floor: Double { get }
}

extension ColumnScale {
    /// How many deviations `value` is off the centre, 0 or more; 0 for a missing value.
    func distance(_ value: Double) -> Double {
        abs(signedDistance(value))
    }

    /// The same with its sign: negative under the centre.
    func signedDistance(_ value: Double) -> Double {
        guard !value.isNaN else { return 0 }
        return (CleanColumn.clamped(value) - centre) / (deviation + floor)
    }

    /// The centre, moved by `shift`, with a band of `width` deviations on either side.
    func expectation(shiftedBy shift: Double = 0, width: Double) -> Expectation {
        let value = centre + shift
        return Expectation(value: value, lower: value - width * deviation, upper: value + width * deviation)
    }

    /// The floor for clean `values`.
    static func floor(_ values: [Double]) -> Double {
        let largest = values.reduce(0) { max($0, abs($1)) }
        return RobustScale.relativeFloor * (largest + RobustScale.absoluteFloor) + RobustScale.absoluteFloor
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
            expectations: expectation.map { [Expectation?](repeating: $0, count: table.rows) })
    }
}
