import AuspexNumerics

/// A matrix taken apart into one of low rank and one of few cells: the sum of the singular values of the first and λ times
/// the absolute cells of the second is least (Candès et al. 2011), by the inexact augmented Lagrange multiplier method of
/// Lin, Chen and Ma 2010.
struct PrincipalComponentPursuit: Sendable {
    /// As the authors of the method set them.
    private static let firstStep = 1.25
    private static let growth = 1.5
    private static let mostGrowth = 1e7
    private static let tolerance = 1e-7
    /// It takes some forty rounds.
    static let mostRounds = 200

    private(set) var low: Matrix<Double>
    private(set) var sparse: Matrix<Double>

    /// - Parameters:
    ///   - matrix: m×f, finite, m ≥ f for speed; squares must not overflow.
    ///   - lambda: what a cell's size costs, over 0; 1/√max(m, f) by theory.
    /// - Complexity: 5·m·f² + 10·f³ flops a round.
    init(_ matrix: Matrix<Double>, lambda: Double) throws(NumericsError) {
        low = Matrix(rows: matrix.rows, columns: matrix.columns)
        sparse = low
        let length = matrix.storage.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let spectral = try matrix.gram().symmetricEigen(largest: min(1, matrix.columns)).values.first ?? 0
        let norm = max(spectral, 0).squareRoot()
        guard norm > 0, length > 0 else { return }
        let largest = matrix.storage.reduce(0) { max($0, abs($1)) }
        let dual = max(norm, largest / lambda)
        var multipliers = matrix.storage.map { $0 / dual }
        var step = Self.firstStep / norm
        let last = step * Self.mostGrowth
        for _ in 0..<Self.mostRounds {
            let target = updateSparse(matrix, multipliers: multipliers, step: step, limit: lambda / step)
            low = try Self.thresholded(target, by: 1 / step)
            let rest = updateMultipliers(matrix, &multipliers, step: step)
            step = min(step * Self.growth, last)
            if rest < Self.tolerance * length { break }
        }
    }

    /// Shrinks what the low part leaves to few cells, and returns what the sparse part leaves.
    private mutating func updateSparse(
        _ matrix: Matrix<Double>, multipliers: [Double], step: Double, limit: Double
    ) -> Matrix<Double> {
        var target = matrix
        let count = matrix.storage.count
        target.storage.withUnsafeMutableBufferPointer { target in
            sparse.storage.withUnsafeMutableBufferPointer { sparse in
                low.storage.withUnsafeBufferPointer { low in
                    multipliers.withUnsafeBufferPointer { multipliers in
                        for index in 0..<count {
                            let raised = target[index] + multipliers[index] / step
                            let left = raised - low[index]
                            sparse[index] = left > limit ? left - limit : left < -limit ? left + limit : 0
                            target[index] = raised - sparse[index]
                        }
                    }
                }
            }
        }
        return target
    }

    /// Adds what both parts leave to the multipliers, and returns its length.
    private func updateMultipliers(_ matrix: Matrix<Double>, _ multipliers: inout [Double], step: Double) -> Double {
        var square = 0.0
        multipliers.withUnsafeMutableBufferPointer { multipliers in
            matrix.storage.withUnsafeBufferPointer { whole in
                sparse.storage.withUnsafeBufferPointer { sparse in
                    low.storage.withUnsafeBufferPointer { low in
                        for index in whole.indices {
                            let left = whole[index] - low[index] - sparse[index]
                            multipliers[index] += step * left
                            square += left * left
                        }
                    }
                }
            }
        }
        return square.squareRoot()
    }

    /// The matrix with its singular values lowered by `limit`, those under it 0.
    private static func thresholded(_ matrix: Matrix<Double>, by limit: Double) throws(NumericsError) -> Matrix<Double>
    {
        let eigen = try matrix.gram().symmetricEigen()
        let kept = eigen.values.prefix { $0 > limit * limit }
        guard !kept.isEmpty else { return Matrix(rows: matrix.rows, columns: matrix.columns) }
        let axes = try Matrix(
            rows: matrix.columns, columns: kept.count,
            storage: Array(eigen.vectors.storage.prefix(matrix.columns * kept.count)))
        var scaled = axes
        for (column, value) in kept.enumerated() {
            let factor = 1 - limit / value.squareRoot()
            for row in 0..<axes.rows { scaled[row, column] *= factor }
        }
        return try matrix.multiplied(by: axes).multiplied(by: scaled, transposingOther: true)
    }
}
