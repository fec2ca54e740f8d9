import AuspexNumerics
import AuspexSignals

/// Median and median absolute deviation of a column, and the distance from them in robust standard deviations.
struct RobustScale: ColumnScale {
    /// The denominator never falls under this share of the largest value, so that rounding noise is no anomaly where the
    /// deviation is 0; the same floor as in our peer measurements.
    static let relativeFloor = 1e-9
    static let absoluteFloor = 1e-12

    /// The parameter for the width of the expected band.
    static let bandParameter = ParameterDescriptor.number(
        "band", default: 3, in: 0.1...100,
        meaning: "half the width of the expected band, in (robust) standard deviations; scores don't depend on it")

    /// The median.
    let centre: Double
    /// The robust standard deviation, 1.4826 MAD; may be 0.
    let deviation: Double
    let floor: Double

    /// Learns from values, of which NaN is left out; without any value everything is at distance 0 of 0.
    init(_ values: [Double]) {
        let values = values.filter { !$0.isNaN }.map(CleanColumn.clamped)
        centre = OrderStatistics.median(values) ?? 0
        let distance = OrderStatistics.medianAbsoluteDeviation(values, around: centre) ?? 0
        deviation = OrderStatistics.gaussianConsistency * distance
        floor = Self.floor(values)
    }
}
