import AuspexNumerics

/// The k-th nearest reference window of each query window, where windows may be standardised one by one: products of
/// blocks of windows, so that all windows are never in memory.
struct FormSearch {
    /// What the lists of a block may take; with many neighbours fewer queries are searched for at once.
    static let mostListBytes = 32 << 20

    /// How many queries are searched for at once.
    static func height(k: Int) -> Int {
        max(1, min(WindowVectors.blockWidth, mostListBytes / NearestLists.bytes(k: k)))
    }

    private let references: WindowVectors
    private let queries: WindowVectors
    private let k: Int

    /// - Parameter k: from 1 to the number of reference windows; both have windows of the same length.
    init(references: WindowVectors, queries: WindowVectors, k: Int) {
        precondition(references.features == queries.features, "the windows differ")
        precondition((1...references.count).contains(k), "there is no k-th neighbour")
        self.references = references
        self.queries = queries
        self.k = k
    }

    /// One distance a query window, added up from differences.
    func kthDistances() throws(NumericsError) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(queries.count)
        let height = Self.height(k: k)
        for start in stride(from: 0, to: queries.count, by: height) {
            let rows = start..<min(start + height, queries.count)
            let block = try queries.matrix(rows)
            var nearest = try nearest(to: block)
            for row in 0..<rows.count {
                let found = nearest.settled(row).farthest
                let other = try references.matrix(found..<found + 1)
                let square = zip(block.column(row), other.storage).reduce(0) { sum, pair in
                    sum + (pair.0 - pair.1) * (pair.0 - pair.1)
                }
                result.append(square.squareRoot())
            }
        }
        return result
    }

    private func nearest(to block: Matrix<Double>) throws(NumericsError) -> NearestLists {
        var nearest = NearestLists(rows: block.columns, k: k)
        var values = [Double](repeating: 0, count: WindowVectors.blockWidth)
        var indices = [Int32](repeating: 0, count: WindowVectors.blockWidth)
        for tile in references.blocks {
            let known = try references.matrix(tile)
            let halves = (0..<tile.count).map { known.column($0).reduce(0) { $0 + $1 * $1 } / 2 }
            let products = try known.multiplied(by: block, transposingSelf: true)
            for row in 0..<block.columns {
                let hits = products.column(row).withUnsafeBufferPointer { products in
                    halves.withUnsafeBufferPointer { halves in
                        values.withUnsafeMutableBufferPointer { values in
                            indices.withUnsafeMutableBufferPointer { indices in
                                Kernels.selectBelow(
                                    nearest.limit(of: row), products: products, halves: halves, values: values,
                                    indices: indices)
                            }
                        }
                    }
                }
                values.withUnsafeMutableBufferPointer { values in
                    indices.withUnsafeMutableBufferPointer { indices in
                        nearest.insert(values, at: indices, count: hits, first: Int32(tile.lowerBound), into: row)
                    }
                }
            }
        }
        return nearest
    }
}
