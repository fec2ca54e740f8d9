import Foundation

/// Turns rarities that a detector claims into p-values: what exceeds their running 98 % quantile is exponentially distributed.
///
/// About 40 bytes once 200 rarities have come, and 1.6 KB before; O(1) a rarity.
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

    private var early: [Double] = []
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
            return min(tail + (rarity - threshold) / (excess * M_LN10), -log10(CalibratedScore.smallestP))
        }
        return threshold > 0 ? tail * rarity / threshold : 0
    }

    /// Learns a rarity that is no anomaly.
    mutating func learn(_ rarity: Double) {
        seen += 1
        guard seen > Self.warmUp else {
            early.append(rarity)
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
        let sorted = early.sorted()
        threshold = sorted[Int((1 - Self.tailShare) * Double(sorted.count - 1))]
        let over = sorted.filter { $0 > threshold }
        let sum = over.reduce(0) { $0 + ($1 - threshold) }
        excesses = Double(over.count) + Self.priorWeight
        excess = (sum + Self.priorWeight * Self.priorExcess) / excesses
        early = []
    }
}

extension RarityCalibrator {
    func write(to writer: inout SnapshotWriter) {
        writer.write(early)
        writer.write(seen)
        for value in [threshold, excess, excesses] { writer.write(value) }
    }

    init(reading reader: inout SnapshotReader) throws(DetectorError) {
        early = try reader.readDoubles()
        seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        threshold = try reader.readDouble()
        excess = try reader.readDouble()
        excesses = try reader.readDouble()
        guard early.count == (seen < Self.warmUp ? seen : 0), early.allSatisfy(\.isFinite), threshold.isFinite,
            excess.isFinite, excess > 0, excesses.isFinite, excesses >= 0
        else { throw .invalidSnapshot(reason: "the calibrator's state cannot be") }
    }
}
