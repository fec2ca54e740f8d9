import AuspexNumerics

/// The median of a column at each phase of its period, over all cycles of the rows that it was learned from.
struct SeasonalProfile: Sendable, Hashable {
    /// Fewer cycles than this make no profile: a median of three is nearly a single value.
    static let fewestCycles = 4
    /// A period that the user gives needs so many.
    static let fewestGivenCycles = 2
    /// A period counts when the autocorrelation there is at least this. Our own choice: white noise of 200 rows or more
    /// stays under it (3.3/√n at most over 300 lags), a cycle that explains a third of the variance reaches it.
    static let weakestCorrelation = 0.3

    /// The expected value at each phase; one entry when there is no period.
    let values: [Double]
    /// How the residuals of the learned rows are spread.
    let residual: RobustScale

    /// The period in rows; 1 = none.
    var period: Int { values.count }

    /// Learns from `rows` of a column. A given period with too few cycles counts as none.
    init(_ column: [Double], rows: Range<Int>, phases: RowPhases, period given: Int?) {
        let period =
            given.map { rows.count >= Self.fewestGivenCycles * $0 ? $0 : 1 }
            ?? Self.detectedPeriod(Array(column[rows]))
        var byPhase = [[Double]](repeating: [], count: period)
        for row in rows where !column[row].isNaN { byPhase[phases.phase(row, period: period)].append(column[row]) }
        let overall = OrderStatistics.median(Array(column[rows])) ?? 0
        let values = byPhase.map { OrderStatistics.median($0) ?? overall }
        self.values = values
        residual = RobustScale(
            rows.map {
                CleanColumn.clamped(column[$0]) - CleanColumn.clamped(values[phases.phase($0, period: period)])
            }, remainingOf: Array(column[rows]))
    }

    /// The period that shows clearly and often enough; 1 when none does.
    static func detectedPeriod(_ values: [Double]) -> Int {
        guard let peak = Autocorrelation.peak(CleanColumn(values).values), peak.correlation >= weakestCorrelation,
            values.count >= fewestCycles * peak.lag
        else { return 1 }
        return peak.lag
    }
}
