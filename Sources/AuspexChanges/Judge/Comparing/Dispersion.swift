import AuspexNumerics
import Foundation

/// By how much counts vary more than independent events would make them.
///
/// Events that come in bursts are worth fewer than they are many. The dispersion is only believed when it is clear, so
/// that independent events keep the exact test.
struct Dispersion: Hashable, Sendable {
    /// An interval's count of events, what it was expected to be and its variance, were events independent.
    struct Cell {
        var count: Double
        var expected: Double
        var variance: Double
    }

    /// What the variance is larger by; 1 when nothing speaks against independent events.
    let factor: Double
    /// How many intervals it was measured by, less the means that were estimated.
    let degrees: Double

    /// From this chance on a dispersion is believed.
    private static let level = 0.05
    /// With fewer intervals the dispersion can't be measured.
    private static let fewest = 4.0

    /// Measures the dispersion of several series of intervals; the expected counts of each were estimated from itself.
    init(_ series: [[Cell]]) {
        var (statistic, degrees) = (0.0, 0.0)
        var residuals: [[Double]] = []
        for cells in series {
            let usable = cells.filter { $0.variance > 0 }
            guard usable.count > 1 else { continue }
            residuals.append(usable.map { ($0.count - $0.expected) / $0.variance.squareRoot() })
            statistic += usable.reduce(0) { $0 + ($1.count - $1.expected) * ($1.count - $1.expected) / $1.variance }
            degrees += Double(usable.count - 1)
        }
        self.degrees = degrees
        guard degrees >= Self.fewest else {
            factor = 1
            return
        }
        let isClear = ChiSquare.upperTail(statistic, degrees: degrees) < Self.level
        factor = (isClear ? max(1, statistic / degrees) : 1) * Self.inflation(residuals)
    }

    /// What autocorrelation adds: (1 + ρ)/(1 − ρ), where the first autocorrelation is clearly above its value for
    /// independent counts, −1/n with deviation 1/√n (Bartlett 1946).
    private static func inflation(_ series: [[Double]]) -> Double {
        var (products, squares, count) = (0.0, 0.0, 0.0)
        for residuals in series {
            products += zip(residuals, residuals.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
            squares += residuals.reduce(0) { $0 + $1 * $1 }
            count += Double(residuals.count)
        }
        guard squares > 0 else { return 1 }
        let bias = Double(series.count) / count
        let correlation = min(0.95, products / squares + bias)
        let isClear = Gaussian.upperTail(correlation * count.squareRoot()) < level
        return isClear && correlation > 0 ? (1 + correlation) / (1 - correlation) : 1
    }

    /// A p-value of counts that were divided by the dispersion, made as much larger as the dispersion is uncertain:
    /// that of Student's distribution at the same number of deviations.
    func widened(_ p: Double) -> Double {
        guard factor > 1, p > 0, p < 0.5 else { return p }
        return StudentT.upperTail(-Gaussian.quantile(p), degrees: degrees)
    }
}
