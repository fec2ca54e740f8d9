import AuspexSignals
import Foundation

/// What one series has come to, beside its block: the part of fixed size, and the step that takes a sample in.
///
/// Two things are told of a sample. Its *rarity* is what alerts go by: has a value like this ever been seen, or a median of
/// 15 or 61 samples like these, or did the series ever go this way? Each is −log₁₀ of a rank among those before it, and the
/// harmonic mean of the ranks speaks. Its *severity* is how far the series is from the ways that it went before, in means of
/// that distance: good for ranking, and for the extent of an anomaly.
struct OnlineSeries: Sendable {
    /// A step that is so many times the usual one is a gap, for then nothing of before belongs into a median: what was just
    /// before it is forgotten, what was ever seen is not.
    private static let gapSteps = Double(OnlineLayout.recentCount)
    /// How fast the usual step follows.
    private static let stepGain = 0.05
    /// Values are cut to so many units, so that squares are finite in single precision.
    private static let largest = 1e18
    /// Weights of the ranks: of value, short median, long median and way.
    private static let fullWeights: [4 of Float] = [0.5, 0.15, 0.25, 0.1]
    private static let lightWeights: [4 of Float] = [0.5, 0.2, 0.3, 0]
    /// Weights of the distances over 2, 8 and 64 samples and of the error of prediction, and what the strongest of them
    /// counts beside their mean.
    private static let wayWeights: [4 of Float] = [1, 2, 2.4, 0.6]
    private static let strongestShare: Float = 0.25

    /// The first value.
    var origin = 0.0
    /// Half of the first change, rounded down to a power of two; 0 before it.
    var halfUnit = 0.0
    var lastTime: Int64 = 0
    /// The usual step in milliseconds; 0 before there are two samples.
    var step = 0.0
    var samples = 0
    var sketches: [3 of Int32] = [0, 0, 0]
    var histograms: [4 of RarityHistogram.Head] = .init(repeating: RarityHistogram.Head())
    var scales: [4 of MeanScale] = .init(repeating: MeanScale())
    var recent = RecentMedians.Head()
    var lags = LagMemory.Head()
    var regression = RecursiveRegression.Head()

    /// What is said of a sample.
    struct Verdict {
        /// In means of the distance, 0 or more.
        var severity: Float = 0
        /// In powers of ten, 0 or more.
        var rarity: Float = 0
        /// In the units of the series.
        var prediction: RecursiveRegression.Prediction?
    }

    /// Judges a finite value by those before it, then learns it.
    ///
    /// - Parameter block: of `layout.bytes`, zeros before the first sample, aligned to 8.
    mutating func update(
        time: Timestamp, value: Double, block: UnsafeMutableRawPointer, layout: OnlineLayout
    ) -> Verdict {
        if samples == 0 { origin = value }
        follow(time)
        let scaled = scaled(value)
        let medians = RecentMedians(
            values: (block + layout.recent).assumingMemoryBound(to: Float.self),
            order: (block + layout.order).assumingMemoryBound(to: UInt8.self))
        var verdict = Verdict()
        var novelties: [4 of Float] = [0, 0, 0, 0]
        if layout.profile == .full {
            let prediction = predict(scaled, past: medians.values, block)
            novelties[3] = way(scaled, error: prediction.map { Float(abs(Double(scaled) - $0.value)) }, block, layout)
            verdict.severity = novelties[3]
            verdict.prediction = prediction.map {
                RecursiveRegression.Prediction(value: origin + $0.value * scale, error: $0.error * scale)
            }
        }
        let (short, long) = medians.push(scaled, head: &recent)
        novelties[0] = sketch(0, block, layout).novelty(of: scaled, count: &sketches[0])
        novelties[1] = sketch(1, block, layout).novelty(of: short, count: &sketches[1])
        novelties[2] = sketch(2, block, layout).novelty(of: long, count: &sketches[2])
        verdict.rarity = rarity(novelties, block, layout)
        if layout.profile == .light { verdict.severity = verdict.rarity }
        samples += 1
        return verdict
    }

    /// Learns the usual step, and forgets what came just before a gap.
    private mutating func follow(_ time: Timestamp) {
        defer { lastTime = time.milliseconds }
        guard samples > 0 else { return }
        let passed = Double(time.milliseconds) - Double(lastTime)
        if step == 0 {
            step = passed
        } else if passed > Self.gapSteps * step {
            recent = RecentMedians.Head()
        } else {
            step += Self.stepGain * (passed - step)
        }
    }

    /// What a unit of the block is in units of the series.
    private var scale: Double { halfUnit == 0 ? 1 : 2 * halfUnit }

    private mutating func scaled(_ value: Double) -> Float {
        // Halves, so that the difference of the largest numbers is finite.
        let half = value / 2 - origin / 2
        if halfUnit == 0, half != 0 { halfUnit = max(abs(half).binade, .leastNormalMagnitude) }
        guard halfUnit != 0 else { return 0 }
        return Float(min(max(half / halfUnit, -Self.largest), Self.largest))
    }

    private func sketch(_ number: Int, _ block: UnsafeMutableRawPointer, _ layout: OnlineLayout) -> SupportSketch {
        let start = (block + layout.sketches).assumingMemoryBound(to: Float.self)
        return SupportSketch(centres: start + number * layout.centres, capacity: layout.centres)
    }

    private mutating func predict(
        _ value: Float, past: UnsafeMutablePointer<Float>, _ block: UnsafeMutableRawPointer
    ) -> RecursiveRegression.Prediction? {
        let model = RecursiveRegression(weights: block.assumingMemoryBound(to: Double.self))
        if regression.seen == 0 { model.begin() }
        let recent = recent
        return model.update(Double(value), head: &regression) { lag in recent.value(lag, in: past) }
    }

    /// How far the series is from the ways that it went before.
    private mutating func way(
        _ value: Float, error: Float?, _ block: UnsafeMutableRawPointer, _ layout: OnlineLayout
    ) -> Float {
        let known = LagMemory(start: block + layout.lags).distances(of: value, head: &lags)
        let distances: [4 of Float?] = [known.0, known.1, known.2, error]
        var (sum, weights, strongest, heaviest): (Float, Float, Float, Float) = (0, 0, 0, 0)
        for index in 0..<4 { heaviest = max(heaviest, Self.wayWeights[index]) }
        for index in 0..<4 {
            let weight = Self.wayWeights[index]
            weights += weight
            guard let distance = distances[index] else { continue }
            let scaled = scales[index].scaled(distance)
            sum += weight * scaled
            strongest = max(strongest, scaled * weight / heaviest)
        }
        return sum / weights + Self.strongestShare * strongest
    }

    /// −log₁₀ of the weighted harmonic mean of the ranks.
    private mutating func rarity(
        _ novelties: [4 of Float], _ block: UnsafeMutableRawPointer, _ layout: OnlineLayout
    ) -> Float {
        let weights = layout.profile == .full ? Self.fullWeights : Self.lightWeights
        let counts = (block + layout.counts).assumingMemoryBound(to: UInt16.self)
        var ranks: [4 of Float] = [0, 0, 0, 0]
        var largest: Float = 0
        for index in 0..<layout.histograms {
            let histogram = RarityHistogram(counts: counts + index * RarityHistogram.binCount)
            ranks[index] = histogram.rarity(of: novelties[index], head: &histograms[index])
            largest = max(largest, ranks[index])
        }
        guard largest > 0 else { return 0 }
        var sum: Float = 0
        for index in 0..<layout.histograms { sum += weights[index] * exp2((ranks[index] - largest) * Self.octaves) }
        return max(largest + log10(sum), 0)
    }

    /// log₂ 10
    private static let octaves: Float = 3.321_928_1
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
