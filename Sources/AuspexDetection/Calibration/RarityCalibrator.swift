import Foundation

/// Turns rarities that a detector claims into p-values: what exceeds their running 98 % quantile is exponentially distributed,
/// with a mean that is only as certain as the number of excesses it was learned from.
///
/// About 40 bytes, and five numbers more until 200 rarities have come; O(1) a rarity.
struct RarityCalibrator: Sendable, Hashable {
    /// Rarities before the tail is fitted; until then they are taken at their word.
    static let warmUp = 200
    /// The share of rarities above the threshold.
    static let tailShare = 0.02
    /// Weight of the prior mean excess, in excesses, and the prior itself, log₁₀ e: that of rarities which are true.
    private static let priorWeight = 3.0
    private static let priorExcess = 1 / M_LN10
    /// Slowest steps of the running quantile, in mean excesses, and of the running mean excess.
    private static let slowestThresholdStep = 0.01
    private static let slowestExcessStep = 0.005
    /// The least mean excess, so that among rarities which hardly differ the next one, slightly larger, is no sensation.
    private static let leastExcess = 0.01

    /// Of the warm-up's rarities those above the threshold, and the threshold itself.
    private static let keptCount = warmUp - Int((1 - tailShare) * Double(warmUp - 1))

    /// The largest ``keptCount`` rarities of the warm-up, in ascending order; empty after it.
    private var largest: [Double] = []
    private(set) var seen = 0
    private var threshold = 0.0
    private var excess = 0.2
    private var excesses = 0.0

    init() {}

    var isReady: Bool { seen >= Self.warmUp }

    /// −log₁₀ of the p-value of a rarity, by those before it; as large as that of ``CalibratedScore/smallestP`` at most.
    func decades(_ rarity: Double) -> Double {
        guard isReady else { return rarity }
        let tail = -log10(Self.tailShare)
        if rarity > threshold {
            // The exponential with its mean integrated out: a Lomax tail, heavier the fewer excesses there were.
            let known = min(excesses, 1 / Self.slowestExcessStep)
            let decades = tail + known * log1p((rarity - threshold) / (excess * known)) / M_LN10
            return min(decades, -log10(CalibratedScore.smallestP))
        }
        return threshold > 0 ? tail * rarity / threshold : 0
    }

    /// Learns a rarity that is no anomaly.
    mutating func learn(_ rarity: Double) {
        seen += 1
        guard seen > Self.warmUp else {
            largest.insert(rarity, at: largest.firstIndex { $0 > rarity } ?? largest.count)
            if largest.count > Self.keptCount { largest.removeFirst() }
            if seen == Self.warmUp { fit() }
            return
        }
        // The quantile is tracked by steps in units of the scale: 49 small ones down weigh one up.
        let step = max(1 / (Self.tailShare * Double(seen)), Self.slowestThresholdStep) * excess / 2
        if rarity > threshold {
            excesses += 1
            let moved = excess + max(1 / excesses, Self.slowestExcessStep) * (rarity - threshold - excess)
            excess = max(moved, Self.leastExcess)
            threshold += step * (1 - Self.tailShare)
        } else {
            threshold -= step * Self.tailShare
        }
    }

    private mutating func fit() {
        threshold = largest[0]
        let over = largest.filter { $0 > threshold }
        let sum = over.reduce(0) { $0 + ($1 - threshold) }
        excesses = Double(over.count) + Self.priorWeight
        excess = (sum + Self.priorWeight * Self.priorExcess) / excesses
        largest = []
    }
}

extension RarityCalibrator {
    func write(to writer: inout SnapshotWriter) {
        writer.write(largest)
        writer.write(seen)
        for value in [threshold, excess, excesses] { writer.write(value) }
    }

    init(reading reader: inout SnapshotReader) throws(DetectorError) {
        largest = try reader.readDoubles()
        seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        threshold = try reader.readDouble()
        excess = try reader.readDouble()
        excesses = try reader.readDouble()
        guard largest.count == (seen < Self.warmUp ? min(seen, Self.keptCount) : 0), largest.allSatisfy(\.isFinite),
            largest.indices.dropFirst().allSatisfy({ largest[$0 - 1] <= largest[$0] }), threshold.isFinite,
            excess.isFinite, excess > 0, excesses.isFinite, excesses >= 0
        else { throw .invalidSnapshot(reason: "the calibrator's state cannot be") }
    }
}
