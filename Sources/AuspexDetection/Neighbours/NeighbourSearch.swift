import AuspexNumerics

/// The k nearest reference windows of each query window, and their squared distances, exact.
///
/// |a − b|² = |a|² + |b|² − 2ab. The inner product of two windows follows from that of the two windows one row earlier by
/// one product less and one more, so that a pair costs the same whatever the window. Blocks of ``blockHeight`` queries go
/// along all diagonals, a band of them at a time, whose products stay in registers; from block to block they stay at their
/// place in memory, and the row's start moves down by the block's height instead. Every ``stripHeight`` rows the products
/// are computed afresh, so that rounding errors don't run on. The references are padded with zeros, with which products
/// go on as with any other values, and the padding is infinitely long, so that it is nobody's neighbour.
///
/// What is selected by is half the squared distance less what belongs to the query alone: half of |b|² less ab.
struct NeighbourSearch {
    static let stripHeight = 1_024
    /// Some lists of 128 rows stay in the second-level cache, and a block's first row has limits for the others.
    static let blockHeight = 128
    /// Zeros before the references, so that the diagonals which begin at the left in later rows of a block are none apart.
    static let padding = blockHeight

    private let references: [[Double]]
    private let queries: [[Double]]
    private let window: Int
    private let k: Int
    /// How many reference windows and query windows there are.
    private let known: Int
    private let count: Int
    /// Half the squared lengths of the reference windows, padded on both sides by ∞.
    private let halves: [Double]
    private let paddedReferences: [Double]
    private let paddedQueries: [Double]

    /// - Parameters:
    ///   - references: columns of equal length, at least `window`.
    ///   - queries: as many columns, of equal length, at least `window`.
    ///   - k: from 1 to the number of reference windows.
    init(references: [[Double]], queries: [[Double]], window: Int, k: Int) {
        let height = references.first?.count ?? 0
        precondition(references.count == queries.count && !references.isEmpty, "columns differ")
        precondition(window >= 1 && height >= window && (queries[0].count) >= window, "the window does not fit")
        precondition((1...(height - window + 1)).contains(k), "there is no k-th neighbour")
        self.references = references
        self.queries = queries
        self.window = window
        self.k = k
        known = height - window + 1
        count = queries[0].count - window + 1
        let before = [Double](repeating: 0, count: Self.padding)
        let behind = [Double](repeating: 0, count: Self.blockHeight + 2 * Kernels.band)
        paddedReferences = references.flatMap { before + $0 + behind }
        // What the last row's products would go on with.
        paddedQueries = queries.flatMap { $0 + [0] }
        let lengths = (0..<known).map { row in
            references.reduce(0) { sum, column in
                column[row..<row + window].reduce(sum) { $0 + $1 * $1 }
            }
        }
        halves =
            before.map { _ in .infinity } + lengths.map { $0 / 2 } + behind.map { _ in .infinity }
    }

    func kthSquaredDistances() -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(count)
        forEachBlock { rows, nearest in
            for row in rows {
                result.append(squaredDistance(row, nearest.settled(row - rows.lowerBound).farthest))
            }
        }
        return result
    }

    /// One of the windows that are nearest to a query.
    struct Neighbour: Sendable {
        var index: Int
        var squaredDistance: Double
    }

    /// Calls `body` with the number of each query window and its k nearest reference windows, nearest first.
    func forEachQuery(_ body: (Int, [Neighbour]) -> Void) {
        forEachBlock { rows, nearest in
            for row in rows {
                let neighbours = nearest.settled(row - rows.lowerBound).indices.map {
                    Neighbour(index: Int($0), squaredDistance: squaredDistance(row, Int($0)))
                }
                body(
                    row,
                    neighbours.sorted {
                        $0.squaredDistance != $1.squaredDistance
                            ? $0.squaredDistance < $1.squaredDistance : $0.index < $1.index
                    })
            }
        }
    }

    private func forEachBlock(_ body: (Range<Int>, inout NearestLists) -> Void) {
        BLASThreads.pin()
        var diagonals = Diagonals(known: known)
        for strip in stride(from: 0, to: count, by: Self.stripHeight) {
            for start in stride(from: strip, to: min(strip + Self.stripHeight, count), by: Self.blockHeight) {
                let rows = start..<min(start + Self.blockHeight, count)
                diagonals.begin(block: (start - strip) / Self.blockHeight)
                let fresh = start == strip ? diagonals.columns : 0..<Self.padding
                for column in fresh { diagonals.products[diagonals.first + column] = product(start, column) }
                var nearest = NearestLists(rows: rows.count, k: k)
                lowerLimits(rows, &diagonals, &nearest)
                visit(rows, &diagonals, &nearest)
                // Values that are no numbers leave too few.
                for row in 0..<rows.count where nearest.isShort(row) { searchAll(start + row, row, &nearest) }
                body(rows, &nearest)
            }
        }
    }

    private func visit(_ rows: Range<Int>, _ diagonals: inout Diagonals, _ nearest: inout NearestLists) {
        paddedQueries.withUnsafeBufferPointer { queryValues in
            paddedReferences.withUnsafeBufferPointer { referenceValues in
                halves.withUnsafeBufferPointer { halves in
                    let queries = Kernels.Columns(queryValues, count: self.queries.count)
                    let references = Kernels.Columns(referenceValues, count: self.references.count)
                    diagonals.forEachBand { column, products, values, places in
                        let hits = nearest.withLimits(of: rows.count) { limits in
                            Kernels.selectInBand(
                                products, query: rows.lowerBound, of: queries, reference: column, of: references,
                                window: window, halves: halves, below: limits, values: values, places: places)
                        }
                        nearest.insertBand(values, at: places, count: hits, first: column - Self.padding)
                    }
                }
            }
        }
    }

    /// The k nearest references of a block's first row, moved down with it, are k references of each other row: no row
    /// needs any that is farther than those. The same sums in the same order have the same rounding errors.
    private func lowerLimits(_ rows: Range<Int>, _ diagonals: inout Diagonals, _ nearest: inout NearestLists) {
        guard known - rows.count + 1 >= k else { return }
        var first = NearestLists(rows: 1, k: k)
        let candidates = Self.padding..<Self.padding + known - rows.count + 1
        diagonals.insert(candidates, halves, into: &first)
        let neighbours = first.settled(0).indices
        guard neighbours.count == k else { return }
        var largest = [Double](repeating: -.infinity, count: rows.count)
        for index in neighbours {
            let column = Self.padding + Int(index)
            var product = diagonals.products[diagonals.first + column]
            for row in 0..<rows.count {
                largest[row] = max(largest[row], halves[column + row] - product)
                for number in queries.indices {
                    let query = number * (paddedQueries.count / queries.count) + rows.lowerBound + row
                    let reference = number * (paddedReferences.count / references.count) + column + row
                    product +=
                        paddedQueries[query + window] * paddedReferences[reference + window]
                        - paddedQueries[query] * paddedReferences[reference]
                }
            }
        }
        // Values that equal the largest belong to the k.
        for row in 0..<rows.count { nearest.lowerLimit(of: row, to: largest[row].nextUp) }
    }

    private func searchAll(_ row: Int, _ list: Int, _ nearest: inout NearestLists) {
        var values = (0..<known).map { halves[Self.padding + $0] - product(row, Self.padding + $0) }
        var indices = (0..<known).map { Int32($0) }
        nearest.clear(list)
        values.withUnsafeMutableBufferPointer { values in
            indices.withUnsafeMutableBufferPointer { indices in
                nearest.insert(values, at: indices, count: values.count, first: 0, into: list)
            }
        }
    }

    /// Of a query window with the one that begins at `column` of the padded references.
    private func product(_ row: Int, _ column: Int) -> Double {
        var sum = 0.0
        paddedQueries.withUnsafeBufferPointer { queryValues in
            paddedReferences.withUnsafeBufferPointer { referenceValues in
                guard let left = queryValues.baseAddress, let right = referenceValues.baseAddress else { return }
                let (width, otherWidth) = (queryValues.count / queries.count, referenceValues.count / queries.count)
                for number in queries.indices {
                    sum += Double.dot(
                        Int32(window), left + number * width + row, right + number * otherWidth + column)
                }
            }
        }
        return sum
    }

    /// The distance itself, without cancellation.
    private func squaredDistance(_ row: Int, _ index: Int) -> Double {
        zip(queries, references).reduce(0) { sum, columns in
            columns.0.withUnsafeBufferPointer { query in
                columns.1.withUnsafeBufferPointer { reference in
                    sum
                        + Kernels.squaredDistance(
                            UnsafeBufferPointer(rebasing: query[row..<row + window]),
                            UnsafeBufferPointer(rebasing: reference[index..<index + window]))
                }
            }
        }
    }
}
