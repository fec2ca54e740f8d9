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

    func kthSquaredDistances() -> [Double] {
        let count = queries[0].count - window + 1
        var result: [Double] = []
        result.reserveCapacity(count)
        var start = 0
        while start < count {
            let rows = start..<min(start + Self.blockHeight, count)
            let nearest = block(rows)
            result.append(
                contentsOf: rows.map { squaredDistance($0, nearest.farthestIndex(of: $0 - rows.lowerBound)) })
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
        for start in stride(from: 0, to: count, by: Self.blockHeight) {
            let rows = start..<min(start + Self.blockHeight, count)
            let nearest = block(rows)
            for row in rows {
                let neighbours = nearest.indices(of: row - start).map {
                    Neighbour(index: $0, squaredDistance: squaredDistance(row, $0))
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
        var nearest = NearestLists(rows: rows.count, k: k)
        var scratch = TileScratch(height: rows.count, width: min(Self.tileWidth, referenceNorms.count))
        var start = 0
        while start < referenceNorms.count {
            let tile = start..<min(start + Self.tileWidth, referenceNorms.count)
            visit(rows, tile, &nearest, &scratch)
            start = tile.upperBound
        }
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
                            if row == rows.lowerBound {
                                for offset in 0..<tile.count {
                                    current[offset] = product(row, tile.lowerBound + offset)
                                }
                            } else {
                                slide(current, to: row, tile)
                            }
                            let list = row - rows.lowerBound
                            let hits = Kernels.selectBelow(
                                nearest.limit(of: list), products: UnsafeBufferPointer(current),
                                norms: UnsafeBufferPointer(rebasing: norms[tile]), values: values, indices: indices)
                            for hit in 0..<hits {
                                nearest.insert(values[hit], index: Int32(tile.lowerBound) + indices[hit], into: list)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Products of the windows that begin one row earlier become those of `row`; the first of the tile has none to come
    /// from.
    private func slide(_ current: UnsafeMutableBufferPointer<Double>, to row: Int, _ tile: Range<Int>) {
        current[0] = product(row, tile.lowerBound)
        let rest = UnsafeMutableBufferPointer(rebasing: current.dropFirst())
        for (query, reference) in zip(queries, references) {
            reference.withUnsafeBufferPointer { values in
                let leave = values[tile.lowerBound..<tile.upperBound - 1]
                let enter = values[tile.lowerBound + window..<tile.upperBound - 1 + window]
                Kernels.slideProducts(
                    rest, leaving: query[row - 1], leave: UnsafeBufferPointer(rebasing: leave),
                    entering: query[row - 1 + window], enter: UnsafeBufferPointer(rebasing: enter))
            }
        }
    }

    private func product(_ row: Int, _ index: Int) -> Double {
        var sum = 0.0
        for (query, reference) in zip(queries, references) {
            for offset in 0..<window { sum += query[row + offset] * reference[index + offset] }
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
