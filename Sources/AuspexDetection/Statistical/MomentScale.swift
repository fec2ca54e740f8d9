import AuspexNumerics

/// Mean and standard deviation of a column, by n.
struct MomentScale: ColumnScale {
    let centre: Double
    let deviation: Double
    let floor: Double

    /// Learns from values, of which NaN is left out.
    init(_ values: [Double]) {
        let values = values.filter { !$0.isNaN }.map(CleanColumn.clamped)
        let moments = Moments(values)
        centre = moments.mean
        deviation = moments.populationVariance.squareRoot()
        let largest = values.reduce(0) { max($0, abs($1)) }
        floor = values.isEmpty ? .infinity : RobustScale.relativeFloor * largest + RobustScale.absoluteFloor
    }
}
