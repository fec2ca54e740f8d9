import Foundation

/// A raw score on the scale that all detectors share.
public struct CalibratedScore: Sendable, Hashable {
    /// Chance of a raw score this high when nothing is wrong, 0 < p <= 1.
    public let pValue: Double
    /// log(p)/log(α), 0 or more: 1 is the alert line, 2 the line of a rate of α².
    public let anomalyScore: Double

    /// Nothing strange at all: p = 1.
    public static let normal = CalibratedScore(pValue: 1, alpha: CalibratedScore.defaultAlpha)

    /// The share of normal samples that may reach the alert line unless told otherwise: one in a thousand, that is one
    /// or two false alerts a series and week at five-minute samples (2,016 a week). The best of seven rates from 0.0003
    /// to 0.003 by the standard profile of the NAB corpus in our measurements of streaming detectors.
    public static let defaultAlpha = 0.001

    /// The smallest p that is told apart; no amount of history supports a smaller one.
    static let smallestP = 1e-100

    init(pValue: Double, alpha: Double) {
        self.pValue = min(max(pValue, Self.smallestP), 1)
        // + 0 makes the zero of p = 1 positive.
        anomalyScore = log(self.pValue) / log(alpha) + 0
    }

    /// A p-value beside an anomaly score that also knows the alerts before it.
    package init(pValue: Double, anomalyScore: Double) {
        self.pValue = min(max(pValue, Self.smallestP), 1)
        self.anomalyScore = max(anomalyScore, 0)
    }

    static func checked(alpha: Double) throws(DetectorError) -> Double {
        guard alpha > 0, alpha < 1 else { throw .invalidAlpha(value: alpha) }
        return alpha
    }
}
