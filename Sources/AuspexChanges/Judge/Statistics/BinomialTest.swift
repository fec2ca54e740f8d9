import AuspexNumerics

/// The exact binomial test and interval (Clopper and Pearson 1934), through the incomplete beta function, which also
/// takes counts that are no whole numbers: those that were divided by their dispersion.
package enum BinomialTest {
    /// The chance of at least `successes` of `trials` when each succeeds with the chance `share`.
    package static func upperTail(successes: Double, trials: Double, share: Double) -> Double {
        guard successes > 0 else { return 1 }
        return IncompleteBeta.regularized(share, 1 - share, successes, max(trials - successes, 0) + 1)
    }

    /// The chance of at most `successes` of `trials`.
    package static func lowerTail(successes: Double, trials: Double, share: Double) -> Double {
        upperTail(successes: trials - successes, trials: trials, share: 1 - share)
    }

    /// The interval for the chance of success, such that each end is passed with the chance `tail` at most.
    package static func interval(successes: Double, trials: Double, tail: Double) -> ClosedRange<Double> {
        let failures = max(trials - successes, 0)
        let lower = successes > 0 ? bisect { upperTail(successes: successes, trials: trials, share: $0) < tail } : 0
        let upper = failures > 0 ? bisect { lowerTail(successes: successes, trials: trials, share: $0) > tail } : 1
        return min(lower, upper)...max(lower, upper)
    }

    private static let steps = 60

    /// The share up to which a condition holds.
    private static func bisect(_ isBelow: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<steps {
            let middle = (low + high) / 2
            if isBelow(middle) { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
