import AuspexNumerics

/// Keeps probabilities right while the base rate drifts: a shift of the log-odds that follows the outcomes.
///
/// The shift is a random walk seen through yes-or-no outcomes, followed by a Kalman filter with the logistic likelihood
/// linearised at the estimate. It needs two numbers of memory, and each outcome moves it by less the surer it is.
package struct RiskTracker: Hashable, Sendable, Codable {
    /// What is to be added to the log-odds now.
    package private(set) var shift: Double
    /// How unsure that is, as a variance.
    package private(set) var variance: Double
    /// How many outcomes it has seen.
    package private(set) var outcomes: Int

    /// By how much the true shift's variance grows from one outcome to the next: ±0.3 over a thousand changes. Chosen on
    /// inner splits of public data.
    static let drift = 1e-4
    /// Before any outcome the shift is 0 ± 0.3.
    static let firstVariance = 0.09

    /// Nothing seen yet.
    package init() {
        shift = 0
        variance = Self.firstVariance
        outcomes = 0
    }

    /// Takes in how a change turned out to which the model had given `logit` before any shift. Outcomes must come in the
    /// order of the changes, and only once they can be known.
    package mutating func learn(logit: Double, isHarmful: Bool) {
        let probability = LogisticFunction.probability(logit + shift)
        let before = variance + Self.drift
        variance = before / (1 + before * probability * (1 - probability))
        shift += variance * ((isHarmful ? 1 : 0) - probability)
        outcomes += 1
    }

    /// Why these numbers cannot be a tracker's; nil when they can.
    var fault: String? {
        shift.isFinite && variance.isFinite && variance > 0 && outcomes >= 0 ? nil : "the tracker's numbers are impossible"
    }
}
