import AuspexNumerics

/// Keeps probabilities right while the base rate drifts: shift and stretch of the log-odds that follow the outcomes.
///
/// Both are random walks seen through yes-or-no outcomes, followed by an extended Kalman filter with the logistic
/// likelihood linearised at the estimate. It needs a handful of numbers, and each outcome moves it by less the surer
/// it is.
package struct RiskTracker: Hashable, Sendable, Codable {
    /// The log-odds at which the stretch turns: the mean of the training.
    let centre: Double
    /// What is added to all log-odds.
    package private(set) var shift = 0.0
    /// What is added to their stretch around the centre.
    package private(set) var stretch = 0.0
    /// How unsure both are: variances and covariance.
    private var shiftVariance = firstShiftVariance
    private var stretchVariance = firstStretchVariance
    private var covariance = 0.0
    /// How many outcomes it has seen, up to ``RiskModel/largestCount``.
    package private(set) var outcomes = 0

    // All chosen on inner splits of public data.
    /// Before any outcome the shift is 0 ± 0.3.
    private static let firstShiftVariance = 0.09
    /// Before any outcome the stretch is 1 ± 0.14.
    private static let firstStretchVariance = 0.02
    /// The true shift moves by ±0.17 in a hundred outcomes.
    private static let shiftDrift = 3e-4
    /// The true stretch moves by ±0.03 in a thousand outcomes.
    private static let stretchDrift = 1e-6

    /// Nothing seen yet.
    init(centre: Double) { self.centre = centre }

    private enum CodingKeys: String, CodingKey {
        case centre, shift, stretch, covariance, outcomes
        case shiftVariance = "shift_variance"
        case stretchVariance = "stretch_variance"
    }

    /// The log-odds put right.
    func adjusted(_ logit: Double) -> Double { logit + shift + stretch * (logit - centre) }

    /// Takes in how a change turned out to which the model had given `logit` before any adjustment. Outcomes must come
    /// in the order of the changes, and only once they can be known.
    ///
    /// An outcome that would take it where no tracker can be moves nothing, so that what is written can be read again.
    mutating func learn(logit: Double, isHarmful: Bool) {
        var next = self
        next.follow(logit: logit, isHarmful: isHarmful)
        if next.fault == nil { self = next }
        outcomes = min(outcomes + 1, RiskModel.largestCount)
    }

    private mutating func follow(logit: Double, isHarmful: Bool) {
        let distance = logit - centre
        let probability = LogisticFunction.probability(adjusted(logit))
        shiftVariance += Self.shiftDrift
        stretchVariance += Self.stretchDrift
        // The state's covariance times (1, distance), then the usual update with one observation.
        let ahead = shiftVariance + covariance * distance
        let across = covariance + stretchVariance * distance
        let information = probability * (1 - probability)
        let gain = 1 / (1 + information * (ahead + across * distance))
        let surprise = (isHarmful ? 1 : 0) - probability
        shift += gain * ahead * surprise
        stretch += gain * across * surprise
        shiftVariance -= gain * information * ahead * ahead
        covariance -= gain * information * ahead * across
        stretchVariance -= gain * information * across * across
    }

    /// Why these numbers cannot be a tracker's; nil when they can.
    var fault: String? {
        let numbers = [centre, shift, stretch, covariance, shiftVariance, stretchVariance]
        let isPossible =
            numbers.allSatisfy { abs($0) <= RiskModel.largestNumber } && (0...RiskModel.largestCount).contains(outcomes)
            && shiftVariance > 0 && stretchVariance > 0 && stretch > -1
            && covariance * covariance <= shiftVariance * stretchVariance
        return isPossible ? nil : "its tracker is impossible"
    }
}
