import Foundation

/// Probabilities and their logits.
package enum LogisticFunction {
    /// The probability 1/(1 + e⁻ˣ) of a logit; exact to rounding at both ends.
    package static func probability(_ logit: Double) -> Double {
        guard logit < 0 else { return 1 / (1 + exp(-logit)) }
        let power = exp(logit)
        return power / (1 + power)
    }

    /// The logit log(p/(1 − p)) of a probability, which is first kept within 10⁻⁶ of 0 and 1, so that it is finite.
    package static func logit(_ probability: Double) -> Double {
        let inner = min(max(probability, 1e-6), 1 - 1e-6)
        return log(inner / (1 - inner))
    }

    /// log(1 + eˣ) without overflow.
    static func softPlus(_ value: Double) -> Double { max(value, 0) + log1p(exp(-abs(value))) }
}
