import AuspexSignals
import Foundation

/// The head of one series' block, and the step that takes a sample in.
///
/// Two things are told of a sample. Its *rarity* is what alerts go by: has a value like this ever been seen, or a median of
/// 15 or 61 samples like these, or did the series ever go this way? Each is −log₁₀ of a rank among those before it, and the
/// harmonic mean of the ranks speaks. Its *severity* is how far the series is from the ways that it went before, in means of
/// that distance, with what it was just before: good for ranking, and for the extent of an anomaly.
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
    var recent = RecentMedians.Head()
    /// Of the last sample: value and medians in units of the block, how new each of them and the way are, and how rare. For
    /// ``reasons(_:)`` alone.
    private(set) var levels: [3 of Float] = [0, 0, 0]
    private(set) var novelties: [4 of Float] = [0, 0, 0, 0]
    private(set) var ranks: [4 of Float] = [0, 0, 0, 0]

    /// What is said of a sample.
    struct Verdict {
        /// In means of the distance, 0 or more; of the light profile the rarity, in its own mean.
        var severity: Float = 0
        /// In powers of ten, 0 or more.
        var rarity: Float = 0
        /// In the units of the series.
        var prediction: RecursiveRegression.Prediction?
    }

    /// Judges a finite value by those before it, then learns it.
    ///
    /// - Parameter block: of `layout.bytes`, begun by ``begin(_:_:)``.
    static func update(
        time: Timestamp, value: Double, block: UnsafeMutableRawPointer, layout: OnlineLayout
    ) -> Verdict {
        block.assumingMemoryBound(to: OnlineSeries.self).pointee.update(
            time: time, value: value, block: block, layout: layout)
    }

    /// Sets a block of zeros up for a series that has seen nothing.
    static func begin(_ block: UnsafeMutableRawPointer, _ layout: OnlineLayout) {
        block.initializeMemory(as: OnlineSeries.self, to: OnlineSeries())
        if layout.profile == .full {
            (block + layout.way).initializeMemory(as: OnlineWay.self, to: OnlineWay())
        }
    }

    private mutating func update(
        time: Timestamp, value: Double, block: UnsafeMutableRawPointer, layout: OnlineLayout
    ) -> Verdict {
        if samples == 0 { origin = value }
        follow(time)
        let scaled = scaled(value)
        let medians = RecentMedians(
            values: (block + layout.recent).assumingMemoryBound(to: Float.self),
            order: (block + layout.order).assumingMemoryBound(to: UInt8.self))
        var verdict = Verdict()
        if layout.profile == .full {
            let way = (block + layout.way).assumingMemoryBound(to: OnlineWay.self)
            let known = way.pointee.follow(scaled, recent, medians.values, block, layout)
            novelties[3] = known.distance
            verdict.severity = known.severity
            verdict.prediction = known.prediction.map {
                RecursiveRegression.Prediction(value: origin + $0.value * scale, error: $0.error * scale)
            }
        }
        let (short, long) = medians.push(scaled, head: &recent)
        novelties[0] = sketch(0, block, layout).novelty(of: scaled, count: &sketches[0])
        novelties[1] = sketch(1, block, layout).novelty(of: short, count: &sketches[1])
        novelties[2] = sketch(2, block, layout).novelty(of: long, count: &sketches[2])
        levels = [scaled, short, long]
        verdict.rarity = rarity(block, layout)
        // −ln of a rank, which is 1 on average, as distances in means are.
        if layout.profile == .light { verdict.severity = verdict.rarity * Float(M_LN10) }
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
    var scale: Double { halfUnit == 0 ? 1 : 2 * halfUnit }

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

    /// What the rank of an answer adds to the sum of ranks, in units of what one of `largest` would.
    func part(_ index: Int, over largest: Float, _ layout: OnlineLayout) -> Float {
        let weight = layout.profile == .full ? Self.fullWeights[index] : Self.lightWeights[index]
        return weight * exp2((ranks[index] - largest) * Self.octaves)
    }

    /// −log₁₀ of the weighted harmonic mean of the ranks.
    private mutating func rarity(_ block: UnsafeMutableRawPointer, _ layout: OnlineLayout) -> Float {
        let counts = (block + layout.counts).assumingMemoryBound(to: UInt16.self)
        var largest: Float = 0
        for index in 0..<layout.histograms {
            let histogram = RarityHistogram(counts: counts + index * RarityHistogram.binCount)
            ranks[index] = histogram.rarity(of: novelties[index], head: &histograms[index])
            largest = max(largest, ranks[index])
        }
        guard largest > 0 else { return 0 }
        var sum: Float = 0
        for index in 0..<layout.histograms { sum += part(index, over: largest, layout) }
        return max(largest + RarityHistogram.decades(log2(sum)), 0)
    }

    /// log₂ 10
    private static let octaves: Float = 3.321_928_1
}
