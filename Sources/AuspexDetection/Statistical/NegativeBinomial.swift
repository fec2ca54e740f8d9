import AuspexNumerics
import Foundation

/// Counts of events whose rate is not known for certain, by mean and variance: a Poisson count with a gamma rate.
struct NegativeBinomial: Sendable {
    /// Larger counts are taken as the gamma rate itself, and larger shapes of that as nearly Gaussian (Wilson and Hilferty
    /// 1931), so that series stay short.
    private static let exactLimit = 1e5

    /// More than 0.
    let mean: Double
    /// More than the mean.
    let variance: Double

    /// The chance of a count at least as far to its side of the mean as `count` (0 or more), the count itself by half
    /// (mid-p, Lancaster 1961); between whole counts it is what lies between theirs.
    func midTail(_ count: Double) -> Double {
        guard max(count, mean) <= Self.exactLimit else { return rateTail(count) }
        let size = mean * mean / (variance - mean)
        // The chance of one more event before the next of `size` ends.
        let more = mean / (size + mean)
        let none = size / (size + mean)
        if count > mean {
            return
                (IncompleteBeta.regularized(more, none, count, size)
                + IncompleteBeta.regularized(more, none, count + 1, size)) / 2
        }
        let below = count > 0 ? IncompleteBeta.regularized(none, more, size, count) : 0
        return (below + IncompleteBeta.regularized(none, more, size, count + 1)) / 2
    }

    private func rateTail(_ count: Double) -> Double {
        let shape = mean * mean / variance
        let ratio = count / mean
        if shape <= Self.exactLimit {
            // A gamma distribution is a stretched chi-square one.
            let value = 2 * shape * ratio
            return count > mean
                ? ChiSquare.upperTail(value, degrees: 2 * shape) : ChiSquare.lowerTail(value, degrees: 2 * shape)
        }
        let spread = 1 / (9 * shape)
        let deviate = (cbrt(ratio) - (1 - spread)) / spread.squareRoot()
        return erfc((count > mean ? deviate : -deviate) / 2.0.squareRoot()) / 2
    }
}
