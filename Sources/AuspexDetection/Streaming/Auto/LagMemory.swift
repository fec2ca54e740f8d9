import AuspexNumerics

/// How unlike anything in the last hours the way is that a series goes: a view of a series' block.
///
/// For each lag L it keeps how far the series is from itself L samples ago, squared and exponentially averaged over a width;
/// the least over all lags is the distance to the nearest earlier stretch. Nothing is ever subtracted, so that nothing drifts.
/// Widths 2 and 8 see the last 512 samples; width 64 sees 2,048, by means of four.
struct LagMemory {
    /// One average for all lags.
    struct Scale: Sendable {
        /// Samples over which differences are averaged, and the least lag.
        let width: Int
        /// Lags from 1 on.
        let lags: Int
    }

    /// Lags of single samples.
    static let fine = [Scale(width: 2, lags: 256), Scale(width: 8, lags: 512)]
    /// Lags of means of ``coarseness`` samples.
    static let coarse = Scale(width: 16, lags: 512)
    static let coarseness = 4

    private static let fineCount = 512
    private static let coarseCount = 512

    /// Two rings of values, then the averages of each scale.
    static let bytes =
        (fineCount + coarseCount) * MemoryLayout<Float>.stride
        + (fine.reduce(0) { $0 + $1.lags } + coarse.lags) * MemoryLayout<UInt16>.stride

    /// What is kept beside the rings.
    struct Head: Sendable, Hashable {
        var fine = Kernels.LagRing()
        var coarse = Kernels.LagRing()
        /// Sum of the samples that the next mean has so far, and how many.
        var sum: Float = 0
        var summed: Int32 = 0
        /// The distance by means as it was last known; nil before.
        var held: Float?
    }

    /// Whether rings can be so.
    static func isSound(_ head: Head) -> Bool {
        head.fine.isSound(capacity: fineCount) && head.coarse.isSound(capacity: coarseCount)
    }

    let start: UnsafeMutableRawPointer

    /// The distances of the last 2, 8 and 64 samples to the nearest earlier stretch, nil where too little is known; then
    /// learns the value. About 6,000 flops in wide registers.
    func distances(
        of value: Float, head: inout Head
    ) -> (Float?, Float?, Float?) {
        let fineValues = start.assumingMemoryBound(to: Float.self)
        let coarseValues = fineValues + Self.fineCount
        var averages = UnsafeMutableRawPointer(coarseValues + Self.coarseCount).assumingMemoryBound(to: UInt16.self)
        let two = Self.fine[0].distance(averages, fineValues, head.fine, Self.fineCount, value)
        averages += Self.fine[0].lags
        let eight = Self.fine[1].distance(averages, fineValues, head.fine, Self.fineCount, value)
        averages += Self.fine[1].lags
        head.fine.push(value, to: fineValues, capacity: Self.fineCount)
        head.sum += value
        head.summed += 1
        if head.summed == Self.coarseness {
            let mean = head.sum / Float(Self.coarseness)
            if let distance = Self.coarse.distance(averages, coarseValues, head.coarse, Self.coarseCount, mean) {
                head.held = distance
            }
            head.coarse.push(mean, to: coarseValues, capacity: Self.coarseCount)
            (head.sum, head.summed) = (0, 0)
        }
        return (two, eight, head.held)
    }
}

extension LagMemory.Scale {
    fileprivate func distance(
        _ averages: UnsafeMutablePointer<UInt16>, _ values: UnsafeMutablePointer<Float>, _ ring: Kernels.LagRing,
        _ capacity: Int, _ value: Float
    ) -> Float? {
        Kernels.leastLagDistance(
            averages: UnsafeMutableBufferPointer(start: averages, count: lags),
            values: UnsafeBufferPointer(start: values, count: capacity), ring: ring, value: value, width: width
        )?.squareRoot()
    }
}
