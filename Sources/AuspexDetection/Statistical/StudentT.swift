import AuspexNumerics
import Foundation

/// Student's t distribution.
enum StudentT {
    /// The chance of a value above `value` (0 or more) with `degrees` (more than 0) of freedom.
    static func upperTail(_ value: Double, degrees: Double) -> Double {
        let x = degrees / (degrees + value * value)
        return 0.5 * IncompleteBeta.regularized(x, 1 - x, degrees / 2, 0.5)
    }

    /// The value that is exceeded with the chance `tail`, which lies between 0 and ½; accurate to some 12 digits.
    ///
    /// Newton's method on the logarithms of both, which are nearly linear to each other in the tail.
    static func upperQuantile(_ tail: Double, degrees: Double) -> Double {
        let density = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / (degrees * .pi).squareRoot()
        var position = 0.0
        for _ in 0..<steps {
            let value = exp(position)
            let chance = upperTail(value, degrees: degrees)
            guard chance > 0 else {
                position -= 1
                continue
            }
            let slope = density * exp(-(degrees + 1) / 2 * log1p(value * value / degrees)) * value / chance
            let change = (log(chance) - log(tail)) / slope
            position += max(-farthestStep, min(farthestStep, change))
            if abs(change) < precision { break }
        }
        return exp(position)
    }

    private static let steps = 100
    private static let farthestStep = 3.0
    private static let precision = 1e-13
}
