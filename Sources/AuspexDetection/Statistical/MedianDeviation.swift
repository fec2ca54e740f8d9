import AuspexNumerics
import AuspexSignals

/// The robust z-score: distance from the median in units of 1.4826 MAD; of several columns the largest.
struct MedianDeviation: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "mad",
        summary: "Distance of a value from the median in robust standard deviations; finds single strange values.",
        kind: .batch, family: "statistical",
        parameters: [RobustScale.bandParameter, ReferenceRows.parameter(default: .all)],
        cost: "O(n·d)", memory: "16·n bytes", source: "Hampel 1974; Leys et al. 2013",
        minimumHistory: "more than half of the rows normal; a dozen rows to mean something")

    private let band: Double
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        band = try parameters.number("band")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        return Model(band: band, scales: (0..<table.columns).map { RobustScale(Array(table.column($0)[rows])) })
    }

    private struct Model: DetectorModel {
        let band: Double
        let scales: [RobustScale]

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
}
