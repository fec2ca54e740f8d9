import AuspexNumerics

/// The k nearest reference windows of each query window, and their squared distances, exact.
///
/// |a − b|² = |a|² + |b|² − 2ab. The inner product of two windows follows from that of the two windows one row earlier by
/// one product less and one more, so that a pair costs the same whatever the window. Work goes in tiles of
/// ``tileWidth`` references, which stay in the cache, by ``blockHeight`` queries, at whose first row the products are
/// computed afresh, so that rounding errors don't run on. Along a diagonal of the tile the product stays at its place in
/// memory: the row's start moves down by one instead.
struct NeighbourSearch {
    /// 4 arrays of 2,048 doubles fill a 64 KB share of the second-level cache.
    static let tileWidth = 2_048
    static let blockHeight = 1_024
    /// What the lists of a block may take; with many neighbours blocks are lower.
    private static let mostListBytes = 48 << 20

    private let references: [[Double]]
    private let queries: [[Double]]
    private let window: Int
    private let k: Int
    private let referenceNorms: [Double]

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
        referenceNorms = (0...(height - window)).map { row in
            references.reduce(0) { sum, column in
                column[row..<row + window].reduce(sum) { $0 + $1 * $1 }
            }
        }
    }

    private var height: Int { min(Self.blockHeight, NearestLists.rows(k: k, bytes: Self.mostListBytes)) }

    func kthSquaredDistances() -> [Double] {
        let count = queries[0].count - window + 1
        var result: [Double] = []
        result.reserveCapacity(count)
        var start = 0
        while start < count {
            let rows = start..<min(start + height, count)
            var nearest = block(rows)
            for row in rows {
                result.append(squaredDistance(row, nearest.settled(row - rows.lowerBound).farthest))
            }
            start = rows.upperBound
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
        let count = queries[0].count - window + 1
        for start in stride(from: 0, to: count, by: height) {
            let rows = start..<min(start + height, count)
            var nearest = block(rows)
            for row in rows {
                let neighbours = nearest.settled(row - start).indices.map {
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

    private func block(_ rows: Range<Int>) -> NearestLists {
        BLASThreads.pin()
        var nearest = NearestLists(rows: rows.count, k: k)
        var scratch = TileScratch(height: rows.count, width: min(Self.tileWidth, referenceNorms.count))
        var start = 0
        while start < referenceNorms.count {
            let tile = start..<min(start + Self.tileWidth, referenceNorms.count)
            visit(rows, tile, &nearest, &scratch)
            start = tile.upperBound
        }
        // A limit from the row before that rounding made too low would leave too few.
        for row in rows where nearest.isShort(row - rows.lowerBound) { searchAll(row, rows, &nearest) }
        return nearest
    }

    private func visit(
        _ rows: Range<Int>, _ tile: Range<Int>, _ nearest: inout NearestLists, _ scratch: inout TileScratch
    ) {
        referenceNorms.withUnsafeBufferPointer { norms in
            scratch.products.withUnsafeMutableBufferPointer { products in
                scratch.values.withUnsafeMutableBufferPointer { values in
                    scratch.indices.withUnsafeMutableBufferPointer { indices in
                        for row in rows {
                            let first = rows.upperBound - 1 - row
                            let current = UnsafeMutableBufferPointer(rebasing: products[first..<first + tile.count])
                            let list = row - rows.lowerBound
                            if tile.lowerBound == 0, list > 0 {
                                nearest.lowerLimit(of: list) { moved($0, $1, to: row, norms, end: tile.upperBound) }
                            }
                            let limit = nearest.limit(of: list)
                            let known = UnsafeBufferPointer(rebasing: norms[tile])
                            let hits =
                                row == rows.lowerBound
                                ? begin(current, row, tile, below: limit, known, values, indices)
                                : slide(current, to: row, tile, below: limit, known, values, indices)
                            nearest.insert(values, at: indices, count: hits, first: Int32(tile.lowerBound), into: list)
                        }
                    }
                }
            }
        }
    }

    private func searchAll(_ row: Int, _ rows: Range<Int>, _ nearest: inout NearestLists) {
        var values = referenceNorms.indices.map { referenceNorms[$0] - 2 * product(row, $0) }
        var indices = referenceNorms.indices.map { Int32($0) }
        nearest.clear(row - rows.lowerBound)
        values.withUnsafeMutableBufferPointer { values in
            indices.withUnsafeMutableBufferPointer { indices in
                nearest.insert(values, at: indices, count: values.count, first: 0, into: row - rows.lowerBound)
            }
        }
    }

    /// The value of window `row` against reference `index` + 1, from that of the window before against `index`, and a little
    /// more for what rounding may do; nil where the reference lies behind `end`.
    private func moved(
        _ value: Double, _ index: Int, to row: Int, _ norms: UnsafeBufferPointer<Double>, end: Int
    ) -> Double? {
        guard index + 1 < end else { return nil }
        var change = 0.0
        for (query, reference) in zip(queries, references) {
            change += query[row - 1 + window] * reference[index + window] - query[row - 1] * reference[index]
        }
        let next = norms[index + 1] - norms[index] + value - 2 * change
        return next + Self.rounding * (norms[index] + norms[index + 1] + abs(value) + 2 * abs(change))
    }

    /// What sliding over a block may do to a product, in shares of it, and much more.
    private static let rounding = 1e-9

    /// Products of window `row`, and those whose value is under `limit`.
    private func begin(
        _ current: UnsafeMutableBufferPointer<Double>, _ row: Int, _ tile: Range<Int>, below limit: Double,
        _ norms: UnsafeBufferPointer<Double>, _ values: UnsafeMutableBufferPointer<Double>,
        _ indices: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        for offset in 0..<tile.count { current[offset] = product(row, tile.lowerBound + offset) }
        return Kernels.selectBelow(
            limit, products: UnsafeBufferPointer(current), norms: norms, values: values, indices: indices)
    }

    /// Products of the windows that begin one row earlier become those of `row`; the first of the tile has none to come
    /// from.
    private func slide(
        _ current: UnsafeMutableBufferPointer<Double>, to row: Int, _ tile: Range<Int>, below limit: Double,
        _ norms: UnsafeBufferPointer<Double>, _ values: UnsafeMutableBufferPointer<Double>,
        _ indices: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        current[0] = product(row, tile.lowerBound)
        let value = norms[0] - 2 * current[0]
        let isHit = value < limit
        if isHit { (values[0], indices[0]) = (value, 0) }
        let found = isHit ? 1 : 0
        let rest = UnsafeMutableBufferPointer(rebasing: current.dropFirst())
        var hits = 0
        for (number, (query, reference)) in zip(queries, references).enumerated() {
            reference.withUnsafeBufferPointer { column in
                let leave = UnsafeBufferPointer(rebasing: column[tile.lowerBound..<tile.upperBound - 1])
                let enter = UnsafeBufferPointer(
                    rebasing: column[tile.lowerBound + window..<tile.upperBound - 1 + window])
                let (leaving, entering) = (query[row - 1], query[row - 1 + window])
                guard number == queries.count - 1 else {
                    return Kernels.slideProducts(
                        rest, leaving: leaving, leave: leave, entering: entering, enter: enter)
                }
                hits = Kernels.slideAndSelect(
                    rest, leaving: leaving, leave: leave, entering: entering, enter: enter, below: limit,
                    norms: UnsafeBufferPointer(rebasing: norms.dropFirst()),
                    values: UnsafeMutableBufferPointer(rebasing: values[found...]),
                    indices: UnsafeMutableBufferPointer(rebasing: indices[found...]))
            }
        }
        for hit in found..<found + hits { indices[hit] += 1 }
        return found + hits
    }

    private func product(_ row: Int, _ index: Int) -> Double {
        var sum = 0.0
        for (query, reference) in zip(queries, references) {
            query.withUnsafeBufferPointer { query in
                reference.withUnsafeBufferPointer { reference in
                    guard let left = query.baseAddress, let right = reference.baseAddress else { return }
                    sum += Double.dot(Int32(window), left + row, right + index)
                }
            }
        }
        return sum
    }

    /// The distance itself, without cancellation.
    private func squaredDistance(_ row: Int, _ index: Int) -> Double {
        var sum = 0.0
        for (query, reference) in zip(queries, references) {
            for offset in 0..<window {
                let difference = query[row + offset] - reference[index + offset]
                sum += difference * difference
            }
        }
        return sum
    }
}

/// Memory that a block's tiles use one after another.
private struct TileScratch {
    var products: [Double]
    var values: [Double]
    var indices: [Int32]

    init(height: Int, width: Int) {
        products = [Double](repeating: 0, count: width + height - 1)
        values = [Double](repeating: 0, count: width)
        indices = [Int32](repeating: 0, count: width)
    }
}
