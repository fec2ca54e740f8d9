import AuspexNumerics
import AuspexSignals

/// Median and median absolute deviation of a column, and the distance from them in robust standard deviations.
struct RobustScale: Sendable, Hashable {
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
    private let floor: Double

    /// Learns from values, of which NaN is left out; without any value everything is at distance 0 of 0.
    init(_ values: [Double]) {
        let values = values.filter { !$0.isNaN }.map(CleanColumn.clamped)
        centre = OrderStatistics.median(values) ?? 0
        let distance = OrderStatistics.medianAbsoluteDeviation(values, around: centre) ?? 0
        deviation = OrderStatistics.gaussianConsistency * distance
        let largest = values.reduce(0) { max($0, abs($1)) }
        floor = Self.relativeFloor * (largest + Self.absoluteFloor) + Self.absoluteFloor
    }

    /// How many robust standard deviations `value` is off the median, 0 or more; 0 for a missing value.
    func distance(_ value: Double) -> Double {
        abs(signedDistance(value))
    }

    /// The same with its sign: negative under the median.
    func signedDistance(_ value: Double) -> Double {
        guard !value.isNaN else { return 0 }
        return (CleanColumn.clamped(value) - centre) / (deviation + floor)
    }

    /// The median, moved by `shift`, with a band of `width` robust standard deviations on either side.
    func expectation(shiftedBy shift: Double = 0, width: Double) -> Expectation {
        let value = centre + shift
        return Expectation(value: value, lower: value - width * deviation, upper: value + width * deviation)
    }
}
