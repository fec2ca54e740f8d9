/// The Mann-Whitney test of two samples by its Gaussian approximation, with corrections for continuity and ties, and
/// the Hodges-Lehmann estimate of their distance with an interval (as R's `wilcox.test` with `exact = FALSE`).
package struct MannWhitney: Sendable {
    /// What the estimate and the ends of the interval may be off by. It is R's default and absolute: differences of
    /// values far below it are rounded away.
    package static let tolerance = 1e-4

    private let x: [Double]
    private let y: [Double]

    /// Compares `x` with `y`; both hold values and no NaN.
    package init?(_ x: [Double], _ y: [Double]) {
        guard !x.isEmpty, !y.isEmpty else { return nil }
        (self.x, self.y) = (x, y)
    }

    /// The standardised rank sum of `x` less `shift` among `y`, less `quantile`; nil when all values are equal, for
    /// then there is no deviation to divide by. Falls with a growing shift. O((n+m) log (n+m)).
    package func deviation(shift: Double, quantile: Double = 0) -> Double? {
        let (n, m) = (Double(x.count), Double(y.count))
        let ranks = Ranks(x.map { $0 - shift } + y)
        let excess = ranks.values.prefix(x.count).reduce(0, +) - n * (n + 1) / 2 - n * m / 2
        let total = n + m
        let variance = n * m / 12 * ((total + 1) - ranks.tieSum / (total * (total - 1)))
        guard variance > 0 else { return nil }
        let continuity = excess == 0 ? 0 : (excess > 0 ? 0.5 : -0.5)
        return (excess - continuity) / variance.squareRoot() - quantile
    }

    /// The chance of a distance this far from none, to either side, when there is none; 1 when all values are equal.
    package var twoSidedP: Double {
        deviation(shift: 0).map { min(1, 2 * Gaussian.upperTail($0.magnitude)) } ?? 1
    }

    /// By how much `x` lies above `y`, with an interval.
    package struct Distance: Hashable, Sendable {
        /// The median of all differences between a value of x and one of y (Hodges and Lehmann 1963).
        package let estimate: Double
        /// The lower end of its confidence interval.
        package let lower: Double
        /// The upper end.
        package let upper: Double
    }

    /// The Hodges-Lehmann estimate and its interval with the chance `confidence`, between 0 and 1, of covering the
    /// truth.
    package func distance(confidence: Double) -> Distance {
        let least = (x.min() ?? 0) - (y.max() ?? 0)
        let most = (x.max() ?? 0) - (y.min() ?? 0)
        let z = Gaussian.quantile((1 - confidence) / 2)
        func end(_ quantile: Double) -> Double {
            // Where all is equal after the shift there is no deviation: the shift is the distance.
            func value(_ shift: Double) -> Double { deviation(shift: shift, quantile: quantile) ?? 0 }
            if value(least) <= 0 { return least }
            if value(most) >= 0 { return most }
            return RootFinder.root(from: least, to: most, tolerance: Self.tolerance, of: value)
        }
        return Distance(estimate: end(0), lower: end(-z), upper: end(z))
    }

    /// The chance that a value of x is above one of y, equal ones counting half: the common language effect size.
    package var commonLanguageEffect: Double {
        let (n, m) = (Double(x.count), Double(y.count))
        let sum = Ranks(x + y).values.prefix(x.count).reduce(0, +)
        return (2 * sum - n * (n + 1)) / (2 * n * m)
    }
}
