import AuspexNumerics

/// Moves each column to its mean and divides it by its standard deviation, so that columns of different units weigh the
/// same. A column that does not vary is only moved.
struct ColumnUnits: Sendable {
    private let centres: [Double]
    private let units: [Double]

    init(_ columns: [[Double]]) {
        var centres: [Double] = []
        var units: [Double] = []
        for column in columns {
            let (low, high) = column.reduce((Double.infinity, -Double.infinity)) { (min($0.0, $1), max($0.1, $1)) }
            let range = high - low
            guard range > 0 else {
                centres.append(column.first ?? 0)
                units.append(1)
                continue
            }
            // In shares of the range nothing over- or underflows.
            let moments = Moments(column.map { ($0 - low) / range })
            centres.append(low + moments.mean * range)
            units.append(max(moments.populationVariance.squareRoot() * range, .leastNonzeroMagnitude))
        }
        self.centres = centres
        self.units = units
    }

    /// The windows of scaled columns.
    func scaled(_ windows: WindowFeatures) -> WindowFeatures {
        let columns = windows.columns.enumerated().map { number, column in
            column.map { CleanColumn.clamped(($0 - centres[number]) / units[number]) }
        }
        return WindowFeatures(columns, window: windows.window)
    }
}
