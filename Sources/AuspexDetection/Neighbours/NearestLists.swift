/// For each of a few rows the k smallest values so far with their indices, of equal values those with smaller indices.
///
/// A row takes in more than k and throws out the largest when it is full, by partition around a pivot: constant time a value,
/// where a heap takes a logarithm.
struct NearestLists {
    private let k: Int
    private let capacity: Int
    private var values: [Double]
    private var indices: [Int32]
    private var counts: [Int]
    private var limits: [Double]

    /// At least so many values are taken in between two times of throwing out.
    private static let leastSlack = 32

    /// How many values a row has room for.
    private static func capacity(k: Int) -> Int { k + max(leastSlack, k / 2) }

    /// How many rows fit into `bytes`, at least 1.
    static func rows(k: Int, bytes: Int) -> Int {
        max(1, bytes / (capacity(k: k) * (MemoryLayout<Double>.stride + MemoryLayout<Int32>.stride)))
    }

    init(rows: Int, k: Int) {
        self.k = k
        capacity = Self.capacity(k: k)
        values = [Double](repeating: .infinity, count: rows * capacity)
        indices = [Int32](repeating: 0, count: rows * capacity)
        counts = [Int](repeating: 0, count: rows)
        limits = [Double](repeating: .infinity, count: rows)
    }

    /// Larger values don't matter any more.
    func limit(of row: Int) -> Double { limits[row] }

    /// Whether the row has fewer than k values yet.
    func isShort(_ row: Int) -> Bool { counts[row] < k }

    /// Forgets what the row has.
    mutating func clear(_ row: Int) { (counts[row], limits[row]) = (0, .infinity) }

    /// Takes in the first `count` of some values, unless they are over the limit; `first` is added to their indices.
    mutating func insert(
        _ new: UnsafeMutableBufferPointer<Double>, at places: UnsafeMutableBufferPointer<Int32>, count: Int,
        first: Int32, into row: Int
    ) {
        var (held, limit) = (counts[row], limits[row])
        let (k, capacity) = (k, capacity)
        values.withUnsafeMutableBufferPointer { values in
            indices.withUnsafeMutableBufferPointer { indices in
                let own = UnsafeMutableBufferPointer(rebasing: values[row * capacity..<(row + 1) * capacity])
                let names = UnsafeMutableBufferPointer(rebasing: indices[row * capacity..<(row + 1) * capacity])
                for hit in 0..<count where new[hit] < limit {
                    own[held] = new[hit]
                    names[held] = first + places[hit]
                    held += 1
                    if held == capacity {
                        limit = Self.keep(k, of: held, own, names)
                        held = k
                    }
                }
            }
        }
        (counts[row], limits[row]) = (held, limit)
    }

    /// The indices that belong to the row's k smallest values, in no order, and the one of the largest of them.
    mutating func settled(_ row: Int) -> (indices: ArraySlice<Int32>, farthest: Int) {
        let (held, start) = (counts[row], row * capacity)
        if held > k {
            let (k, capacity) = (k, capacity)
            limits[row] = values.withUnsafeMutableBufferPointer { values in
                indices.withUnsafeMutableBufferPointer { indices in
                    Self.keep(
                        k, of: held, UnsafeMutableBufferPointer(rebasing: values[start..<start + capacity]),
                        UnsafeMutableBufferPointer(rebasing: indices[start..<start + capacity]))
                }
            }
            counts[row] = k
        }
        let range = start..<start + counts[row]
        let farthest = range.max { (values[$0], indices[$0]) < (values[$1], indices[$1]) } ?? start
        return (indices[range], Int(indices[farthest]))
    }

    /// Lowers the limit of `row`, of which nothing is known, to the largest of what `moved` makes of the k smallest values
    /// of the row before: there are k values that are no larger. Stays when there are fewer than k or one has no successor.
    mutating func lowerLimit(of row: Int, _ moved: (_ value: Double, _ index: Int) -> Double?) {
        let before = settled(row - 1).indices
        guard before.count == k else { return }
        var largest = -Double.infinity
        for place in before.indices {
            guard let value = moved(values[place], Int(indices[place])) else { return }
            largest = max(largest, value)
        }
        // Values that equal the largest belong to the k.
        limits[row] = largest.nextUp
    }

    /// Moves the `k` smallest of the first `count` values, which are more, to the front, and returns the largest of them.
    private static func keep(
        _ k: Int, of count: Int, _ values: UnsafeMutableBufferPointer<Double>,
        _ indices: UnsafeMutableBufferPointer<Int32>
    ) -> Double {
        func isBefore(_ left: Int, _ value: Double, _ index: Int32) -> Bool {
            values[left] < value || (values[left] == value && indices[left] < index)
        }
        func isBehind(_ left: Int, _ value: Double, _ index: Int32) -> Bool {
            values[left] > value || (values[left] == value && indices[left] > index)
        }
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high) / 2
            let (value, index) = (values[middle], indices[middle])
            var (left, right) = (low, high)
            while left <= right {
                while isBefore(left, value, index) { left += 1 }
                while isBehind(right, value, index) { right -= 1 }
                guard left <= right else { break }
                values.swapAt(left, right)
                indices.swapAt(left, right)
                left += 1
                right -= 1
            }
            if k - 1 <= right {
                high = right
            } else if k - 1 >= left {
                low = left
            } else {
                break
            }
        }
        var largest = -Double.infinity
        for place in 0..<k { largest = max(largest, values[place]) }
        return largest
    }
}
