import AuspexNumerics
import AuspexSignals

/// How far a value is from what the rows before it predict, in robust standard deviations of that error; of several columns
/// the largest.
///
/// The prediction is a constant and a weighted sum of the last rows, with the weights that make squared errors least.
/// Missing values predict as the last one that was there, and are no targets.
struct AutoRegression: BatchDetector {
    /// Rows times weights; 8 bytes each, twice.
    static let mostCells = 100_000_000

    static let descriptor = DetectorDescriptor(
        name: "ar",
        summary: "Distance of a value from its prediction by the rows before it; finds sudden changes.",
        kind: .batch, family: "forecasting",
        parameters: [
            .integer(
                "order", default: 10, in: 1...1_000,
                meaning: "how many rows predict; fewer when there are not four times as many rows to learn from"),
            RobustScale.bandParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost: "2·n·d·(order + 1)² flops", memory: "16·n·(order + 1) + 40·n bytes; n·(order + 1) at most 10⁸",
        source: "Yule 1927; by least squares: Box and Jenkins 1970, §7.3",
        minimumHistory: "4·order rows; the first `order` rows score 0")

    private let order: Int
    private let band: Double
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        order = try parameters.integer("order")
        band = try parameters.number("band")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        guard rows.count * (order + 1) <= Self.mostCells else {
            throw .tooLarge(
                detector: Self.descriptor.name,
                reason: "\(rows.count) rows by \(order + 1) weights are \(rows.count * (order + 1)) numbers; at most "
                    + "\(Self.mostCells) are taken: choose a smaller order, or learn from fewer rows")
        }
        var predictors: [LinearPredictor] = []
        for column in 0..<table.columns {
            do {
                predictors.append(try LinearPredictor(table.column(column), rows: rows, order: order))
            } catch {
                throw .numerics(detector: Self.descriptor.name, reason: error.description)
            }
        }
        return Model(band: band, predictors: predictors)
    }

    private struct Model: DetectorModel {
        let band: Double
        let predictors: [LinearPredictor]

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(predictors.count)
            var scores = [Double](repeating: 0, count: table.rows)
            var expectations: [Expectation?] = []
            for (column, predictor) in predictors.enumerated() {
                let raw = table.column(column)
                let values = predictor.framed(raw)
                for (row, predicted) in predictor.predictions(values).enumerated() {
                    if let predicted, !raw[row].isNaN {
                        scores[row] = max(scores[row], predictor.residual.distance(values[row] - predicted))
                    }
                    if predictors.count == 1 {
                        expectations.append(predicted.flatMap { predictor.expectation($0, width: band) })
                    }
                }
            }
            return DetectorOutput(
                scores: table.finished(scores), expectations: predictors.count == 1 ? expectations : nil,
                notes: table.notes(ofUnknown: predictors.map(\.residual)))
        }
    }
}

/// Predicts a column's next value from its last ones.
struct LinearPredictor: Sendable {
    /// Fewer rows than this a weight make no prediction.
    static let rowsPerWeight = 4

    /// The constant, then the weights of the last value, the one before, and so on; in the frame's unit.
    let weights: [Double]
    /// How errors are spread over the learned rows, in the frame's unit.
    let residual: RobustScale
    private let centre: Double
    private let unit: Double

    /// - Parameters:
    ///   - raw: NaN where a value is missing.
    ///   - rows: which of them to learn from.
    init(_ raw: [Double], rows: Range<Int>, order: Int) throws(NumericsError) {
        let frame = CommonFrame([Array(CleanColumn.carried(raw)[rows])])
        (centre, unit) = (frame.centres[0], frame.unit)
        let values = frame.columns[0]
        let isTarget = raw[rows].map { !$0.isNaN }
        weights = try Self.weights(values, isTarget: isTarget, order: order)
        let found = Self.predictions(values, weights)
        residual = RobustScale(
            values.indices.compactMap { row in
                isTarget[row] ? found[row].map { values[row] - $0 } : nil
            })
    }

    /// A column in the frame's unit, without gaps; cut where it leaves the learned range by a factor of 10¹⁴⁰.
    func framed(_ raw: [Double]) -> [Double] {
        CleanColumn.carried(raw).map { CleanColumn.clamped(($0 - centre) / unit) }
    }

    /// What each row should be; nil for the first rows. In the frame's unit.
    func predictions(_ values: [Double]) -> [Double?] { Self.predictions(values, weights) }

    /// A prediction and the band around it, in the column's unit; nil when nothing is known.
    func expectation(_ predicted: Double, width: Double) -> Expectation? {
        guard let band = residual.expectation(shiftedBy: predicted, width: width) else { return nil }
        func back(_ value: Double) -> Double { CleanColumn.clamped(CleanColumn.clamped(value) * unit + centre) }
        return Expectation(value: back(band.value), lower: back(band.lower), upper: back(band.upper))
    }

    private static func predictions(_ values: [Double], _ weights: [Double]) -> [Double?] {
        let order = weights.count - 1
        return values.indices.map { row in
            guard row >= order else { return nil }
            return (0..<order).reduce(weights[0]) { $0 + weights[$1 + 1] * values[row - 1 - $1] }
        }
    }

    /// Least squares; of half the order, again and again, while the rows are too few, and of the highest order whose
    /// equations don't depend on each other.
    private static func weights(
        _ values: [Double], isTarget: [Bool], order: Int
    ) throws(NumericsError) -> [Double] {
        var order = order
        while order > 0 {
            let targets = values.indices.dropFirst(order).filter { isTarget[$0] }
            if targets.count >= rowsPerWeight * (order + 1) {
                var storage = [Double](repeating: 1, count: targets.count)
                storage.reserveCapacity(targets.count * (order + 1))
                for lag in 1...order { for row in targets { storage.append(values[row - lag]) } }
                let known = try Matrix(rows: targets.count, columns: order + 1, storage: storage)
                let wanted = try Matrix(rows: targets.count, columns: 1, storage: targets.map { values[$0] })
                do {
                    return try known.leastSquares(wanted).storage
                } catch .rankDeficient(_, let column) {
                    // The columns before it, the first of which is the constant, don't depend on each other.
                    order = max(0, min(order - 1, column - 2))
                    continue
                } catch {
                    throw error
                }
            }
            order /= 2
        }
        // The frame's centre is the median.
        return [0]
    }
}
