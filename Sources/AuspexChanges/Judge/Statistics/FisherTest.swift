import Foundation

/// Fisher's exact test of two shares (Fisher 1934): given how many successes there are altogether, how many of them
/// fall into one of two groups.
package enum FisherTest {
    /// The chance of at least `successes` among `trials`, out of `allSuccesses` among `allTrials`.
    ///
    /// All are whole numbers with successes ≤ trials ≤ allTrials; what cannot be has the chance 0. Right to some nine
    /// digits for counts up to 10⁶ and five up to 10⁹. The cost grows with the root of the counts.
    package static func upperTail(
        successes: Double, trials: Double, allSuccesses: Double, allTrials: Double
    ) -> Double {
        let least = max(0, trials + allSuccesses - allTrials)
        let most = min(trials, allSuccesses)
        guard successes > least else { return 1 }
        guard successes <= most else { return 0 }
        let mean = trials * allSuccesses / allTrials
        // The terms fall away from the mean, so the sum goes outwards; on the near side it is the complement's.
        if successes >= mean {
            return min(1, sum(from: successes, to: most, by: 1, trials, allSuccesses, allTrials))
        }
        return max(0, 1 - sum(from: successes - 1, to: least, by: -1, trials, allSuccesses, allTrials))
    }

    /// Terms under this share of the sum are left out.
    private static let precision = 1e-16

    private static func sum(
        from start: Double, to end: Double, by step: Double, _ trials: Double, _ successes: Double, _ all: Double
    ) -> Double {
        var k = start
        var term = 1.0
        var total = 1.0
        while k != end {
            let up = (trials - k) * (successes - k) / ((k + 1) * (all - trials - successes + k + 1))
            let down = k * (all - trials - successes + k) / ((trials - k + 1) * (successes - k + 1))
            term *= step > 0 ? up : down
            k += step
            total += term
            if term < total * precision { break }
        }
        return total * exp(logTerm(start, trials, successes, all))
    }

    private static func logTerm(_ k: Double, _ trials: Double, _ successes: Double, _ all: Double) -> Double {
        logChoose(successes, k) + logChoose(all - successes, trials - k) - logChoose(all, trials)
    }

    private static func logChoose(_ n: Double, _ k: Double) -> Double {
        lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    }
}
