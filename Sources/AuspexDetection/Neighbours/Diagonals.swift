import AuspexNumerics

/// The products of one query window with all reference windows, padded ones included, which become those of a query window
/// some rows on without being moved: the place of column 0 moves down instead.
struct Diagonals {
    /// Of padded references, whole bands.
    let columns: Range<Int>
    /// Where column 0 is.
    private(set) var first = 0
    var products: [Double]
    private var values: [Double]
    private var places: [Int32]

    /// How many values are looked through at once.
    private static let chunk = 2_048

    /// - Parameter known: how many reference windows there are.
    init(known: Int) {
        let bands = (NeighbourSearch.padding + known + Kernels.band - 1) / Kernels.band
        columns = 0..<bands * Kernels.band
        products = [Double](
            repeating: 0, count: NeighbourSearch.stripHeight - NeighbourSearch.blockHeight + columns.count)
        let room = max(Self.chunk, NeighbourSearch.blockHeight * Kernels.band)
        values = [Double](repeating: 0, count: room)
        places = [Int32](repeating: 0, count: room)
    }

    /// Goes on to block number `block` of a strip.
    mutating func begin(block: Int) {
        first = NeighbourSearch.stripHeight - (block + 1) * NeighbourSearch.blockHeight
    }

    /// Calls `body` with the first column of each band, its products, and room for all of its values in a block.
    mutating func forEachBand(
        _ body: (
            Int, UnsafeMutableBufferPointer<Double>, UnsafeMutableBufferPointer<Double>,
            UnsafeMutableBufferPointer<Int32>
        ) -> Void
    ) {
        let (first, columns) = (first, columns)
        products.withUnsafeMutableBufferPointer { products in
            values.withUnsafeMutableBufferPointer { values in
                places.withUnsafeMutableBufferPointer { places in
                    for column in stride(from: 0, to: columns.upperBound, by: Kernels.band) {
                        let place = first + column
                        let band = UnsafeMutableBufferPointer(rebasing: products[place..<place + Kernels.band])
                        body(column, band, values, places)
                    }
                }
            }
        }
    }

    /// Puts halves[column] − product of some columns into the only row of `nearest`, with the numbers of their windows.
    mutating func insert(_ chosen: Range<Int>, _ halves: [Double], into nearest: inout NearestLists) {
        let first = first
        halves.withUnsafeBufferPointer { halves in
            products.withUnsafeBufferPointer { products in
                values.withUnsafeMutableBufferPointer { values in
                    places.withUnsafeMutableBufferPointer { places in
                        for start in stride(from: chosen.lowerBound, to: chosen.upperBound, by: Self.chunk) {
                            let part = start..<min(start + Self.chunk, chosen.upperBound)
                            let hits = Kernels.selectBelow(
                                nearest.limit(of: 0),
                                products: UnsafeBufferPointer(
                                    rebasing: products[first + part.lowerBound..<first + part.upperBound]),
                                halves: UnsafeBufferPointer(rebasing: halves[part]), values: values, indices: places)
                            nearest.insert(
                                values, at: places, count: hits, first: Int32(start - NeighbourSearch.padding), into: 0)
                        }
                    }
                }
            }
        }
    }
}
