import Foundation

/// The chi-square distribution.
enum ChiSquare {
    private static let steps = 200
    private static let precision = 1e-15
    private static let tiny = 1e-300

    /// The chance of a value up to `value` (0 or more) with `degrees` (more than 0) of freedom; accurate to some 13 digits.
    ///
    /// The regularised lower incomplete gamma function, by its series under a + 1 and by its continued fraction above.
    static func lowerTail(_ value: Double, degrees: Double) -> Double {
        let (a, x) = (degrees / 2, value / 2)
        guard x > 0 else { return 0 }
        let front = exp(a * log(x) - x - lgamma(a))
        guard x >= a + 1 else {
            var term = 1 / a
            var sum = term
            var step = a
            while term > precision * sum {
                step += 1
                term *= x / step
                sum += term
            }
            return front * sum
        }
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var fraction = d
        for step in 1...10_000 {
            let factor = -Double(step) * (Double(step) - a)
            b += 2
            d = factor * d + b
            if abs(d) < tiny { d = tiny }
            c = b + factor / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            fraction *= d * c
            if abs(d * c - 1) < precision { break }
        }
        return 1 - front * fraction
    }

    /// The value that is not exceeded with the chance `share`, between 0 and 1, by bisection.
    static func quantile(_ share: Double, degrees: Double) -> Double {
        var (low, high) = (0.0, max(degrees, 1))
        while lowerTail(high, degrees: degrees) < share, high < 1e12 { high *= 2 }
        for _ in 0..<steps {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if lowerTail(middle, degrees: degrees) < share { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
