import AuspexNumerics
import AuspexSignals

/// Distance from the usual value at this phase of the cycle, in robust standard deviations; of several columns the
/// largest. Without a cycle it is the robust z-score.
struct SeasonalResidual: BatchDetector {
    private static let longestPeriod = 1_000_000

    static let descriptor = DetectorDescriptor(
        name: "seasonal",
        summary: "Distance from the median of the same phase in other cycles; finds values strange for their hour.",
        kind: .batch, family: "statistical",
        parameters: [
            .integer(
                "period", default: nil, in: 1...longestPeriod,
                meaning: "rows a cycle has, 1 for none; left alone it is found by autocorrelation up to 303 rows"),
            RobustScale.bandParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost: "some 30·n·d flops, and 800·min(n, 20000)·d to find the period", memory: "40·n bytes",
        source: "seasonal medians: Cleveland et al. 1990 (STL), robust form; period: Liu and Paparrizos 2024",
        minimumHistory: "4 cycles; with fewer it falls back to the median")

    private let period: Int?
    private let band: Double
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        period = try parameters.optionalInteger("period")
        band = try parameters.number("band")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        let phases = RowPhases(table)
        let profiles = (0..<table.columns).map {
            SeasonalProfile(table.column($0), rows: rows, phases: phases, period: period)
        }
        return Model(band: band, grid: phases.grid, profiles: profiles)
    }

    private struct Model: DetectorModel {
        let band: Double
        let grid: RowPhases.Grid?
        let profiles: [SeasonalProfile]

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(profiles.count)
            let phases = RowPhases(table, grid: grid)
            var scores = [Double](repeating: 0, count: table.rows)
            var expectations: [Expectation?] = []
            for (column, profile) in profiles.enumerated() {
                for row in 0..<table.rows {
                    let usual = CleanColumn.clamped(profile.values[phases.phase(row, period: profile.period)])
                    let value = table[row, column]
                    if !value.isNaN {
                        let residual = CleanColumn.clamped(value) - usual
                        scores[row] = max(scores[row], profile.residual.distance(residual))
                    }
                    if profiles.count == 1 {
                        expectations.append(profile.residual.expectation(shiftedBy: usual, width: band))
                    }
                }
            }
            return DetectorOutput(
                scores: table.finished(scores), expectations: profiles.count == 1 ? expectations : nil,
                notes: table.notes(ofUnknown: profiles.map(\.residual))
                    + zip(table.names, profiles).map { name, profile in
                        profile.period == 1
                            ? "\(name): no period shows, or too few cycles of it; scores are distances from the median"
                            : "\(name): a period of \(profile.period) rows"
                    })
        }
    }
}
