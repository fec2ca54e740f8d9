import AuspexNumerics

/// The nearest of some landmark windows of every window, among those that lie far enough away in time.
///
/// The products that choose it are in single precision; the one distance that counts is then added up anew in double
/// precision, so that rounding may choose another of two neighbours that are equally near but never gives a wrong distance.
struct LandmarkSearch {
    /// A window's neighbour.
    struct Neighbour: Sendable, Hashable {
        /// Which window it is.
        var index: Int
        var distance: Double
    }

    private let windows: ScaledWindows
    private let landmarks: [Int]

    /// - Parameter most: the most landmarks, at least 1.
    init(_ windows: ScaledWindows, most: Int) {
        self.windows = windows
        landmarks = Self.landmarks(of: windows.count, most: most)
    }

    /// Every window when they are few, else `most` of them, spread evenly but for a jitter. In ascending order.
    static func landmarks(of count: Int, most: Int) -> [Int] {
        guard count > most else { return Array(0..<count) }
        return (0..<most).map { number in
            let place = Double(number) + LandmarkProducts.jitter(number)
            return min(count - 1, Int(place * (Double(count) / Double(most))))
        }
    }

    /// The nearest landmark of each window at least `exclusion` rows before or behind it; nil where there is none.
    func nearest(exclusion: Int) -> [Neighbour?] {
        var result: [Neighbour?] = []
        result.reserveCapacity(windows.count)
        let products = LandmarkProducts(windows, landmarks: landmarks)
        products.visit(0..<windows.count, width: { _ in landmarks.count }) { row, products, norms in
            let nearest = nearest(to: row, products, norms, exclusion)
            result.append(nearest.map { Neighbour(index: $0, distance: windows.distance(row, $0)) })
        }
        return result
    }

    /// The window of the nearest allowed landmark: those before and those behind the excluded ones.
    private func nearest(
        to index: Int, _ products: UnsafeBufferPointer<Float>, _ norms: UnsafeBufferPointer<Float>, _ exclusion: Int
    ) -> Int? {
        let before = 0..<landmarks.count(below: index - exclusion + 1)
        let behind = landmarks.count(below: index + exclusion)..<landmarks.count
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
}
