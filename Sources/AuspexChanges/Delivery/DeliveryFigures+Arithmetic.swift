import AuspexNumerics
import AuspexSignals

extension DeliveryFigures.Durations {
    /// Takes the known ones of so many; a negative length counts as 0.
    init(_ spans: [TimeSpan], of count: Int) {
        let seconds = spans.map { max(0, Double($0.milliseconds) / 1_000) }
        self.init(
            known: seconds.count, of: count, median: OrderStatistics.quantile(seconds, 0.5),
            p90: OrderStatistics.quantile(seconds, 0.9))
    }
}

extension DeliveryFigures.Share {
    /// The quantile of the normal distribution for 95 %.
    private static let z = 1.959_963_984_540_054

    /// Takes `count` of `whole`, with Wilson's interval.
    init(_ count: Int, of whole: Int) {
        guard whole > 0 else {
            self.init(count: count, of: whole, rate: nil, low: nil, high: nil)
            return
        }
        let (n, p) = (Double(whole), Double(count) / Double(whole))
        let square = Self.z * Self.z
        let centre = (p + square / (2 * n)) / (1 + square / n)
        let half = Self.z / (1 + square / n) * (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
        // At the ends rounding must not leave the true rate outside.
        self.init(
            count: count, of: whole, rate: p, low: count == 0 ? 0 : max(0, centre - half),
            high: count == whole ? 1 : min(1, centre + half))
    }
}
