/// For each of a few rows the k smallest values so far with their indices: one binary heap a row, the largest on top, all
/// in two flat arrays.
struct NearestLists {
    private let k: Int
    private var values: [Double]
    private var indices: [Int32]

    init(rows: Int, k: Int) {
        self.k = k
        values = [Double](repeating: .infinity, count: rows * k)
        indices = [Int32](repeating: 0, count: rows * k)
    }

    /// The largest of the row's k values: only smaller ones matter.
    func limit(of row: Int) -> Double { values[row * k] }

    /// The index that belongs to the largest of the row's k values.
    func farthestIndex(of row: Int) -> Int { Int(indices[row * k]) }

    /// The indices that belong to the row's k values, in no order.
    func indices(of row: Int) -> [Int] { indices[row * k..<(row + 1) * k].map { Int($0) } }

    /// Takes a value in, and the largest out, unless the value is no smaller than that.
    mutating func insert(_ value: Double, index: Int32, into row: Int) {
        let root = row * k
        guard value < values[root] else { return }
        var hole = 0
        while true {
            var child = 2 * hole + 1
            guard child < k else { break }
            if child + 1 < k, values[root + child + 1] > values[root + child] { child += 1 }
            guard values[root + child] > value else { break }
            values[root + hole] = values[root + child]
            indices[root + hole] = indices[root + child]
            hole = child
        }
        values[root + hole] = value
        indices[root + hole] = index
    }
}
