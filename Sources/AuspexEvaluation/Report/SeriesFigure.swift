import AuspexDetection
import AuspexSignals

/// What a report draws of one series and one detector: short paths, whatever the length of the series.
public struct SeriesFigure: Hashable, Sendable {
    /// A point: x from 0 to 1 along the axis, y in the lane's own unit.
    struct Point: Hashable, Sendable {
        var x: Double
        var y: Double
    }

    /// What was expected at a place.
    struct BandPoint: Hashable, Sendable {
        var x: Double
        var expectation: Expectation
    }

    /// One column of the series.
    struct Lane: Hashable, Sendable {
        var name: String
        /// The values, broken where some are missing.
        var line: [[Point]]
        /// The rows that reach the alert line.
        var alerts: [Point]
        /// What was expected, broken where nothing was.
        var band: [[BandPoint]]
        /// The smallest and the largest value.
        var range: ClosedRange<Double>
    }

    /// The most columns that are drawn; of more, those that deviate most where the scores are highest.
    static let laneLimit = 6

    /// The series.
    public let name: String
    /// The detector's specification.
    public let detector: String
    /// How many rows the series has.
    public let rows: Int
    /// How many rows reach the alert line.
    public let alertCount: Int
    /// How many columns the series has, drawn or not.
    let columns: Int
    let axis: FigureAxis
    let lanes: [Lane]
    /// Anomaly scores.
    let score: [[Point]]
    let highestScore: Double
    /// Where rows are labelled anomalous, from 0 to 1 along the axis; nil without labels.
    let labelled: [ClosedRange<Double>]?
    /// Where rows reach the alert line.
    let alerts: [ClosedRange<Double>]
    /// How many runs of labelled rows there are.
    let runCount: Int
    /// How many of them have an alert.
    let hitCount: Int
    /// What the detector has to say of its scores.
    let notes: [String]

    init(
        name: String, detector: String, table: Table, labels: [Bool]?, calibrated: [CalibratedScore],
        expectations: [Expectation?]?, notes: [String]
    ) {
        let scores = calibrated.map(\.anomalyScore)
        let isAlert = scores.map { $0 >= 1 }
        let axis = FigureAxis(times: table.times, rows: table.rows)
        let x = axis.positions(times: table.times, rows: table.rows)
        let builder = FigureBuilder(x: x, scores: scores, isAlert: isAlert)
        self.name = name
        self.detector = detector
        rows = table.rows
        columns = table.columns
        alertCount = isAlert.count { $0 }
        self.axis = axis
        let shown = builder.shownColumns(of: table, limit: Self.laneLimit)
        lanes = shown.map { column in
            builder.lane(
                table.names[column], values: table.column(column),
                expectations: table.columns == 1 ? expectations : nil)
        }
        score = builder.line(scores)
        highestScore = scores.max() ?? 0
        labelled = labels.map { builder.ranges($0) }
        alerts = builder.ranges(isAlert)
        let labelRuns = LabelRuns(labels ?? []).ranges
        runCount = labelRuns.count
        hitCount = labelRuns.count { $0.contains { isAlert[$0] } }
        self.notes = notes
    }

    /// The figure of an evaluated series.
    init(_ series: LabelledSeries, detector: String, result: CalibratedOutput) {
        self.init(
            name: series.name, detector: detector, table: series.table, labels: series.labels,
            calibrated: result.calibrated, expectations: result.output.expectations, notes: result.output.notes)
    }

    /// The figure of a scored series; `file` names it where it has no labels.
    init(_ series: ScoredSeries, detector: String, file: String) {
        let name = series.labels.pairs.isEmpty ? file : series.labels.description
        let order = TimeOrder(series.table.times)
        let sorted = order.sorted(LabelledSeries(name: name, table: series.table, labels: series.truth))
        self.init(
            name: name, detector: detector, table: sorted.table, labels: sorted.labels,
            calibrated: order.sorted(series.calibrated), expectations: series.expectations.map(order.sorted),
            notes: series.notes)
    }
}
