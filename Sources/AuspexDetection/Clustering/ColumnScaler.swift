import AuspexNumerics

/// Brings columns to mean 0 and standard deviation 1, without overflow and without rounding noise in constant ones.
struct ColumnScaler: Sendable {
    private let centres: [Double]
    private let units: [Double]
    private let means: [Double]
    private let deviations: [Double]

    /// Learns from columns of finite values.
    init(_ columns: [[Double]]) {
        var (centres, units, means, deviations): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for column in columns {
            // A constant column is exactly 0 after its median is taken off, which its mean need not be.
            let centre = OrderStatistics.median(column) ?? 0
            let largest = column.reduce(0) { max($0, abs($1 - centre)) }
            let unit = largest > 0 ? largest : 1
            let moments = Moments(column.map { ($0 - centre) / unit })
            let deviation = moments.populationVariance.squareRoot()
            centres.append(centre)
            units.append(unit)
            means.append(moments.mean)
            deviations.append(deviation > 0 ? deviation : 1)
        }
        (self.centres, self.units, self.means, self.deviations) = (centres, units, means, deviations)
    }

    /// Columns on the learned scale. Values beyond it by a factor of 10¹⁰⁰ are cut, so that squares stay finite.
    func scaled(_ columns: [[Double]]) -> [[Double]] {
        columns.indices.map { index in
            columns[index].map {
                let value = (($0 - centres[index]) / units[index] - means[index]) / deviations[index]
                return min(max(value, -Self.largest), Self.largest)
            }
        }
    }

    /// A value of the learned scale in the unit of its column.
    func restored(_ value: Double, column: Int) -> Double {
        let share = value * deviations[column] + means[column]
        return CleanColumn.clamped(CleanColumn.clamped(share) * units[column] + centres[column])
    }

    private static let largest = 1e100
}
