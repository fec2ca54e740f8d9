import AuspexNumerics

/// Counts with mean μ and variance μ + d μ²: the negative binomial distribution in the form in which a rate that itself
/// varies by the relative variance d gives it; Poisson's for d = 0.
struct NegativeBinomial: Hashable, Sendable {
    /// Below this extra share of variance the distribution is taken as Poisson's.
    private static let leastExtra = 1e-9

    /// The mean, above 0.
    let mean: Double
    /// The relative variance of the rate, 0 or more.
    let dispersion: Double

    var variance: Double { mean + dispersion * mean * mean }
    var deviation: Double { variance.squareRoot() }

    /// P(K <= k).
    func lowerTail(_ count: Double) -> Double {
        guard count >= 0 else { return 0 }
        let k = count.rounded(.down)
        if dispersion * mean < Self.leastExtra { return ChiSquare.upperTail(2 * mean, degrees: 2 * (k + 1)) }
        let size = 1 / dispersion
        return IncompleteBeta.regularized(size / (size + mean), mean / (size + mean), size, k + 1)
    }

    /// P(K >= k).
    func upperTail(_ count: Double) -> Double {
        let k = count.rounded(.up)
        guard k > 0 else { return 1 }
        if dispersion * mean < Self.leastExtra { return ChiSquare.lowerTail(2 * mean, degrees: 2 * k) }
        let size = 1 / dispersion
        return IncompleteBeta.regularized(mean / (size + mean), size / (size + mean), k, size)
    }
}
