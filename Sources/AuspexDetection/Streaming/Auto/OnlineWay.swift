/// How unlike the ways that it went before a series goes: what is kept for it beside its block's parts, and the step.
struct OnlineWay: Sendable {
    /// Weights of the distances over 2, 8 and 64 samples and of the error of prediction, and what the strongest of them
    /// counts beside their mean.
    private static let weights: [4 of Float] = [1, 2, 2.4, 0.6]
    private static let strongestShare: Float = 0.25
    /// The trail lets severity last as long as an anomaly does: its gain is 1 − 2^(−1/16), so that a distance counts half
    /// after 16 samples; its weight beside the newest distance; and what one counts for at most, so that a spike leaves little.
    private static let trailGain: Float = 0.042_397
    private static let trailWeight: Float = 0.35
    private static let largestInTrail: Float = 8

    /// The exponential mean of the distances.
    var trail: Float = 0
    var scales: [4 of MeanScale] = .init(repeating: MeanScale())
    var lags = LagMemory.Head()
    var regression = RecursiveRegression.Head()

    /// Predicts a value from those before it and tells how far the series is from the ways that it went before, in means of
    /// that distance; then learns it. The severity is the distance, with some of those just before it. The prediction is in
    /// units of the block.
    mutating func follow(
        _ value: Float, _ recent: RecentMedians.Head, _ past: UnsafeMutablePointer<Float>,
        _ block: UnsafeMutableRawPointer, _ layout: OnlineLayout
    ) -> (distance: Float, severity: Float, prediction: RecursiveRegression.Prediction?) {
        let model = RecursiveRegression(
            weights: (block + layout.regression).assumingMemoryBound(to: Double.self))
        if regression.seen == 0 { model.begin() }
        let prediction = model.update(Double(value), head: &regression) { lag in recent.value(lag, in: past) }
        let known = LagMemory(start: block + layout.lags).distances(of: value, head: &lags)
        let error = prediction.map { Float(abs(Double(value) - $0.value)) }
        let distance = distance([known.0, known.1, known.2, error])
        trail += Self.trailGain * (min(distance, Self.largestInTrail) - trail)
        return (distance, (distance + Self.trailWeight * trail) / (1 + Self.trailWeight), prediction)
    }

    /// The weighted mean of the distances, each in its own means, and a share of the strongest.
    private mutating func distance(_ distances: [4 of Float?]) -> Float {
        var (sum, weights, strongest, heaviest): (Float, Float, Float, Float) = (0, 0, 0, 0)
        for index in 0..<4 { heaviest = max(heaviest, Self.weights[index]) }
        for index in 0..<4 {
            let weight = Self.weights[index]
            weights += weight
            guard let distance = distances[index] else { continue }
            let scaled = scales[index].scaled(distance)
            sum += weight * scaled
            strongest = max(strongest, scaled * weight / heaviest)
        }
        return sum / weights + Self.strongestShare * strongest
    }
}

/// Brings a distance to its own running mean, which large ones cannot drag away.
struct MeanScale: Sendable, Hashable {
    /// Distances before one is judged.
    private static let warmUp: Int32 = 20
    /// No distance counts for more than so many means.
    private static let clip: Float = 20
    /// No distance is more means than this, so that sums stay finite in single precision.
    private static let largest: Float = 1e30
    /// The mean is over so many distances at most.
    private static let longest: Int32 = 100_000

    var mean: Float = 0
    var count: Int32 = 0

    /// The distance in means of those before it, 0 in the warm-up; then learns it.
    mutating func scaled(_ distance: Float) -> Float {
        let isReady = count >= Self.warmUp && mean > 0
        let result = isReady ? min(distance / mean, Self.largest) : 0
        count = min(count + 1, Self.longest)
        let learned = isReady ? min(distance, Self.clip * mean) : distance
        mean += (learned - mean) / Float(count)
        return result
    }
}
