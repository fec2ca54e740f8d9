import AuspexNumerics

/// The Mahalanobis distance of a row or window from the mean: in standard deviations, with what the columns have in common
/// taken off.
///
/// √(zᵀ (R + ridge·I)⁻¹ z) with standardised values z and their correlations R. The ridge keeps columns that say the same
/// from counting their rounding errors. A value that never varied in the rows learned from counts in its own unit.
struct MahalanobisDistance: BatchDetector {
    /// Window times columns; factoring a matrix of this order takes a second.
    static let mostFeatures = 2_048

    static let descriptor = DetectorDescriptor(
        name: "mahalanobis",
        summary: "Distance from the mean that knows how columns move together; finds broken correlations.",
        kind: .batch, family: "subspace",
        parameters: [
            .number(
                "ridge", default: 1e-6, in: 1e-12...1,
                meaning: "what is added to the variances of standardised values; larger ignores rare directions"),
            Windowing.parameterOfRows,
            ReferenceRows.parameter(default: .all),
        ],
        cost: "3·n·(w·d)² + (w·d)³ flops; w·d at most 2048", memory: "32·(w·d)² + 16 KB·w·d bytes",
        source: "Mahalanobis 1936; ridge: Hoerl and Kennard 1970",
        minimumHistory: "10 rows a column, or windows a row of the window, nearly all of them normal")

    private let ridge: Double
    private let settings: WindowedModel.Settings

    init(parameters: ParameterValues) throws(DetectorError) {
        ridge = try parameters.number("ridge")
        settings = .init(
            detector: Self.descriptor.name, window: try parameters.optionalInteger("window"),
            reference: try ReferenceRows(parameters)
        ) { features in
            let square = Double(features) * Double(features)
            return WindowCost(operations: 3 * square, bytes: 32 * square, mostFeatures: Self.mostFeatures)
        }
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        try WindowedModel(table, training: training, settings: settings, learn: learn)
    }

    private func learn(_ windows: WindowFeatures) throws(DetectorError) -> any WindowScorer {
        do {
            return try Scorer(windows, ridge: ridge)
        } catch {
            throw .numerics(detector: Self.descriptor.name, reason: error.description)
        }
    }

    private struct Scorer: WindowScorer {
        private static let blockHeight = 512

        private let standard: StandardisedWindows
        private let factor: Cholesky<Double>

        init(_ windows: WindowFeatures, ridge: Double) throws(NumericsError) {
            standard = StandardisedWindows(windows.columns, window: windows.window)
            var sum = Matrix<Double>(rows: windows.features, columns: windows.features)
            for rows in Self.blocks(windows.count) {
                try standard.matrix(windows.columns, rows: rows).addGram(toLowerTriangleOf: &sum)
            }
            for column in 0..<sum.columns {
                for row in column..<sum.rows { sum[row, column] /= Double(windows.count) }
                // The correlation of a feature with itself is 1 or, where nothing varies, was found to be 0.
                sum[column, column] = 1 + ridge
            }
            factor = try Cholesky(sum)
        }

        func scores(_ windows: WindowFeatures) throws(DetectorError) -> [Double] {
            var scores: [Double] = []
            scores.reserveCapacity(windows.count)
            do {
                for rows in Self.blocks(windows.count) {
                    var block = try standard.matrix(windows.columns, rows: rows).transposed
                    for index in block.storage.indices {
                        block.storage[index] = CleanColumn.clamped(block.storage[index])
                    }
                    let solution = try factor.solve(block)
                    for row in 0..<rows.count {
                        let product = zip(block.column(row), solution.column(row)).reduce(0) { $0 + $1.0 * $1.1 }
                        scores.append(max(product, 0).squareRoot())
                    }
                }
            } catch {
                throw .numerics(detector: MahalanobisDistance.descriptor.name, reason: error.description)
            }
            return scores
        }

        private static func blocks(_ count: Int) -> [Range<Int>] {
            stride(from: 0, to: count, by: blockHeight).map { $0..<min($0 + blockHeight, count) }
        }
    }
}
