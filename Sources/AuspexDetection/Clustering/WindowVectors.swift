import AuspexNumerics

/// Windows of a few columns as vectors: the columns' parts one behind the other.
struct WindowVectors: Sendable {
    /// Windows a block has: 512 windows of 300 values are 1.2 MB.
    static let blockWidth = 512

    let window: Int
    /// How many windows there are.
    let count: Int
    /// How many values a window has.
    var features: Int { window * columns.count }

    private let columns: [[Double]]
    /// Nil when windows stay as they are.
    private let scales: WindowScales?

    /// - Parameters:
    ///   - columns: of equal length, at least `window`.
    ///   - standardising: whether each window is brought to mean 0 and standard deviation 1 (by w − 1) in each column.
    init(_ columns: [[Double]], window: Int, standardising: Bool) {
        precondition(!columns.isEmpty && window >= 1 && columns[0].count >= window, "the window does not fit")
        self.columns = columns
        self.window = window
        count = columns[0].count - window + 1
        scales = standardising ? WindowScales(columns, window: window) : nil
    }

    /// The windows in `range`, one a column of the matrix.
    func matrix(_ range: Range<Int>) throws(NumericsError) -> Matrix<Double> {
        var storage: [Double] = []
        storage.reserveCapacity(range.count * features)
        for index in range {
            for (number, column) in columns.enumerated() {
                let values = column[index..<index + window]
                if let scales {
                    let (mean, factor) = scales[number, index]
                    for value in values { storage.append((value - mean) * factor) }
                } else {
                    storage.append(contentsOf: values)
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
