import AuspexNumerics

/// Windows of a few columns as vectors: the columns' parts one behind the other.
struct WindowVectors: Sendable {
    /// Windows a block has: 512 windows of 300 values are 1.2 MB.
    static let blockWidth = 512
    /// A window with a smaller standard deviation, in those of its column, is flat: all of its values become 0.
    static let flat = 1e-9

    let window: Int
    /// How many windows there are.
    let count: Int
    /// How many values a window has.
    var features: Int { window * columns.count }

    private let columns: [[Double]]
    /// What is taken off and divided by, window by window, column after column; empty when windows stay as they are.
    private let scales: [(mean: Double, factor: Double)]

    /// - Parameters:
    ///   - columns: of equal length, at least `window`.
    ///   - standardising: whether each window is brought to mean 0 and standard deviation 1 (by w − 1) in each column.
    init(_ columns: [[Double]], window: Int, standardising: Bool) {
        precondition(!columns.isEmpty && window >= 1 && columns[0].count >= window, "the window does not fit")
        let count = columns[0].count - window + 1
        self.columns = columns
        self.window = window
        self.count = count
        scales =
            standardising
            ? columns.flatMap { column in
                (0..<count).map { start -> (mean: Double, factor: Double) in
                    let moments = Moments(column[start..<start + window])
                    let deviation = moments.sampleVariance.squareRoot()
                    return (moments.mean, deviation > Self.flat ? 1 / deviation : 0)
                }
            } : []
    }

    /// The windows in `range`, one a column of the matrix.
    func matrix(_ range: Range<Int>) throws(NumericsError) -> Matrix<Double> {
        var storage: [Double] = []
        storage.reserveCapacity(range.count * features)
        for index in range {
            for (number, column) in columns.enumerated() {
                let values = column[index..<index + window]
                if scales.isEmpty {
                    storage.append(contentsOf: values)
                } else {
                    let (mean, factor) = scales[number * count + index]
                    for value in values { storage.append((value - mean) * factor) }
                }
            }
        }
        return try Matrix(rows: features, columns: range.count, storage: storage)
    }

    /// All windows, in blocks.
    var blocks: [Range<Int>] {
        stride(from: 0, to: count, by: Self.blockWidth).map { $0..<min($0 + Self.blockWidth, count) }
    }
}
