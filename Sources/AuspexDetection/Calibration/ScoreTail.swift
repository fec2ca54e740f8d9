import Foundation

/// The upper tail of a distribution: what exceeds a threshold is exponentially distributed (peaks over threshold, Pickands
/// 1975, with the exponential as its one shape).
///
/// Not the generalised Pareto: a shape parameter from a few excesses is what explodes at small rates.
struct ScoreTail: Sendable, Hashable {
    /// Least scale as a share of the threshold, so that among scores which hardly differ the next one, slightly larger, is
    /// no sensation: from a tail of a tenth a score must be a quarter over the threshold to reach a rate of 0.001.
    static let smallestRelativeScale = 0.05

    /// Where the tail begins.
    var threshold: Double
    /// Mean of the excess over the threshold.
    var scale: Double
    /// The least scale that is believed.
    var smallestScale: Double
    /// The share of samples above the threshold.
    var share: Double

    /// The scale that counts.
    var effectiveScale: Double { max(scale, smallestScale) }

    /// The chance of a value above the threshold.
    func pValue(_ value: Double) -> Double {
        share * exp(-(value - threshold) / effectiveScale)
    }

    /// The value that has chance `p`.
    func value(pValue p: Double) -> Double {
        threshold + effectiveScale * log(share / p)
    }
}
