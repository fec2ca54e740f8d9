import Foundation

/// The standard Gaussian distribution.
package enum Gaussian {
    /// The chance of a value above `z`; small ones are as accurate as large ones.
    package static func upperTail(_ z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }

    /// The value that is not exceeded with the chance `share`, accurate to some 15 digits; infinite at 0 and 1.
    ///
    /// A rational approximation (Acklam 2003, 9 digits) and one step of Halley's method on the exact tail.
    package static func quantile(_ share: Double) -> Double {
        guard share > 0 else { return share.isNaN ? .nan : -.infinity }
        guard share < 1 else { return .infinity }
        // By symmetry only the lower half is computed, where the tail has all its digits.
        if share > 0.5 { return -quantile(1 - share) }
        let start = approximation(share)
        let error = upperTail(-start) - share
        let step = error * (2 * Double.pi).squareRoot() * exp(start * start / 2)
        return step.isFinite ? start - step / (1 + start * step / 2) : start
    }

    private static let centre = 0.02425

    private static func approximation(_ share: Double) -> Double {
        if share < centre {
            let q = (-2 * log(share)).squareRoot()
            return polynomial(tailNumerator, q) / (polynomial(tailDenominator, q) * q + 1)
        }
        let q = share - 0.5
        return polynomial(centreNumerator, q * q) * q / (polynomial(centreDenominator, q * q) * q * q + 1)
    }

    private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }

    private static let centreNumerator = [
        -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
        -3.066479806614716e+01, 2.506628277459239e+00,
    ]
    private static let centreDenominator = [
        -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
        -1.328068155288572e+01,
    ]
    private static let tailNumerator = [
        -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00,
        4.374664141464968e+00, 2.938163982698783e+00,
    ]
    private static let tailDenominator = [
        7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00,
    ]
}
