import AuspexNumerics
import AuspexSignals

/// How far a value is from the exponentially smoothed level, trend and cycle before it, in robust standard deviations of
/// that error; of several columns the largest.
///
/// Missing values leave level and cycle as they are. The cycle begins with the median of each phase over the learned rows.
struct HoltWinters: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "holtwinters",
        summary: "Distance of a value from the smoothed level, trend and cycle; finds changes of a moving series.",
        kind: .batch, family: "forecasting",
        parameters: [
            .number("alpha", default: 0.2, in: 0...1, meaning: "share of an error that moves the level"),
            .number("beta", default: 0.01, in: 0...1, meaning: "share of the level's move that moves the trend"),
            .number("gamma", default: 0.05, in: 0...1, meaning: "share of an error that moves the cycle"),
            StandardResiduals.periodParameter,
            RobustScale.bandParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost: "some 20·n·d flops, and 800·min(n, 20000)·d to find the period", memory: "80·n bytes",
        source: "Holt 1957; Winters 1960; additive, with the error-correction form of Hyndman et al. 2008, §2.3",
        minimumHistory: "4 cycles; without a cycle some dozen rows")

    private let smoothing: SmoothedSeries.Smoothing
    private let period: Int?
    private let band: Double
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        smoothing = SmoothedSeries.Smoothing(
            level: try parameters.number("alpha"), trend: try parameters.number("beta"),
            cycle: try parameters.number("gamma"))
        period = try parameters.optionalInteger("period")
        band = try parameters.number("band")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        let phases = RowPhases(table)
        return Model(
            band: band, grid: phases.grid,
            series: (0..<table.columns).map {
                SmoothedSeries(table.column($0), rows: rows, phases: phases, period: period, smoothing: smoothing)
            })
    }

    private struct Model: DetectorModel {
        let band: Double
        let grid: RowPhases.Grid?
        let series: [SmoothedSeries]

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(series.count)
            let phases = RowPhases(table, grid: grid)
            var scores = [Double](repeating: 0, count: table.rows)
            var expectations: [Expectation?] = []
            for (column, series) in series.enumerated() {
                let values = series.framed(table.column(column))
                for (row, predicted) in series.predictions(values, phases).enumerated() {
                    scores[row] = max(scores[row], series.residual.distance(values[row] - predicted))
                    if self.series.count == 1 { expectations.append(series.expectation(predicted, width: band)) }
                }
            }
            return DetectorOutput(
                scores: table.finished(scores), expectations: series.count == 1 ? expectations : nil,
                notes: table.notes(ofUnknown: series.map(\.residual)))
        }
    }
}

/// Level, trend and cycle of one column, smoothed row by row.
struct SmoothedSeries: Sendable {
    /// Which share of an error goes where, each 0 to 1.
    struct Smoothing: Sendable {
        var level: Double
        var trend: Double
        var cycle: Double
    }

    /// The first level is the median over one cycle, or over so many rows if that is more.
    private static let fewestFirstRows = 12
    /// Magnitudes beyond this are cut: no smoothing can make them overflow then.
    private static let largest = 1e140

    /// How errors are spread over the learned rows, in the frame's unit.
    private(set) var residual: RobustScale
    private let smoothing: Smoothing
    /// Where the cycle begins; one 0 when there is none. In the frame's unit.
    private let cycle: [Double]
    private let centre: Double
    private let unit: Double

    /// - Parameters:
    ///   - raw: NaN where a value is missing.
    ///   - rows: which of them to learn from.
    init(_ raw: [Double], rows: Range<Int>, phases: RowPhases, period: Int?, smoothing: Smoothing) {
        let frame = CommonFrame([Array(CleanColumn(raw).values[rows])])
        (centre, unit) = (frame.centres[0], frame.unit)
        self.smoothing = smoothing
        residual = RobustScale([])
        let values = Self.framed(raw, centre: frame.centres[0], unit: frame.unit)
        let profile = SeasonalProfile(values, rows: rows, phases: phases, period: period)
        let middle = OrderStatistics.median(profile.values) ?? 0
        cycle = profile.period == 1 ? [0] : profile.values.map { $0 - middle }
        let predicted = predictions(values, phases)
        residual = RobustScale(rows.map { values[$0] - predicted[$0] })
    }

    /// A column in the frame's unit, still with NaN.
    func framed(_ raw: [Double]) -> [Double] {
        Self.framed(raw, centre: centre, unit: unit)
    }

    private static func framed(_ raw: [Double], centre: Double, unit: Double) -> [Double] {
        raw.map { $0.isNaN ? .nan : CleanColumn.clamped((CleanColumn.clamped($0) - centre) / unit) }
    }

    /// What each row should be by the rows before it, in the frame's unit.
    func predictions(_ values: [Double], _ phases: RowPhases) -> [Double] {
        var cycle = cycle
        let first = (0..<min(values.count, max(cycle.count, Self.fewestFirstRows))).map {
            values[$0] - cycle[phases.phase($0, period: cycle.count)]
        }
        var level = OrderStatistics.median(first) ?? 0
        var trend = 0.0
        return values.indices.map { row in
            let phase = phases.phase(row, period: cycle.count)
            let predicted = Self.cut(level + trend + cycle[phase])
            level = Self.cut(level + trend)
            guard !values[row].isNaN else { return predicted }
            let error = values[row] - predicted
            level = Self.cut(level + smoothing.level * error)
            trend = Self.cut(trend + smoothing.level * smoothing.trend * error)
            if cycle.count > 1 { cycle[phase] = Self.cut(cycle[phase] + smoothing.cycle * error) }
            return predicted
        }
    }

    /// A prediction and the band around it, in the column's unit; nil when nothing is known.
    func expectation(_ predicted: Double, width: Double) -> Expectation? {
        guard let band = residual.expectation(shiftedBy: predicted, width: width) else { return nil }
        func back(_ value: Double) -> Double { CleanColumn.clamped(CleanColumn.clamped(value) * unit + centre) }
        return Expectation(value: back(band.value), lower: back(band.lower), upper: back(band.upper))
    }

    private static func cut(_ value: Double) -> Double { min(max(value, -largest), largest) }
}
