import Foundation

/// Turns the raw scores of a batch into p-values and anomaly scores.
///
/// Up to the threshold that the top ``tailShare`` of the reference scores exceed, p is the rank among them. Above it p
/// follows an exponential tail, whose scale is the *median* excess over ln 2: it survives anomalies that make up a part of
/// the tail. With fewer than ``smallestTail`` excesses only the rank speaks, and then no p is under 1/(n+1). A score of 0
/// has p = 1.
///
/// How far to trust it at α = 0.001, by our measurements: Gaussian scores reach the line 0.2 times as often as asked,
/// Laplacian ones as often as asked, ones with the tails of a t distribution of 3 degrees or a lognormal one 4 times.
public struct BatchCalibrator: Sendable, Hashable {
    /// The share of scores that belong to the tail. Wide, since in operations a twentieth of a batch may well be an
    /// incident, and half of the tail must be normal for its scale to be right.
    static let tailShare = 0.1
    /// The fewest excesses that make a tail; the same number as in the histogram tail of our streaming recipe.
    static let smallestTail = 8

    /// The rate α of false alerts a row.
    public let alpha: Double
    /// How many reference scores there were.
    public let referenceCount: Int

    private let sorted: [Double]
    private let tail: ScoreTail?

    /// Learns from the raw scores of rows that are mostly normal: those of the training range, or of the whole batch.
    ///
    /// - Throws: ``DetectorError/invalidAlpha(value:)`` unless 0 < α < 1.
    /// - Complexity: O(n log n) time, O(n) memory.
    public init(
        reference: [Double], alpha: Double = CalibratedScore.defaultAlpha
    ) throws(DetectorError) {
        self.alpha = try CalibratedScore.checked(alpha: alpha)
        sorted = reference.filter(\.isFinite).sorted()
        referenceCount = sorted.count
        tail = Self.tail(of: sorted)
    }

    /// The p-value and anomaly score of one raw score. O(log n).
    public func calibrated(_ rawScore: Double) -> CalibratedScore {
        guard rawScore > 0, rawScore.isFinite else { return .normal }
        if let tail, rawScore > tail.threshold {
            return CalibratedScore(pValue: tail.pValue(rawScore), alpha: alpha)
        }
        let atLeast = sorted.count - Self.firstIndex(in: sorted) { $0 >= rawScore }
        return CalibratedScore(pValue: Double(atLeast + 1) / Double(sorted.count + 1), alpha: alpha)
    }

    /// The p-values and anomaly scores of a batch, in its order.
    public func calibrated(_ rawScores: [Double]) -> [CalibratedScore] {
        rawScores.map(calibrated)
    }

    private static func tail(of sorted: [Double]) -> ScoreTail? {
        let wanted = max(smallestTail, Int(tailShare * Double(sorted.count)))
        guard wanted < sorted.count else { return nil }
        let threshold = sorted[sorted.count - wanted - 1]
        let excesses = sorted[firstIndex(in: sorted) { $0 > threshold }...]
        guard threshold > 0, excesses.count >= smallestTail else { return nil }
        let middle = excesses[excesses.startIndex + excesses.count / 2]
        return ScoreTail(
            threshold: threshold, scale: (middle - threshold) / M_LN2,
            smallestScale: ScoreTail.smallestRelativeScale * threshold,
            share: Double(excesses.count) / Double(sorted.count))
    }

    /// The first index whose value, and every later one, satisfies the condition.
    private static func firstIndex(in sorted: [Double], where condition: (Double) -> Bool) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if condition(sorted[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
