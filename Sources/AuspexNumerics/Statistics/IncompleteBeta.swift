#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The regularised incomplete beta function I_x(a, b).
package enum IncompleteBeta {
    /// The fraction has converged, to some 14 digits, in about √max(a, b) steps; a bound all the same.
    private static let steps = 100_000
    private static let precision = 1e-15
    /// Keeps the continued fraction from dividing by zero (Lentz 1976).
    private static let tiny = 1e-300

    /// The chance of a value up to x of the beta distribution with a and b above 0. `y` is 1 − x, given so that neither
    /// loses digits. Small results are as accurate as large ones.
    package static func regularized(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard y > 0 else { return 1 }
        // The logarithm of the larger share from the smaller one, where it has all digits.
        let logs = x > y ? (log1p(-y), log(y)) : (log(x), log1p(-x))
        let front = exp(logGammas(a, b) + a * logs.0 + b * logs.1)
        return x < (a + 1) / (a + b + 2)
            ? min(1, front * fraction(x, a, b) / a) : max(0, 1 - front * fraction(y, b, a) / b)
    }

    /// ln Γ(a + b) − ln Γ(a) − ln Γ(b). For large arguments the first two are nearly equal and lose their digits in the
    /// difference, which Stirling's series gives with all of them.
    private static func logGammas(_ a: Double, _ b: Double) -> Double {
        let (large, small) = a > b ? (a, b) : (b, a)
        guard large > stirling else { return lgamma(a + b) - lgamma(a) - lgamma(b) }
        let growth = (large + small - 0.5) * log1p(small / large) + small * log(large) - small
        return growth + (1 / (large + small) - 1 / large) / 12 - lgamma(small)
    }

    /// From here on the series' next term is under 10⁻¹².
    private static let stirling = 1e4

    /// Numerical Recipes 6.4 (Abramowitz and Stegun 1964, 26.5.8).
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        var c = 1.0
        var d = 1 / kept(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...steps {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / kept(1 + even * d)
            c = kept(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + odd * d)
            c = kept(1 + odd / c)
            result *= d * c
            if (d * c - 1).magnitude < precision { break }
        }
        return result
    }

    private static func kept(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
}
