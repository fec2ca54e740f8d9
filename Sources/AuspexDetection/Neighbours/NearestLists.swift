import AuspexNumerics

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
    private var scratch: [Double]

    /// At least so many values are taken in between two times of throwing out.
    private static let leastSlack = 64

    /// How many values a row has room for.
    private static func capacity(k: Int) -> Int { k + max(leastSlack, k / 2) }

    /// How many bytes a row takes.
    static func bytes(k: Int) -> Int { capacity(k: k) * (MemoryLayout<Double>.stride + MemoryLayout<Int32>.stride) }

    init(rows: Int, k: Int) {
        self.k = k
        capacity = Self.capacity(k: k)
        values = [Double](repeating: .infinity, count: rows * capacity)
        indices = [Int32](repeating: 0, count: rows * capacity)
        counts = [Int](repeating: 0, count: rows)
        limits = [Double](repeating: .infinity, count: rows)
        scratch = [Double](repeating: 0, count: capacity)
    }

    /// Larger values don't matter any more.
    func limit(of row: Int) -> Double { limits[row] }

    /// Whether the row has fewer than k values yet.
    func isShort(_ row: Int) -> Bool { counts[row] < k }

    /// Forgets what the row has.
    mutating func clear(_ row: Int) { (counts[row], limits[row]) = (0, .infinity) }

    /// Lowers what the row takes in to values under `limit`, of which there are k or more.
    mutating func lowerLimit(of row: Int, to limit: Double) { limits[row] = min(limits[row], limit) }

    /// Calls `body` with the limits of the first `rows` rows.
    func withLimits<Result>(of rows: Int, _ body: (UnsafeBufferPointer<Double>) -> Result) -> Result {
        limits.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<rows])) }
    }

    /// Takes in the first `count` of some values, unless they are over the limit; `first` is added to their indices.
    mutating func insert(
        _ new: UnsafeMutableBufferPointer<Double>, at places: UnsafeMutableBufferPointer<Int32>, count: Int,
        first: Int32, into row: Int
    ) {
        withStorage { storage in
            for hit in 0..<count { storage.insert(new[hit], first + places[hit], into: row) }
        }
    }

    /// Takes in the first `count` values of a band of diagonals, which ``Kernels/selectInBand(_:query:of:reference:of:window:halves:below:values:places:)``
    /// found, unless they are over the limit of their row. Lane l of row t has the index `first` + t + l.
    mutating func insertBand(
        _ new: UnsafeMutableBufferPointer<Double>, at places: UnsafeMutableBufferPointer<Int32>, count: Int, first: Int
    ) {
        withStorage { storage in
            for hit in 0..<count {
                let (row, lane) = Int(places[hit]).quotientAndRemainder(dividingBy: Kernels.band)
                storage.insert(new[hit], Int32(first + row + lane), into: row)
            }
        }
    }

    private mutating func withStorage(_ body: (Storage) -> Void) {
        let (k, capacity) = (k, capacity)
        values.withUnsafeMutableBufferPointer { values in
            indices.withUnsafeMutableBufferPointer { indices in
                counts.withUnsafeMutableBufferPointer { counts in
                    limits.withUnsafeMutableBufferPointer { limits in
                        scratch.withUnsafeMutableBufferPointer { scratch in
                            body(
                                Storage(
                                    k: k, capacity: capacity, values: values, indices: indices, counts: counts,
                                    limits: limits, scratch: scratch))
                        }
                    }
                }
            }
        }
    }

    /// All rows, while values go in or out.
    private struct Storage {
        let k: Int
        let capacity: Int
        let values: UnsafeMutableBufferPointer<Double>
        let indices: UnsafeMutableBufferPointer<Int32>
        let counts: UnsafeMutableBufferPointer<Int>
        let limits: UnsafeMutableBufferPointer<Double>
        let scratch: UnsafeMutableBufferPointer<Double>

        @inline(__always)
        func insert(_ value: Double, _ index: Int32, into row: Int) {
            guard value < limits[row] else { return }
            let held = counts[row]
            values[row * capacity + held] = value
            indices[row * capacity + held] = index
            counts[row] = held + 1
            if held + 1 == capacity { throwOut(row) }
        }

        @inline(never)
        func throwOut(_ row: Int) {
            let own = row * capacity..<(row + 1) * capacity
            limits[row] = NearestLists.keep(
                k, of: counts[row], UnsafeMutableBufferPointer(rebasing: values[own]),
                UnsafeMutableBufferPointer(rebasing: indices[own]), scratch)
            counts[row] = k
        }
    }

    /// The indices that belong to the row's k smallest values, in ascending order, and the one of the largest of them.
    mutating func settled(_ row: Int) -> (indices: ArraySlice<Int32>, farthest: Int) {
        if counts[row] > k { withStorage { $0.throwOut(row) } }
        let range = row * capacity..<row * capacity + counts[row]
        let farthest = range.max { (values[$0], indices[$0]) < (values[$1], indices[$1]) } ?? row * capacity
        return (indices[range], Int(indices[farthest]))
    }

    /// Moves the `k` smallest of the first `count` values, which are more, to the front, of equal values the first, and
    /// returns the largest of them. Nothing changes places, so that indices that ascend go on to do so.
    ///
    /// Which of random values are the smaller ones can't be foretold; so no branch depends on it.
    private static func keep(
        _ k: Int, of count: Int, _ values: UnsafeMutableBufferPointer<Double>,
        _ indices: UnsafeMutableBufferPointer<Int32>, _ scratch: UnsafeMutableBufferPointer<Double>
    ) -> Double {
        for place in 0..<count { scratch[place] = values[place] }
        let (largest, below) = smallest(k, of: count, scratch)
        var (kept, equalLeft) = (0, k - below)
        for place in 0..<count {
            let (value, index) = (values[place], indices[place])
            values[kept] = value
            indices[kept] = index
            let isEqual = value == largest && equalLeft > 0
            equalLeft -= isEqual ? 1 : 0
            kept += value < largest || isEqual ? 1 : 0
        }
        return largest
    }

    /// The `k`-th smallest of the first `count` values, and how many are smaller. Their order gets lost.
    private static func smallest(
        _ k: Int, of count: Int, _ values: UnsafeMutableBufferPointer<Double>
    ) -> (value: Double, smaller: Int) {
        var (count, smaller) = (count, 0)
        while true {
            let (low, middle, high) = (values[0], values[count / 2], values[count - 1])
            let pivot = max(min(low, middle), min(max(low, middle), high))
            var (below, equal) = (0, 0)
            for place in 0..<count {
                below += values[place] < pivot ? 1 : 0
                equal += values[place] == pivot ? 1 : 0
            }
            var kept = 0
            if k <= smaller + below {
                for place in 0..<count {
                    let value = values[place]
                    values[kept] = value
                    kept += value < pivot ? 1 : 0
                }
            } else if k <= smaller + below + equal {
                return (pivot, smaller + below)
            } else {
                for place in 0..<count {
                    let value = values[place]
                    values[kept] = value
                    kept += value > pivot ? 1 : 0
                }
                smaller += below + equal
            }
            count = kept
        }
    }
}
