#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many of n lines have a mark, when each has it with a chance that itself varies: mean n·s and variance
/// n·s·(1 − s)·(1 + (n − 1)·ρ).
struct BetaBinomial: Hashable, Sendable {
    /// A share or a correlation nearer to 0 or 1 than this is taken as this far from it.
    private static let least = 1e-9
    /// Terms that are smaller than this share of the sum don't change it.
    private static let precision = 1e-17

    /// n, 0 or more.
    let trials: Int
    /// s, between 0 and 1.
    let share: Double
    /// ρ, between 0 and 1: the correlation between two lines.
    let correlation: Double

    init(trials: Int, share: Double, correlation: Double) {
        self.trials = trials
        self.share = min(max(share, Self.least), 1 - Self.least)
        self.correlation = min(max(correlation, Self.least), 1 - Self.least)
    }

    /// P(K >= k): the terms from k on, each from the one before. O(standard deviations of K), at most n.
    func upperTail(_ count: Int) -> Double {
        guard count > 0 else { return 1 }
        guard count <= trials else { return 0 }
        let strength = 1 / correlation - 1
        let (a, b) = (share * strength, (1 - share) * strength)
        let n = Double(trials)
        var k = Double(count)
        let ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
        let with = lgamma(k + a) + lgamma(n - k + b) - lgamma(n + a + b)
        let without = lgamma(a) + lgamma(b) - lgamma(a + b)
        var term = exp(ways + with - without)
        var sum = term
        while k < n {
            let ratio = (n - k) * (k + a) / ((k + 1) * (n - k - 1 + b))
            term *= ratio
            sum += term
            if ratio < 1, term < sum * Self.precision { break }
            k += 1
        }
        return min(1, sum)
    }
}
