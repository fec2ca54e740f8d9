import AuspexNumerics

/// The principal axes of standardised windows, and the inverse-variance score by them.
struct PrincipalAxes: Sendable {
    /// Windows a block has: 512 rows of 300 features are 1.2 MB.
    static let blockHeight = 512
    /// With at least this many windows a feature the covariance is decomposed, else the windows themselves: more exact
    /// for small variances, and affordable then.
    static let covarianceRatio = 10
    /// Shares of variance under this count as this: below it they are rounding noise.
    static let smallestShare = 1e-12

    private let windows: StandardisedWindows
    private let axes: Matrix<Double>
    /// One over each axis's share of the variance; empty when nothing varies.
    private let weights: [Double]

    /// Learns from columns of equal length, more than `window`.
    init(_ columns: [[Double]], window: Int) throws(NumericsError) {
        windows = StandardisedWindows(columns, window: window)
        let count = columns[0].count - window + 1
        guard !windows.isConstant else {
            axes = Matrix(rows: windows.features, columns: 0)
            weights = []
            return
        }
        var (variances, axes): ([Double], Matrix<Double>)
        if count >= Self.covarianceRatio * windows.features {
            (variances, axes) = try Self.axesOfCovariance(windows, columns, count: count)
        } else {
            let values = try windows.matrix(columns, rows: 0..<count).singularValues()
            variances = values.values.map { $0 * $0 }
            axes = values.vt.transposed
        }
        let total = variances.reduce(0, +)
        weights = variances.map { 1 / max($0 / total, Self.smallestShare) }
        Self.orient(&axes)
        self.axes = axes
    }

    /// Axes in order of variance, largest first, and variances times the number of windows.
    private static func axesOfCovariance(
        _ windows: StandardisedWindows, _ columns: [[Double]], count: Int
    ) throws(NumericsError) -> ([Double], Matrix<Double>) {
        var sum = Matrix<Double>(rows: windows.features, columns: windows.features)
        for rows in blocks(count) {
            try windows.matrix(columns, rows: rows).addGram(toLowerTriangleOf: &sum)
        }
        let eigen = try sum.symmetricEigen()
        return (eigen.values.map { max($0, 0) }, eigen.vectors)
    }

    /// An axis's sign is arbitrary and the score depends on it: the largest coordinate is made positive, as scikit-learn
    /// does.
    private static func orient(_ axes: inout Matrix<Double>) {
        for column in 0..<axes.columns {
            var largest = 0.0
            for value in axes.column(column) where abs(value) > abs(largest) { largest = value }
            guard largest < 0 else { continue }
            for row in 0..<axes.rows { axes[row, column] = -axes[row, column] }
        }
    }

    /// Σ |x − axis| / share over all axes, for each window; 0 when nothing varied.
    func scores(_ columns: [[Double]]) throws(NumericsError) -> [Double] {
        let count = columns[0].count - windows.window + 1
        guard !weights.isEmpty else { return [Double](repeating: 0, count: count) }
        var scores: [Double] = []
        scores.reserveCapacity(count)
        for rows in Self.blocks(count) {
            let block = try windows.matrix(columns, rows: rows)
            let products = try block.multiplied(by: axes)
            var norms = [Double](repeating: 0, count: rows.count)
            for feature in 0..<block.columns {
                for (row, value) in block.column(feature).enumerated() { norms[row] += value * value }
            }
            var sums = [Double](repeating: 0, count: rows.count)
            for (axis, weight) in weights.enumerated() {
                // Axes have length 1: |x − axis|² = |x|² + 1 − 2 x·axis.
                for (row, product) in products.column(axis).enumerated() {
                    sums[row] += max(norms[row] + 1 - 2 * product, 0).squareRoot() * weight
                }
            }
            scores.append(contentsOf: sums)
        }
        return scores
    }

    private static func blocks(_ count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: blockHeight).map { $0..<min($0 + blockHeight, count) }
    }
}
