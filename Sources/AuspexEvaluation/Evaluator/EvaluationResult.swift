/// What an evaluation found.
public struct EvaluationResult: Hashable, Sendable {
    /// One row for each file and detector, in the order of the files and detectors that were given. A file with nothing to
    /// measure has rows only where a detector failed on it.
    public var rows: [EvaluationRow]
    /// The files that have nothing to measure, and why.
    public var skipped: [SkippedFile]
    /// What a report draws, when it was asked for; in the order of the rows that succeeded.
    public var figures: [SeriesFigure]
    /// The scores on the Numenta Anomaly Benchmark by detector, when that was the suite; none for a detector that failed
    /// on one of its files.
    public var nab: [String: NABScores] = [:]

    /// Creates a result.
    public init(rows: [EvaluationRow], skipped: [SkippedFile] = [], figures: [SeriesFigure] = []) {
        self.rows = rows
        self.skipped = skipped
        self.figures = figures
    }

    /// The means of each detector over the files that it scored, in the order of the detectors.
    public var summary: [EvaluationSummary] {
        var detectors: [String] = []
        for row in rows where !detectors.contains(row.detector) { detectors.append(row.detector) }
        return detectors.map { detector in
            EvaluationSummary(detector: detector, rows: rows.filter { $0.detector == detector }, nab: nab[detector])
        }
    }
}

/// One detector on one file.
public struct EvaluationRow: Hashable, Sendable {
    /// The file, followed by the series' labels where it has several.
    public var file: String
    /// The detector's specification.
    public var detector: String
    /// How many rows the series has; 0 when it could not be read.
    public var rows: Int
    /// The widest window of the volumes, in rows.
    public var window: Int
    /// What was measured, or what went wrong.
    public var outcome: Outcome

    /// What was measured, or what went wrong.
    public enum Outcome: Hashable, Sendable {
        /// The metrics, and how many seconds it took to fit and score.
        case measured(DetectionMetrics, seconds: Double)
        /// The error's description.
        case failed(String)
    }

    /// Creates a row.
    public init(file: String, detector: String, rows: Int, window: Int, outcome: Outcome) {
        self.file = file
        self.detector = detector
        self.rows = rows
        self.window = window
        self.outcome = outcome
    }

    /// The metrics, when it went well.
    public var metrics: DetectionMetrics? {
        if case .measured(let metrics, _) = outcome { metrics } else { nil }
    }

    /// How many seconds it took to fit and score, when it went well.
    public var seconds: Double? {
        if case .measured(_, let seconds) = outcome { seconds } else { nil }
    }

    /// What went wrong, when something did.
    public var error: String? {
        if case .failed(let error) = outcome { error } else { nil }
    }
}

/// A file that has nothing to measure.
public struct SkippedFile: Hashable, Sendable, Codable {
    /// The file, followed by the series' labels where it has several.
    public var file: String
    /// Why it was left out.
    public var reason: String

    /// Creates an entry.
    public init(file: String, reason: String) {
        self.file = file
        self.reason = reason
    }
}

/// The means of one detector over files.
public struct EvaluationSummary: Hashable, Sendable {
    /// The detector's specification.
    public var detector: String
    /// How many files were measured.
    public var files: Int
    /// How many files went wrong.
    public var failed: Int
    /// The mean of each metric over the measured files; nil when there are none.
    public var metrics: DetectionMetrics?
    /// The mean time in seconds; nil when there are none.
    public var seconds: Double?
    /// The scores on the Numenta Anomaly Benchmark, when that was the suite.
    public var nab: NABScores?

    init(detector: String, rows: [EvaluationRow], nab: NABScores?) {
        self.detector = detector
        self.nab = nab
        let measured = rows.compactMap(\.metrics)
        files = measured.count
        failed = rows.count - measured.count
        guard !measured.isEmpty else { return }
        metrics = DetectionMetrics.mean(measured)
        seconds = rows.compactMap(\.seconds).reduce(0, +) / Double(measured.count)
    }
}
