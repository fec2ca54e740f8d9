import Foundation

/// Student's t distribution.
enum StudentT {
    /// The chance of a value above `value` (0 or more) with `degrees` (more than 0) of freedom.
    static func upperTail(_ value: Double, degrees: Double) -> Double {
        let x = degrees / (degrees + value * value)
        return 0.5 * regularizedBeta(x, 1 - x, degrees / 2, 0.5)
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

    /// The regularised incomplete beta function by its continued fraction (Lentz's method), where y = 1 − x.
    private static func regularizedBeta(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard y > 0 else { return 1 }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y))
        return x < (a + 1) / (a + b + 2)
            ? front * continuedFraction(x, a, b) / a : 1 - front * continuedFraction(y, b, a) / b
    }

    private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / kept(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...10_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / kept(1 + even * d)
            c = kept(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + odd * d)
            c = kept(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return result
    }
}
