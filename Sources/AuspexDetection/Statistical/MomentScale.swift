import AuspexNumerics

/// Mean and standard deviation of a column, by n.
struct MomentScale: ColumnScale {
    let centre: Double
    let deviation: Double
    let floor: Double

    /// Learns from values, of which NaN is left out; without any value everything is at distance 0 of 0.
    init(_ values: [Double]) {
        let values = values.filter { !$0.isNaN }.map(CleanColumn.clamped)
        let moments = Moments(values)
        centre = moments.mean
        deviation = moments.populationVariance.squareRoot()
        floor = Self.floor(values)
    }
}
