import AuspexNumerics

/// The nearest of some landmark windows of every window, among those that lie far enough away in time.
///
/// All products of a tile of windows with all landmarks come from one product of matrices in single precision; the one
/// distance that counts is then added up anew in double precision, so that rounding may choose another of two neighbours
/// that are equally near but never gives a wrong distance.
struct LandmarkSearch {
    /// A window's neighbour.
    struct Neighbour: Sendable, Hashable {
        /// Which window it is.
        var index: Int
        var distance: Double
    }

    /// Windows a product. The products of a tile with 2,000 landmarks fill 1 MB.
    private static let tile = 128
    /// The fractional part of the golden ratio: no period divides it.
    private static let golden = 0.6180339887498949

    private let windows: ScaledWindows
    private let landmarks: [Int]

    /// - Parameter most: the most landmarks, at least 1.
    init(_ windows: ScaledWindows, most: Int) {
        self.windows = windows
        landmarks = Self.landmarks(of: windows.count, most: most)
    }

    /// Every window when they are few, else `most` of them, spread evenly but for a jitter, so that their distance shares
    /// no factor with a period. In ascending order.
    static func landmarks(of count: Int, most: Int) -> [Int] {
        guard count > most else { return Array(0..<count) }
        return (0..<most).map { number in
            let jitter = (Double(number) * golden).truncatingRemainder(dividingBy: 1)
            return min(count - 1, Int((Double(number) + jitter) * (Double(count) / Double(most))))
        }
    }

    /// The nearest landmark of each window at least `exclusion` rows before or behind it; nil where there is none.
    /// 2·n·M·w flops; memory for the landmarks and one tile.
    func nearest(exclusion: Int) -> [Neighbour?] {
        let (length, count, width) = (windows.length, windows.count, landmarks.count)
        var known = [Float](repeating: 0, count: width * length)
        known.withUnsafeMutableBufferPointer { target in
            for (place, index) in landmarks.enumerated() {
                windows.write(index, to: .init(rebasing: target[place * length..<(place + 1) * length]))
            }
        }
        let norms = (0..<width).map { place in
            known[place * length..<(place + 1) * length].reduce(Float(0)) { $0 + $1 * $1 }
        }
        var queries = [Float](repeating: 0, count: Self.tile * length)
        var products = [Float](repeating: 0, count: Self.tile * width)
        var result: [Neighbour?] = []
        result.reserveCapacity(count)
        BLASThreads.pin()
        for start in stride(from: 0, to: count, by: Self.tile) {
            let rows = min(Self.tile, count - start)
            queries.withUnsafeMutableBufferPointer { target in
                for row in 0..<rows {
                    windows.write(start + row, to: .init(rebasing: target[row * length..<(row + 1) * length]))
                }
            }
            Float.gemm(
                true, false, Int32(width), Int32(rows), Int32(length), 1, known, Int32(length), queries, Int32(length),
                0,
                &products, Int32(width))
            products.withUnsafeBufferPointer { products in
                norms.withUnsafeBufferPointer { norms in
                    for row in 0..<rows {
                        let own = UnsafeBufferPointer(rebasing: products[row * width..<(row + 1) * width])
                        let nearest = nearest(to: start + row, own, norms, exclusion)
                        result.append(
                            nearest.map { Neighbour(index: $0, distance: windows.distance(start + row, $0)) })
                    }
                }
            }
        }
        return result
    }

    /// The window of the nearest allowed landmark: those before and those behind the excluded ones.
    private func nearest(
        to index: Int, _ products: UnsafeBufferPointer<Float>, _ norms: UnsafeBufferPointer<Float>, _ exclusion: Int
    ) -> Int? {
        let before = 0..<place(of: index - exclusion + 1)
        let behind = place(of: index + exclusion)..<landmarks.count
        func best(_ places: Range<Int>) -> (place: Int, value: Float)? {
            Kernels.nearest(
                products: UnsafeBufferPointer(rebasing: products[places]),
                norms: UnsafeBufferPointer(rebasing: norms[places])
            ).map { (places.lowerBound + $0.index, $0.value) }
        }
        switch (best(before), best(behind)) {
        case (nil, nil): return nil
        case (let one?, nil): return landmarks[one.place]
        case (nil, let other?): return landmarks[other.place]
        case (let one?, let other?): return landmarks[other.value < one.value ? other.place : one.place]
        }
    }

    /// The place of the first landmark that is `index` or later.
    private func place(of index: Int) -> Int {
        var (low, high) = (0, landmarks.count)
        while low < high {
            let middle = (low + high) / 2
            if landmarks[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
