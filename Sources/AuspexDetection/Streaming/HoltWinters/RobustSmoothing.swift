import Foundation

/// Level and damped trend, smoothed from cleaned values; the recursion of Gelper, Fried and Croux (2010), §2, with the
/// damping of Crevits and Croux (2017), in error-correction form.
struct RobustSmoothing: Sendable, Hashable {
    /// The shares by which errors move the state.
    struct Smoothing: Sendable, Hashable {
        /// Of an error, for the level.
        var level: Double
        /// Of the level's move, for the trend.
        var trend: Double
        /// Of what an error leaves over the level, for the season, a visit of its slot.
        var season: Double
        /// Of the trend that is left after a step.
        var damping: Double
    }

    let smoothing: Smoothing
    var level = 0.0
    /// The move of the level a step.
    var trend = 0.0
    /// The variance of one-step errors.
    var variance = 0.0

    init(_ smoothing: Smoothing) {
        self.smoothing = smoothing
    }

    /// The standard deviation of one-step errors.
    var deviation: Double { variance.squareRoot() }

    /// Lets `steps` pass; the level then is what is expected, but for the season.
    mutating func advance(by steps: Int) {
        let damping = smoothing.damping
        if steps == 1 {
            trend *= damping
            level += trend
        } else {
            let left = pow(damping, Double(steps))
            level += trend * (damping < 1 ? damping * (1 - left) / (1 - damping) : Double(steps))
            trend *= left
        }
        level = CleanColumn.clamped(level)
    }

    /// Learns an error: first the scale by `share`, with its weight in the bounded ρ, then level and trend from what
    /// Huber's ψ leaves of it.
    ///
    /// - Returns: the cleaned error.
    mutating func learn(_ error: Double, scaleShare share: Double) -> Double {
        let before = deviation
        if before > 0 {
            variance *= 1 - share + share * RobustPsi.rho(error / before)
        }
        let now = deviation
        let cleaned = now > 0 ? RobustPsi.huber(error / now) * now : 0
        level = CleanColumn.clamped(level + smoothing.level * cleaned)
        trend = CleanColumn.clamped(trend + smoothing.level * smoothing.trend * cleaned)
        return cleaned
    }
}
