import AuspexNumerics

/// Two series with their outliers drawn in, so that a test of means does not follow them.
struct Winsorized {
    /// How many deviations a value may lie from the median of its side. Of Gaussian values one in 370 lies further.
    private static let reach = 3.0

    let x: TimedValues
    let y: TimedValues

    /// Draws in what lies further from its side's median than three deviations, which are estimated from both sides by
    /// the median absolute deviation; nil when that is 0, because most values of both sides are equal to their median.
    init?(_ x: TimedValues, _ y: TimedValues) {
        guard let one = OrderStatistics.median(x.values), let other = OrderStatistics.median(y.values) else {
            return nil
        }
        let distances = x.values.map { $0 - one } + y.values.map { $0 - other }
        guard let spread = OrderStatistics.medianAbsoluteDeviation(distances, around: 0), spread > 0 else { return nil }
        let bound = Self.reach * OrderStatistics.gaussianConsistency * spread
        func drawnIn(_ series: TimedValues, _ middle: Double) -> TimedValues {
            series.replacing(series.values.map { min(max($0, middle - bound), middle + bound) })
        }
        self.x = drawnIn(x, one)
        self.y = drawnIn(y, other)
    }
}
