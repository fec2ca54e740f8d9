import AuspexTesting
import Foundation

/// Random counts and waiting times for simulations.
extension SplitMix64 {
    /// Of mean 1.
    mutating func exponential() -> Double { -log(1 - uniform()) }

    /// Of the shape given and mean `shape` (Marsaglia and Tsang 2000).
    mutating func gamma(shape: Double) -> Double {
        if shape < 1 { return gamma(shape: shape + 1) * pow(1 - uniform(), 1 / shape) }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = pow(1 + c * x, 3)
            if v > 0, log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }

    /// Gaussian of mean 0 and variance 1 (Box and Muller 1958), with true tails.
    mutating func normal() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    /// Poisson's, by waiting times; large means in parts.
    mutating func poisson(_ mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        if mean > 30 { return poisson(mean / 2) + poisson(mean / 2) }
        let limit = exp(-mean)
        var (count, product) = (0, 1 - uniform())
        while product > limit {
            count += 1
            product *= 1 - uniform()
        }
        return count
    }

    /// Poisson's with a rate that is gamma distributed with the relative variance `dispersion`.
    mutating func count(mean: Double, dispersion: Double) -> Int {
        guard dispersion > 0 else { return poisson(mean) }
        return poisson(mean * gamma(shape: 1 / dispersion) * dispersion)
    }
}
