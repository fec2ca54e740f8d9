/// Columns cut into at most 64 bins of about equally many rows each, so that a split is sought among bins, not rows.
struct BinnedColumns: Sendable {
    static let mostBins = 64

    /// The bin of each row, column after column.
    let codes: [[UInt8]]
    /// The values between the bins, ascending: a value v is in bin b when b of them are less than v.
    let borders: [[Double]]
    let rows: Int

    /// Cuts the columns of a matrix of finite numbers. O(n·d·log n).
    init(_ matrix: Matrix<Double>) {
        rows = matrix.rows
        var codes: [[UInt8]] = []
        var borders: [[Double]] = []
        for column in 0..<matrix.columns {
            let values = Array(matrix.column(column))
            let cuts = Self.cuts(values.sorted())
            borders.append(cuts)
            codes.append(values.map { Self.bin($0, cuts) })
        }
        self.codes = codes
        self.borders = borders
    }

    /// Borders half-way between neighbouring different values: all of them when they are few, else those nearest to
    /// equal shares of the rows.
    private static func cuts(_ sorted: [Double]) -> [Double] {
        let count = sorted.count
        // After how many rows the value changes.
        let changes = (1..<max(1, count)).filter { sorted[$0] > sorted[$0 - 1] }
        var places = changes
        if changes.count >= mostBins {
            places = []
            var next = 0
            for bin in 1..<mostBins {
                let wanted = bin * count / mostBins
                while next < changes.count, changes[next] < wanted { next += 1 }
                guard next < changes.count else { break }
                places.append(changes[next])
                next += 1
            }
        }
        return places.map { sorted[$0 - 1] + (sorted[$0] - sorted[$0 - 1]) / 2 }
    }

    private static func bin(_ value: Double, _ cuts: [Double]) -> UInt8 {
        var (low, high) = (0, cuts.count)
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle] < value { low = middle + 1 } else { high = middle }
        }
        return UInt8(low)
    }
}
