import AuspexNumerics
import Foundation

/// Predicts the next row of a table from its last ones.
struct LinearSystem: Sendable {
    /// The orders among which Akaike's criterion chooses.
    static let mostAutomaticOrder = 8
    static let blockHeight = 512

    /// How many rows predict; 0 when there are too few to learn from, and then the mean does.
    let order: Int
    /// (1 + order·d)×d: a constant, then the weights of the last row's columns, of the row before, and so on.
    let weights: Matrix<Double>

    /// The order to begin with: the user's, or the most that may be chosen, and half of it while rows are too few.
    static func order(_ given: Int?, rows: Int, columns: Int) -> Int {
        var order =
            given ?? min(mostAutomaticOrder, max(1, (VectorAutoRegression.mostWeights - 1) / max(columns, 1)))
        while order > 0, rows - order < LinearPredictor.rowsPerWeight * (order * columns + 1) { order /= 2 }
        return order
    }

    /// Learns from columns of equal length.
    ///
    /// - Parameters:
    ///   - columns: standardised, without missing values.
    ///   - isTarget: which rows are to be predicted.
    ///   - order: nil for the best by Akaike's criterion.
    ///   - ridge: what is added to the variances.
    init(_ columns: [[Double]], isTarget: [Bool], order given: Int?, ridge: Double) throws(NumericsError) {
        let count = columns.count
        let present = isTarget.count { $0 }
        let most = Self.order(given, rows: min(columns[0].count, present), columns: count)
        let targets = isTarget.indices.dropFirst(most).filter { isTarget[$0] }
        let all = most * count + 1
        var sums = Matrix<Double>(rows: all + count, columns: all + count)
        for start in stride(from: 0, to: targets.count, by: Self.blockHeight) {
            let rows = targets[start..<min(start + Self.blockHeight, targets.count)]
            try Self.block(columns, rows: rows, order: most, withTargets: true).addGram(toLowerTriangleOf: &sums)
        }
        sums.mirrorLowerTriangle()
        let total = Double(max(targets.count, 1))
        for index in sums.storage.indices { sums.storage[index] /= total }
        guard most > 0 else {
            order = 0
            // Without a target the mean of the standardised columns, which is 0.
            weights = try Matrix(rows: 1, columns: count, storage: (0..<count).map { sums[0, 1 + $0] })
            return
        }
        var best: (criterion: Double, order: Int, weights: Matrix<Double>)?
        for order in given == nil ? 1...most : most...most {
            let used = order * count + 1
            let solved = try Self.solution(sums, used: used, all: all, count: count, ridge: ridge)
            let errors = try Self.errorCovariance(sums, solved, used: used, all: all, count: count)
            let factor = try ConcentrationSearch.factored(errors, ridge)
            let determinant = (0..<count).reduce(0.0) { $0 + 2 * log(factor.lower[$1, $1]) }
            let criterion = determinant + 2 * Double(order * count * count) / total
            if best.map({ criterion < $0.criterion }) ?? true { best = (criterion, order, solved) }
        }
        order = best?.order ?? 0
        weights = best?.weights ?? Matrix(rows: 1, columns: count)
    }

    /// What each row should be, one list a column; 0 for the first rows.
    func predictions(_ columns: [[Double]]) throws(NumericsError) -> [[Double]] {
        let rows = columns[0].count
        var result = [[Double]](repeating: [Double](repeating: 0, count: rows), count: columns.count)
        for start in stride(from: min(order, rows), to: rows, by: Self.blockHeight) {
            let range = start..<min(start + Self.blockHeight, rows)
            let block = try Self.block(columns, rows: Array(range)[...], order: order, withTargets: false)
            let predicted = try block.multiplied(by: weights)
            for column in columns.indices {
                for (row, value) in zip(range, predicted.column(column)) { result[column][row] = value }
            }
        }
        return result
    }

    /// One row a target: 1, the values before it, and its own.
    private static func block(
        _ columns: [[Double]], rows: ArraySlice<Int>, order: Int, withTargets: Bool
    ) throws(NumericsError) -> Matrix<Double> {
        var storage = [Double](repeating: 1, count: rows.count)
        let width = 1 + columns.count * (order + (withTargets ? 1 : 0))
        storage.reserveCapacity(rows.count * width)
        for lag in order == 0 ? 1..<1 : 1..<order + 1 {
            for column in columns { for row in rows { storage.append(column[row - lag]) } }
        }
        if withTargets {
            for column in columns { for row in rows { storage.append(column[row]) } }
        }
        return try Matrix(rows: rows.count, columns: width, storage: storage)
    }

    /// The weights by the first `used` predictors.
    private static func solution(
        _ sums: Matrix<Double>, used: Int, all: Int, count: Int, ridge: Double
    ) throws(NumericsError) -> Matrix<Double> {
        var products = Matrix<Double>(rows: used, columns: used)
        for column in 0..<used { for row in 0..<used { products[row, column] = sums[row, column] } }
        // The constant is not shrunk.
        for index in 1..<max(used, 1) { products[index, index] += ridge }
        var right = Matrix<Double>(rows: used, columns: count)
        for column in 0..<count { for row in 0..<used { right[row, column] = sums[row, all + column] } }
        return try ConcentrationSearch.factored(products, 0).solve(right)
    }

    /// The mean products of errors: YᵀY − WᵀXᵀY − YᵀXW + WᵀXᵀXW, each a mean over the targets.
    private static func errorCovariance(
        _ sums: Matrix<Double>, _ weights: Matrix<Double>, used: Int, all: Int, count: Int
    ) throws(NumericsError) -> Matrix<Double> {
        var products = Matrix<Double>(rows: used, columns: used)
        for column in 0..<used { for row in 0..<used { products[row, column] = sums[row, column] } }
        var cross = Matrix<Double>(rows: used, columns: count)
        for column in 0..<count { for row in 0..<used { cross[row, column] = sums[row, all + column] } }
        let explained = try weights.multiplied(by: cross, transposingSelf: true)
        let squares = try weights.multiplied(by: products.multiplied(by: weights), transposingSelf: true)
        var result = Matrix<Double>(rows: count, columns: count)
        for column in 0..<count {
            for row in 0..<count {
                result[row, column] =
                    sums[all + row, all + column] - explained[row, column] - explained[column, row]
                    + squares[row, column]
            }
        }
        return result
    }
}
