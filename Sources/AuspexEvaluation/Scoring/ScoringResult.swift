public import AuspexDetection
public import AuspexSignals
import AuspexWire

/// The scores of an input.
public struct ScoringResult: Sendable {
    /// The path as the user gave it, `-` for standard input.
    public let file: String
    /// The detector's specification.
    public let detector: String
    /// The rate of false alerts a row that the alert line stands for.
    public let alpha: Double
    /// What was asked for in place of ``alpha``.
    public internal(set) var allowance: AlertAllowance?
    /// The series in order of first appearance.
    public let series: [ScoredSeries]
    /// How many rows of the input were left out because they could not be read.
    public let rejectedRows: Int
    /// The errors of the first of them.
    public let rejections: [String]

    let timeFormat: TimeFormat?
    let timeColumn: String?
    let seriesColumn: String?
    let labelColumn: String?
    /// Whether rows say which series they belong to.
    let namesSeries: Bool
    private let ignoredLabels: [String]

    /// - Parameter seriesCount: how many series the input has; nil for those that are given.
    init(
        detector: String, alpha: Double, input: TabularInput, series: [ScoredSeries], seriesCount: Int? = nil
    ) {
        file = input.file
        self.detector = detector
        self.alpha = alpha
        self.series = series
        rejectedRows = input.rejected.count
        rejections = input.rejected.errors.map(\.description)
        timeFormat = input.timeFormat
        timeColumn = input.timeColumn
        seriesColumn = input.seriesColumn
        labelColumn = input.labelColumn
        ignoredLabels = input.ignoredLabels
        namesSeries = (seriesCount ?? series.count) > 1 || input.seriesColumn != nil
    }

    /// How many rows were scored.
    public var rowCount: Int { series.reduce(0) { $0 + $1.table.rows } }

    /// How many rows reach the alert line.
    public var anomalyCount: Int { series.reduce(0) { $0 + $1.anomalyCount } }

    /// What a reader should know of the input, and what the detector has to say of its scores, each series' notes by its
    /// labels.
    public var notes: [String] {
        Self.notes(ofIgnored: ignoredLabels)
            + series.flatMap { one in one.notes.map { series.count == 1 ? $0 : "\(one.labels): \($0)" } }
    }

    static func notes(ofIgnored labels: [String]) -> [String] {
        labels.map {
            "the column '\($0)' looks like labels and is left out; --label-column or --value-column choose it"
        }
    }
}

/// The scores of one series.
public struct ScoredSeries: Sendable {
    /// What identifies the series; empty when the input holds only one.
    public let labels: Labels
    /// The n rows that were scored.
    public let table: Table
    /// n labels, when the input has them; they are no feature.
    public let truth: [Bool]?
    /// Where the n rows stand among the rows of the input, from 0.
    public let inputRows: [Int]
    /// n raw scores: larger = stranger, on the detector's own scale.
    public let scores: [Double]
    /// n p-values and anomaly scores.
    public let calibrated: [CalibratedScore]
    /// n expectations; nil when the detector expects no value.
    public let expectations: [Expectation?]?
    /// For each row beyond the alert line who raised its score; nil unless that was asked for and the detector says.
    public let reasons: [String?]?
    /// What the detector has to say of its scores.
    public let notes: [String]
    /// The n times as the input has them.
    let timeTexts: TimeTexts?

    init(_ series: LabelledSeries, of input: TabularSeries, result: CalibratedOutput, explains: Bool) {
        labels = input.labels
        table = series.table
        truth = series.labels
        inputRows = input.rows
        timeTexts = input.timeTexts
        scores = result.output.scores
        calibrated = result.calibrated
        expectations = result.output.expectations
        reasons = explains ? result.reasons : nil
        notes = result.output.notes
    }

    /// Part of a series.
    init(
        part series: TabularSeries, table: Table, scores: [Double], calibrated: [CalibratedScore],
        expectations: [Expectation?]?
    ) {
        labels = series.labels
        self.table = table
        truth = series.truth
        inputRows = series.rows
        timeTexts = series.timeTexts
        self.scores = scores
        self.calibrated = calibrated
        self.expectations = expectations
        reasons = nil
        notes = []
    }

    /// Whether row `row` reaches the alert line.
    public func isAnomalous(_ row: Int) -> Bool { calibrated[row].anomalyScore >= 1 }

    /// How many rows reach the alert line.
    public var anomalyCount: Int { calibrated.count { $0.anomalyScore >= 1 } }
}
