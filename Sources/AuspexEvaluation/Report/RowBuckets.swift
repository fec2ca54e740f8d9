/// Stretches of neighbouring rows that share a place in a drawing, so that a path stays short however long the series.
struct RowBuckets {
    /// The most stretches; three rows of each make a path of at most 999 points.
    static let limit = 333
    /// Series up to this length are drawn row by row.
    static let fullLimit = 1_000

    /// The stretches in order; together all rows.
    let ranges: [Range<Int>]

    init(rows: Int) {
        guard rows > Self.fullLimit else {
            ranges = (0..<rows).map { $0..<$0 + 1 }
            return
        }
        ranges = (0..<Self.limit).map { rows * $0 / Self.limit..<rows * ($0 + 1) / Self.limit }
    }

    /// The rows to draw of each stretch: those of the smallest and the largest value and of the highest score, in order;
    /// none where all values are missing.
    func rows(of values: [Double], scores: [Double]) -> [[Int]] {
        ranges.map { range in
            var lowest: Int?
            var highest: Int?
            var strangest: Int?
            for row in range where values[row].isFinite {
                if lowest.map({ values[row] < values[$0] }) ?? true { lowest = row }
                if highest.map({ values[row] > values[$0] }) ?? true { highest = row }
                if strangest.map({ scores[row] > scores[$0] }) ?? true { strangest = row }
            }
            return Set([lowest, highest, strangest].compactMap(\.self)).sorted()
        }
    }

    /// The row of the highest score among those that satisfy `condition`, of each stretch that has one.
    func strangest(_ scores: [Double], where condition: (Int) -> Bool) -> [Int] {
        ranges.compactMap { range in range.filter(condition).max { scores[$0] < scores[$1] } }
    }
}
