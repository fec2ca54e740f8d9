import AuspexNumerics
import AuspexSignals

/// The generalised test for outliers on what remains when the season is taken off; of several columns the largest ratio.
struct SeasonalDeviates: BatchDetector {
    private static let longestPeriod = 1_000_000

    static let descriptor = DetectorDescriptor(
        name: "esd",
        summary: "Tests values against the season and each other, the strangest first; a score over 1 is significant.",
        kind: .batch, family: "statistical",
        parameters: [
            .integer(
                "period", default: nil, in: 1...longestPeriod,
                meaning: "rows a cycle has, 1 for none; left alone it is found by autocorrelation up to 303 rows"),
            .number(
                "share", default: 0.1, in: 0.000_001...0.49,
                meaning: "the largest share of the rows that may be outliers"),
            .number(
                "alpha", default: 0.05, in: 0.000_001...0.5,
                meaning: "the chance that a series of Gaussian noise has a score over 1"),
            RobustScale.bandParameter,
            ReferenceRows.parameter(default: .all),
        ],
        cost: "some 20·n·d·log₂ n flops, and 800·min(n, 20000)·d to find the period", memory: "80·n bytes",
        source: "Rosner 1983; Hochenbaum, Vallis and Kejariwal 2017 (S-H-ESD)",
        minimumHistory: "4 cycles; with fewer it falls back to the median")

    private let period: Int?
    private let share: Double
    private let alpha: Double
    private let band: Double
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        period = try parameters.optionalInteger("period")
        share = try parameters.number("share")
        alpha = try parameters.number("alpha")
        band = try parameters.number("band")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        let phases = RowPhases(table)
        let profiles = (0..<table.columns).map {
            SeasonalProfile(table.column($0), rows: rows, phases: phases, period: period)
        }
        return Model(share: share, alpha: alpha, band: band, grid: phases.grid, profiles: profiles)
    }

    private struct Model: DetectorModel {
        let share: Double
        let alpha: Double
        let band: Double
        let grid: RowPhases.Grid?
        let profiles: [SeasonalProfile]

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(profiles.count)
            let phases = RowPhases(table, grid: grid)
            var scores = [Double](repeating: 0, count: table.rows)
            var expectations: [Expectation?] = []
            var notes: [String] = []
            for (column, profile) in profiles.enumerated() {
                let usual = (0..<table.rows).map {
                    CleanColumn.clamped(profile.values[phases.phase($0, period: profile.period)])
                }
                let present = (0..<table.rows).filter { !table[$0, column].isNaN }
                let deviates = StudentizedDeviates(
                    present.map { CleanColumn.clamped(CleanColumn.clamped(table[$0, column]) - usual[$0]) },
                    share: share, alpha: alpha, floor: profile.residual.floor)
                for (row, ratio) in zip(present, deviates.ratios) { scores[row] = max(scores[row], ratio) }
                notes.append(contentsOf: note(table.names[column], profile, present: present.count))
                if profiles.count == 1 {
                    expectations = usual.map { profile.residual.expectation(shiftedBy: $0, width: band) }
                }
            }
            return DetectorOutput(
                scores: table.finished(scores), expectations: profiles.count == 1 ? expectations : nil, notes: notes)
        }

        private func note(_ name: String, _ profile: SeasonalProfile, present: Int) -> [String] {
            guard present >= StudentizedDeviates.fewest else {
                return ["\(name): \(present) value(s) are too few for a test; all scores are 0"]
            }
            return profile.period == 1
                ? ["\(name): no period shows, or too few cycles of it; values are tested against the median"]
                : ["\(name): a period of \(profile.period) rows"]
        }
    }
}
