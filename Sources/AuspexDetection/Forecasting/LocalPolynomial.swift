import AuspexNumerics
import AuspexSignals

/// How badly a polynomial through its surroundings predicts a block of rows; of several columns the largest.
///
/// Each block of w rows is left out while a polynomial is fitted to the 10·w rows around it. The block's score, the same for
/// all of its rows, is the root mean square of what the polynomial misses, in shares of the column's range. By Parseval's
/// identity this is the distance of the spectra, by which the benchmark defines it.
struct LocalPolynomial: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "poly",
        summary: "Error of a polynomial that is fitted around a block of rows; finds blocks that break the trend.",
        kind: .batch, family: "forecasting",
        parameters: [
            Windowing.parameter,
            .integer("degree", default: 4, in: 0...10, meaning: "degree of the polynomial"),
        ],
        cost: "20·n·d·(degree + 1)² flops", memory: "16·n·d + 160·w·(degree + 1) bytes",
        source: "Li et al. 2007; the form of the TSB-AD benchmark (Liu and Paparrizos 2024)",
        minimumHistory: "10 windows' length; the first tenth of the rows, at most 500, scores 0")

    private let window: Int?
    private let degree: Int

    init(parameters: ParameterValues) throws(DetectorError) {
        window = try parameters.optionalInteger("window")
        degree = try parameters.integer("degree")
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        let length = Windowing.length(window, columns: table.cleanColumns())
        return Model(columns: table.columns, window: length, degree: degree)
    }

    private struct Model: DetectorModel {
        let columns: Int
        let window: Int
        let degree: Int

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(columns)
            guard table.rows > window else { return Windowing.tooShort(table, window: window) }
            var scores = [Double](repeating: 0, count: table.rows)
            for column in table.cleanColumns() {
                let (least, most) = (column.values.min() ?? 0, column.values.max() ?? 0)
                guard most > least else { continue }
                let scaled = column.values.map { ($0 - least) / (most - least) }
                do {
                    let blocks = PolynomialBlocks(window: window, degree: degree, rows: table.rows)
                    for (row, score) in try blocks.scores(scaled).enumerated() { scores[row] = max(scores[row], score) }
                } catch {
                    throw .numerics(detector: LocalPolynomial.descriptor.name, reason: error.description)
                }
            }
            return DetectorOutput(scores: table.finished(scores), reach: window)
        }
    }
}

/// The blocks of a series, their surroundings and their prediction.
struct PolynomialBlocks {
    /// Rows around a block, in windows, and at least so many in all.
    private static let surroundingWindows = 10
    private static let fewestSurroundingRows = 100
    /// So many rows at the start, at most this share of all, are not scored.
    private static let initialRows = 500
    private static let initialShare = 10

    let window: Int
    let degree: Int
    let rows: Int

    /// One score a row.
    func scores(_ values: [Double]) throws(NumericsError) -> [Double] {
        var scores = [Double](repeating: 0, count: rows)
        let initial = min(Self.initialRows, rows / Self.initialShare)
        let first = (initial + window - 1) / window * window
        for start in stride(from: first, to: rows, by: window) {
            let block = start..<min(start + window, rows)
            let predicted = try prediction(values, block)
            let squares = zip(block, predicted).reduce(0) { sum, pair in
                let difference = values[pair.0] - pair.1
                return sum + difference * difference
            }
            let score = (squares / Double(block.count)).squareRoot()
            for row in block { scores[row] = score }
        }
        return scores
    }

    /// The rows around a block that begins at `start`, moved inwards where the series ends.
    func surroundings(of block: Range<Int>) -> [Int] {
        let size = min(max(Self.surroundingWindows * window, Self.fewestSurroundingRows), rows)
        let half = size / 2
        let around: Range<Int> =
            if block.lowerBound + half < rows, block.lowerBound - half > 0 {
                block.lowerBound - half..<block.lowerBound + half
            } else if block.lowerBound + half >= rows {
                rows - size..<rows
            } else {
                0..<size
            }
        return around.filter { !block.contains($0) }
    }

    /// What a polynomial through the surroundings says of the block; of a lower degree when they are too few for one.
    private func prediction(_ values: [Double], _ block: Range<Int>) throws(NumericsError) -> [Double] {
        let around = surroundings(of: block)
        guard let low = around.min(), let high = around.max() else { return [Double](repeating: 0, count: block.count) }
        let middle = Double(min(low, block.lowerBound) + max(high, block.upperBound - 1)) / 2
        let reach = max(middle - Double(min(low, block.lowerBound)), 1)
        func basis(_ rows: [Int], _ degree: Int) throws(NumericsError) -> Matrix<Double> {
            var columns = [Double](repeating: 1, count: rows.count)
            columns.reserveCapacity(rows.count * (degree + 1))
            for power in 0..<degree {
                for (place, row) in rows.enumerated() {
                    columns.append(columns[power * rows.count + place] * (Double(row) - middle) / reach)
                }
            }
            return try Matrix(rows: rows.count, columns: degree + 1, storage: columns)
        }
        let degree = min(degree, around.count - 1)
        let known = try Matrix(rows: around.count, columns: 1, storage: around.map { values[$0] })
        let coefficients = try basis(around, degree).leastSquares(known)
        return try basis(Array(block), degree).multiplied(by: coefficients).storage
    }
}
