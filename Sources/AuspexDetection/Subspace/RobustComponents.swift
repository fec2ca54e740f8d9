import AuspexNumerics

/// How much of a row belongs to no pattern that others share: the length of its part in the sparse half of the table.
///
/// The rows, or for one column its windows, make a matrix, which is taken apart into one of low rank, what many rows have
/// in common, and one of few cells. A row of windows is in as many of them as a window has rows; the mean counts.
struct RobustComponents: BatchDetector {
    /// Cells of the matrix; six numbers are kept for each.
    static let mostCells = 20_000_000
    /// Window times columns.
    static let mostFeatures = 1_024
    /// The widest window when it is ours to choose.
    static let widest = 64
    /// More operations than this take many minutes.
    static let mostOperations = 5e11
    /// So many rounds it usually takes.
    private static let usualRounds = 40.0

    static let descriptor = DetectorDescriptor(
        name: "rpca",
        summary: "What is left of a row when all that rows or windows share is taken off; wild values can't bend it.",
        kind: .batch, family: "subspace",
        parameters: [
            .number(
                "lambda", default: 1, in: 0.05...20,
                meaning: "what a strange cell costs, in 1/√n of theory; larger leaves fewer"),
            Windowing.parameterOfRows,
        ],
        cost: "some 40·(5·n·(w·d)² + 10·(w·d)³) flops, at most five times as much; at most 5·10¹¹",
        memory: "56·n·w·d bytes; n·w·d at most 2·10⁷",
        source: "Candès, Li, Ma and Wright 2011; Lin, Chen and Ma 2010",
        minimumHistory: "4 windows' length; of several columns ten times as many rows")

    private let lambda: Double
    private let window: Int?

    init(parameters: ParameterValues) throws(DetectorError) {
        lambda = try parameters.number("lambda")
        window = try parameters.optionalInteger("window")
    }

    /// Each table is taken apart by itself, so that there is nothing to learn but the window.
    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        let columns = table.cleanColumns()
        let length =
            window ?? (columns.count > 1 ? 1 : Windowing.length(nil, columns: columns, widest: Self.widest))
        return Model(window: length, width: table.columns, lambda: lambda)
    }

    private struct Model: DetectorModel {
        let window: Int
        let width: Int
        let lambda: Double

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(width)
            guard table.rows > window else { return Windowing.tooShort(table, window: window) }
            let count = table.rows - window + 1
            try check(count)
            let columns = table.cleanColumns().map(\.values)
            let windows = ColumnUnits(columns).scaled(WindowFeatures(columns, window: window))
            do {
                let matrix = try Matrix(
                    rows: count, columns: windows.features,
                    storage: (0..<windows.features).flatMap { windows.values(of: $0) })
                let isWide = matrix.columns > matrix.rows
                let weight = lambda / Double(max(matrix.rows, matrix.columns)).squareRoot()
                let parts = try PrincipalComponentPursuit(isWide ? matrix.transposed : matrix, lambda: weight)
                let sparse = isWide ? parts.sparse.transposed : parts.sparse
                return DetectorOutput(scores: table.finished(rowScores(sparse, rows: table.rows)), reach: 1)
            } catch {
                throw .numerics(detector: RobustComponents.descriptor.name, reason: error.description)
            }
        }

        private func rowScores(_ sparse: Matrix<Double>, rows: Int) -> [Double] {
            var squares = [Double](repeating: 0, count: rows)
            for feature in 0..<sparse.columns {
                for (index, value) in sparse.column(feature).enumerated() {
                    squares[index + feature % window] += value * value
                }
            }
            return squares.indices.map { row in
                let covering = min(row, sparse.rows - 1) - max(row - window + 1, 0) + 1
                return (squares[row] / Double(max(covering, 1))).squareRoot()
            }
        }

        private func check(_ count: Int) throws(DetectorError) {
            let features = window * width
            let (cells, overflow) = count.multipliedReportingOverflow(by: features)
            let small = Double(min(count, features))
            let operations = RobustComponents.usualRounds * (5 * Double(cells) * small + 10 * small * small * small)
            guard
                overflow || cells > RobustComponents.mostCells || min(count, features) > RobustComponents.mostFeatures
                    || operations > RobustComponents.mostOperations
            else { return }
            throw .tooLarge(
                detector: RobustComponents.descriptor.name,
                reason:
                    "\(count) windows of \(window) rows by \(width) columns are more than \(RobustComponents.mostCells) "
                    + "cells or take many minutes; choose a smaller window, fewer columns, or score the table in parts")
        }
    }
}
