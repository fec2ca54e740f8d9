import Foundation

/// The chi-square distribution.
package enum ChiSquare {
    private static let steps = 200
    private static let precision = 1e-15
    /// Both expansions end long before; a bound all the same.
    private static let terms = 10_000
    /// Keeps the continued fraction from dividing by zero (Lentz 1976).
    private static let tiny = 1e-300

    /// The chance of a value up to `value` with `degrees` (more than 0) of freedom; accurate to some 13 digits.
    package static func lowerTail(_ value: Double, degrees: Double) -> Double {
        guard value > 0 else { return 0 }
        let (part, isLower) = tail(degrees / 2, value / 2)
        return isLower ? part : 1 - part
    }

    /// The chance of a value above `value`; small ones are as accurate as large ones.
    package static func upperTail(_ value: Double, degrees: Double) -> Double {
        guard value > 0 else { return 1 }
        let (part, isLower) = tail(degrees / 2, value / 2)
        return isLower ? 1 - part : part
    }

    /// The value that is not exceeded with the chance `share`, between 0 and 1, by bisection.
    package static func quantile(_ share: Double, degrees: Double) -> Double {
        var (low, high) = (0.0, max(degrees, 1))
        while lowerTail(high, degrees: degrees) < share, high < 1e12 { high *= 2 }
        for _ in 0..<steps {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if lowerTail(middle, degrees: degrees) < share { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The regularised incomplete gamma function of a at x over 0: the lower one by its series under a + 1, and the upper one
    /// by its continued fraction above (Abramowitz and Stegun 1964, 6.5.29 and 6.5.31).
    private static func tail(_ a: Double, _ x: Double) -> (part: Double, isLower: Bool) {
        let front = exp(a * log(x) - x - lgamma(a))
        return x < a + 1 ? (front * series(a, x), true) : (front * fraction(a, x), false)
    }

    private static func series(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        for index in 1...terms {
            term *= x / (a + Double(index))
            sum += term
            if term < sum * precision { break }
        }
        return sum
    }

    private static func fraction(_ a: Double, _ x: Double) -> Double {
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var result = d
        for index in 1...terms {
            let numerator = -Double(index) * (Double(index) - a)
            b += 2
            d = numerator * d + b
            if d.magnitude < tiny { d = tiny }
            c = b + numerator / c
            if c.magnitude < tiny { c = tiny }
            d = 1 / d
            result *= d * c
            if (d * c - 1).magnitude < precision { break }
        }
        return result
    }
}
