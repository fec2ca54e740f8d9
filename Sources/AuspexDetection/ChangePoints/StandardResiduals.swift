import AuspexNumerics

/// What is left of each column without its cycle, in robust standard deviations: the input of detectors of shifts.
struct StandardResiduals: Sendable {
    /// Residuals beyond this are cut to it: a single wild value is no shift.
    static let largest = 10.0

    static let periodParameter = ParameterDescriptor.integer(
        "period", default: nil, in: 1...1_000_000,
        meaning: "rows a cycle has, 1 for none; left alone it is found by autocorrelation up to 303 rows")

    private let grid: RowPhases.Grid?
    private let profiles: [SeasonalProfile]

    /// Learns cycles, medians and deviations from `rows`.
    init(_ table: Table, rows: Range<Int>, period: Int?) {
        let phases = RowPhases(table)
        grid = phases.grid
        profiles = (0..<table.columns).map {
            SeasonalProfile(table.column($0), rows: rows, phases: phases, period: period)
        }
    }

    var columns: Int { profiles.count }

    /// One list a column; nil where a value is missing.
    func residuals(_ table: Table) -> [[Double?]] {
        let phases = RowPhases(table, grid: grid)
        return profiles.enumerated().map { column, profile in
            (0..<table.rows).map { row in
                let value = table[row, column]
                guard !value.isNaN else { return nil }
                let usual = CleanColumn.clamped(profile.values[phases.phase(row, period: profile.period)])
                let residual = profile.residual.signedDistance(CleanColumn.clamped(value) - usual)
                return min(max(residual, -Self.largest), Self.largest)
            }
        }
    }
}
