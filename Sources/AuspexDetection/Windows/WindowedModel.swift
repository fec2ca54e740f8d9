/// What scores windows, after it has learned what is normal.
protocol WindowScorer: Sendable {
    /// One score a window, in order; larger = stranger.
    func scores(_ windows: WindowFeatures) throws(DetectorError) -> [Double]
}

/// What scoring windows costs, known before it begins.
struct WindowCost: Sendable {
    /// More operations than this take many minutes.
    static let mostOperations = 5e11
    /// The most bytes that a model may take beside the table.
    static let mostBytes = 1e9

    /// Operations a window.
    var operations: Double
    /// Operations of learning, however many windows there are.
    var learning = 0.0
    /// Bytes of what was learned and of what is needed while it is learned.
    var bytes = 0.0
    /// Bytes more for each window that is drawn to learn from, and how many of them are drawn at most.
    var bytesPerDrawn = 0.0
    var mostDrawn = 0
    /// The most values that a window may have.
    var mostFeatures = Int.max

    /// - Parameters:
    ///   - windows: how many are to be learned from or scored.
    ///   - learned: from how many is learned.
    ///   - isLearning: whether they are to be learned from.
    /// - Throws: ``DetectorError/tooLarge(detector:reason:)``.
    func check(
        detector: String, windows: Int, learned: Int, length: Int, columns: Int, isLearning: Bool = false
    ) throws(DetectorError) {
        guard length * columns <= mostFeatures else {
            throw .tooLarge(
                detector: detector,
                reason: "a window of \(length) rows by \(columns) columns has \(length * columns) values; "
                    + "at most \(mostFeatures) are taken: choose a smaller window or fewer columns")
        }
        guard !isLearning || learning <= Self.mostOperations else {
            throw .tooLarge(
                detector: detector,
                reason:
                    "learning from windows of \(length) rows by \(columns) columns takes many minutes; choose fewer "
                    + "starts, a smaller window or fewer columns")
        }
        let isLong = Double(windows) * operations > Self.mostOperations
        let drawn = min(learned, mostDrawn)
        guard isLong || bytes + bytesPerDrawn * Double(drawn) > Self.mostBytes else { return }
        throw .tooLarge(
            detector: detector,
            reason: "\(windows) windows of \(length) rows by \(columns) columns take "
                + (isLong ? "many minutes" : "more than \(Int(Self.mostBytes / 1e6)) MB")
                + (isLong || drawn == 0
                    ? "; choose a smaller window, fewer columns, or score the table in parts"
                    : " with \(drawn) of them drawn; choose a smaller sample, fewer trees, or a smaller window"))
    }
}

/// The model of a detector that scores windows: it cuts tables, asks the scorer and brings window scores back to rows.
struct WindowedModel: DetectorModel {
    /// What the detectors of windows have in common.
    struct Settings: Sendable {
        var detector: String
        /// The user's window, nil when it is left to the detector.
        var window: Int?
        var reference: ReferenceRows
        /// What it costs with so many features.
        var cost: @Sendable (_ features: Int) -> WindowCost
    }

    private let settings: Settings
    private let window: Int
    private let width: Int
    private let learned: Int
    /// Nil when there were fewer than two windows to learn from.
    private let scorer: (any WindowScorer)?

    /// Learns by `learn` from the windows of the reference rows.
    init(
        _ table: Table, training: Range<Int>?, settings: Settings,
        learn: (WindowFeatures) throws(DetectorError) -> any WindowScorer
    ) throws(DetectorError) {
        let rows = try settings.reference.rows(of: table, training: training)
        let columns = table.cleanColumns()
        self.settings = settings
        width = table.columns
        window = settings.window ?? (columns.count == 1 ? Windowing.length(nil, columns: columns) : 1)
        learned = max(rows.count - window + 1, 0)
        guard rows.count > window else {
            scorer = nil
            return
        }
        try settings.cost(window * width).check(
            detector: settings.detector, windows: learned, learned: learned, length: window, columns: width,
            isLearning: true)
        scorer = try learn(WindowFeatures(columns.map { Array($0.values[rows]) }, window: window))
    }

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        try table.checkWidth(width)
        guard let scorer, table.rows >= window else { return Windowing.tooShort(table, window: window) }
        try settings.cost(window * width).check(
            detector: settings.detector, windows: table.rows - window + 1, learned: learned, length: window,
            columns: width)
        let scores = try scorer.scores(WindowFeatures(table.cleanColumns().map(\.values), window: window))
        return DetectorOutput(
            scores: table.finished(Windowing.padded(scores, window: window, rows: table.rows)), reach: window)
    }
}
