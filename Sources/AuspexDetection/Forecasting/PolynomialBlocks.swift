import AuspexNumerics

/// The blocks of a series, their surroundings and their prediction.
struct PolynomialBlocks {
    /// Rows around a block, in windows, and at least so many in all.
    private static let surroundingWindows = 10
    private static let fewestSurroundingRows = 100
    /// So many rows at the start, at most this share of all, are not scored when blocks lie apart.
    private static let initialRows = 500
    private static let initialShare = 10

    let window: Int
    let degree: Int
    let rows: Int

    /// One score a row, by blocks that lie apart.
    func scores(_ values: [Double]) throws(NumericsError) -> [Double] {
        var scores = [Double](repeating: 0, count: rows)
        var fit: PolynomialFit?
        let initial = min(Self.initialRows, rows / Self.initialShare)
        let first = (initial + window - 1) / window * window
        for start in stride(from: first, to: rows, by: window) {
            let block = start..<min(start + window, rows)
            let score = try error(values, block, &fit)
            for row in block { scores[row] = score }
        }
        return scores
    }

    /// One score a row, by blocks that begin in every row: the mean over those that hold it.
    func overlappingScores(_ values: [Double]) throws(NumericsError) -> [Double] {
        var fit: PolynomialFit?
        var errors: [Double] = []
        errors.reserveCapacity(rows - window + 1)
        for start in 0...(rows - window) { errors.append(try error(values, start..<start + window, &fit)) }
        return Windowing.covering(errors, window: window, rows: rows)
    }

    /// What ``overlappingScores(_:)`` costs in flops: products with the weights of each block, and the weights of those near
    /// the ends, each of which has its own.
    var overlappingOperations: Double {
        let size = Double(surroundingSize)
        let terms = Double(degree + 1)
        return 2 * terms * (size + Double(window)) * Double(rows) + 10 * terms * terms * size * min(size, Double(rows))
    }

    private var surroundingSize: Int { min(max(Self.surroundingWindows * window, Self.fewestSurroundingRows), rows) }

    /// The rows around a block and of it, moved inwards where the series ends.
    private func frame(of block: Range<Int>) -> Range<Int> {
        let half = surroundingSize / 2
        if block.lowerBound + half < rows, block.lowerBound - half > 0 {
            return block.lowerBound - half..<block.lowerBound + half
        }
        return block.lowerBound + half >= rows ? rows - surroundingSize..<rows : 0..<surroundingSize
    }

    /// The rows around a block.
    func surroundings(of block: Range<Int>) -> [Int] { frame(of: block).filter { !block.contains($0) } }

    /// The root mean square of what the polynomial through the surroundings misses. `fit` is the last block's, and this
    /// one's afterwards: blocks that lie alike in their surroundings share it.
    private func error(
        _ values: [Double], _ block: Range<Int>, _ fit: inout PolynomialFit?
    ) throws(NumericsError) -> Double {
        let frame = frame(of: block)
        let place = block.lowerBound - frame.lowerBound..<block.upperBound - frame.lowerBound
        let known: PolynomialFit
        if let fit, fit.size == frame.count, fit.block == place {
            known = fit
        } else {
            known = try PolynomialFit(size: frame.count, block: place, degree: degree)
            fit = known
        }
        let predicted = try known.prediction(values[frame])
        let squares = zip(block, predicted).reduce(0) { sum, pair in
            let difference = values[pair.0] - pair.1
            return sum + difference * difference
        }
        return (squares / Double(block.count)).squareRoot()
    }
}

/// The least-squares polynomial through the rows of a frame that lie outside of a block, and its values in the block: both
/// are the same sums of products for all blocks that lie alike.
struct PolynomialFit: Sendable {
    /// Rows of the frame.
    let size: Int
    /// The block's rows in the frame; they may reach beyond its end.
    let block: Range<Int>
    /// An orthonormal basis of the polynomials, one a column, in the rows outside of the block.
    private let basis: Matrix<Double>
    /// The same polynomials in the rows of the block.
    private let values: Matrix<Double>

    /// With fewer rows than coefficients the degree is lower.
    init(size: Int, block: Range<Int>, degree: Int) throws(NumericsError) {
        self.size = size
        self.block = block
        let around = (0..<size).filter { !block.contains($0) }
        let degree = min(degree, around.count - 1)
        guard degree >= 0 else {
            basis = Matrix(rows: 0, columns: 0)
            values = Matrix(rows: block.count, columns: 0)
            return
        }
        let middle = Double(max(size, block.upperBound) - 1) / 2
        let powers = try Self.powers(around, degree, middle: middle)
        let parts = try powers.singularValues()
        // Powers 0 to 10 of numbers from −1 to 1: what falls under this is rounding error.
        let smallest = Double(around.count) * Double.ulpOfOne * (parts.values.first ?? 0)
        let rank = parts.values.prefix { $0 > smallest }.count
        var turned = parts.vt.transposed
        for column in 0..<rank {
            for row in 0..<turned.rows { turned[row, column] /= parts.values[column] }
        }
        let kept = try Matrix(
            rows: turned.rows, columns: rank, storage: Array(turned.storage.prefix(turned.rows * rank)))
        basis = try Matrix(
            rows: around.count, columns: rank, storage: Array(parts.u.storage.prefix(around.count * rank)))
        values = try Self.powers(Array(block), degree, middle: middle).multiplied(by: kept)
    }

    /// What the polynomial says of each row of the block.
    ///
    /// - Parameter frame: the values of the frame; those in the block are not looked at.
    func prediction(_ frame: ArraySlice<Double>) throws(NumericsError) -> [Double] {
        let start = frame.startIndex
        let behind = min(block.upperBound, size)
        let around = Array(frame[start..<start + min(block.lowerBound, size)]) + frame[(start + behind)...]
        return try values.multiplied(by: try basis.multiplied(by: around, transposingSelf: true))
    }

    private static func powers(_ rows: [Int], _ degree: Int, middle: Double) throws(NumericsError) -> Matrix<Double> {
        let reach = max(middle, 1)
        var columns = [Double](repeating: 1, count: rows.count)
        columns.reserveCapacity(rows.count * (degree + 1))
        for power in 0..<degree {
            for (place, row) in rows.enumerated() {
                columns.append(columns[power * rows.count + place] * (Double(row) - middle) / reach)
            }
        }
        return try Matrix(rows: rows.count, columns: degree + 1, storage: columns)
    }
}
