import AuspexNumerics
import AuspexSignals

/// Median and median absolute deviation of a column, and the distance from them in robust standard deviations.
struct RobustScale: ColumnScale {
    /// The denominator never falls under this share of the median magnitude, so that rounding noise is no anomaly where the
    /// deviation is 0. Not of the largest one: a single wild value, such as the 2³² of a counter that ran over, would hide
    /// all others.
    static let relativeFloor = 1e-9
    static let absoluteFloor = 1e-12
    /// The same of what remains when something is taken off values, as a share of the values' magnitude: some thousand
    /// rounding errors.
    static let remainderFloor = 1e-12

    /// The parameter for the width of the expected band.
    static let bandParameter = ParameterDescriptor.number(
        "band", default: 3, in: 0.1...100,
        meaning: "half the width of the expected band, in (robust) standard deviations; scores don't depend on it")

    /// The parameter for how long a running scale remembers.
    static let memoryParameter = ParameterDescriptor.integer(
        "memory", default: 200, in: 2...1_000_000,
        meaning: "samples over which the scale of residuals is averaged")

    /// The median.
    let centre: Double
    /// The robust standard deviation, 1.4826 MAD; may be 0.
    let deviation: Double
    let floor: Double

    /// Learns from values, of which NaN is left out.
    ///
    /// - Parameter originals: when the values are what remains of others, these; NaN is left out of them, too.
    init(_ values: [Double], remainingOf originals: [Double]? = nil) {
        let values = values.filter { !$0.isNaN }.map(CleanColumn.clamped)
        centre = OrderStatistics.median(values) ?? 0
        let distance = OrderStatistics.medianAbsoluteDeviation(values, around: centre) ?? 0
        deviation = OrderStatistics.gaussianConsistency * distance
        floor = Self.floor(values, remainingOf: originals?.filter { !$0.isNaN })
    }

    /// The floor for clean `values`.
    private static func floor(_ values: [Double], remainingOf originals: [Double]?) -> Double {
        guard let usual = OrderStatistics.median(values.map(abs)) else { return .infinity }
        guard let originals else { return relativeFloor * usual + absoluteFloor }
        let original = OrderStatistics.median(originals.map { abs(CleanColumn.clamped($0)) }) ?? 0
        return remainderFloor * original + absoluteFloor
    }
}
