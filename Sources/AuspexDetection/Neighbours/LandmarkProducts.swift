import AuspexNumerics

/// The inner products of windows with landmark windows, tile by tile from products of matrices in single precision.
struct LandmarkProducts {
    /// Windows a product. The products of a tile with 2,000 landmarks fill 1 MB.
    private static let tile = 128
    /// The fractional part of the golden ratio: no period divides it.
    private static let golden = 0.6180339887498949

    private let windows: ScaledWindows
    private let known: [Float]
    private let norms: [Float]

    /// - Parameter landmarks: which of the windows.
    init(_ windows: ScaledWindows, landmarks: [Int]) {
        let length = windows.length
        var known = [Float](repeating: 0, count: landmarks.count * length)
        known.withUnsafeMutableBufferPointer { target in
            for (place, index) in landmarks.enumerated() {
                windows.write(index, to: .init(rebasing: target[place * length..<(place + 1) * length]))
            }
        }
        self.windows = windows
        self.known = known
        norms = landmarks.indices.map { place in
            known[place * length..<(place + 1) * length].reduce(Float(0)) { $0 + $1 * $1 }
        }
    }

    /// A shift of landmark `number`, from 0 up to 1, by which evenly spread ones share no factor with a period.
    static func jitter(_ number: Int) -> Double { (Double(number) * golden).truncatingRemainder(dividingBy: 1) }

    /// Calls `body` with each of `rows`, its products with the first landmarks, and their squared norms. `width` says how
    /// many landmarks a tile needs that ends with a given row. 2·n·M·w flops; memory for the landmarks and one tile.
    func visit(
        _ rows: Range<Int>, width: (_ last: Int) -> Int,
        _ body: (_ row: Int, _ products: UnsafeBufferPointer<Float>, _ norms: UnsafeBufferPointer<Float>) -> Void
    ) {
        let length = windows.length
        var queries = [Float](repeating: 0, count: Self.tile * length)
        var products = [Float](repeating: 0, count: Self.tile * norms.count)
        BLASThreads.pin()
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.tile) {
            let count = min(Self.tile, rows.upperBound - start)
            let width = width(start + count - 1)
            guard width > 0 else { continue }
            queries.withUnsafeMutableBufferPointer { target in
                for row in 0..<count {
                    windows.write(start + row, to: .init(rebasing: target[row * length..<(row + 1) * length]))
                }
            }
            Float.gemm(
                true, false, Int32(width), Int32(count), Int32(length), 1, known, Int32(length), queries,
                Int32(length), 0, &products, Int32(width))
            products.withUnsafeBufferPointer { products in
                norms.withUnsafeBufferPointer { norms in
                    for row in 0..<count {
                        body(
                            start + row, UnsafeBufferPointer(rebasing: products[row * width..<(row + 1) * width]),
                            UnsafeBufferPointer(rebasing: norms[..<width]))
                    }
                }
            }
        }
    }
}

extension [Int] {
    /// In ascending order: how many are under `limit`.
    func count(below limit: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
