/// What an evaluation found.
public struct EvaluationResult: Hashable, Sendable {
    /// One row for each file and detector, in the order of the files and detectors that were given. A file with nothing to
    /// measure has rows only where a detector failed on it.
    public var rows: [EvaluationRow]
    /// The files that have nothing to measure, and why.
    public var skipped: [SkippedFile]
    /// What a report draws, when it was asked for; in the order of the rows that succeeded. Of many files the first ones and
    /// each detector's worst.
    public var figures: [SeriesFigure]
    /// How many figures were not kept.
    public var omittedFigures = 0
    /// The scores on the Numenta Anomaly Benchmark by detector, when that was the suite; none for a detector that failed
    /// on one of its files.
    public var nab: [String: NABScores] = [:]

    /// Creates a result.
    public init(rows: [EvaluationRow], skipped: [SkippedFile] = [], figures: [SeriesFigure] = []) {
        self.rows = rows
        self.skipped = skipped
        self.figures = figures
    }

    /// The means of each detector over the files that it scored, in the order of the detectors; baselines last.
    public var summary: [EvaluationSummary] {
        let sets = sets
        return Self.summaries(rows).map { one in
            var summary = one
            summary.nab = nab[one.detector]
            summary.meanOfSets = DetectionMetrics.mean(
                sets.compactMap { set in set.summary.first { $0.detector == one.detector }?.metrics })
            return summary
        }
    }

    /// The same for each set, in the order of the files.
    public var sets: [EvaluationSet] {
        var names: [String] = []
        var rowsOfSet: [String: [EvaluationRow]] = [:]
        for row in rows {
            if rowsOfSet[row.set] == nil { names.append(row.set) }
            rowsOfSet[row.set, default: []].append(row)
        }
        return names.map { EvaluationSet(name: $0, summary: Self.summaries(rowsOfSet[$0] ?? [])) }
    }

    private static func summaries(_ rows: [EvaluationRow]) -> [EvaluationSummary] {
        var detectors: [String] = []
        var rowsOfDetector: [String: [EvaluationRow]] = [:]
        for row in rows {
            if rowsOfDetector[row.detector] == nil { detectors.append(row.detector) }
            rowsOfDetector[row.detector, default: []].append(row)
        }
        return detectors.map { EvaluationSummary(detector: $0, rows: rowsOfDetector[$0] ?? []) }
    }
}

/// What an evaluation found on the files of one folder.
public struct EvaluationSet: Hashable, Sendable {
    /// The folder's name; its path beneath the folder of all files where there are several.
    public var name: String
    /// The means of each detector over the set's files.
    public var summary: [EvaluationSummary]
}

/// One detector on one file.
public struct EvaluationRow: Hashable, Sendable {
    /// The file, followed by the series' labels where it has several.
    public var file: String
    /// The set that the file belongs to: its folder.
    public var set: String
    /// The detector's specification.
    public var detector: String
    /// Whether nobody asked for the detector, and it only shows what a figure is worth.
    public var isBaseline: Bool
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
    public init(
        file: String, set: String = "", detector: String, isBaseline: Bool = false, rows: Int, window: Int,
        outcome: Outcome
    ) {
        self.file = file
        self.set = set
        self.detector = detector
        self.isBaseline = isBaseline
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
    /// Whether nobody asked for the detector, and it only shows what a figure is worth.
    public var isBaseline: Bool
    /// How many files were measured.
    public var files: Int
    /// How many files went wrong.
    public var failed: Int
    /// How many rows the measured files have together.
    public var rows: Int
    /// The mean of each metric over the measured files; nil when there are none.
    public var metrics: DetectionMetrics?
    /// The mean over sets of the means over their measured files, so that a set of many files counts no more than a small
    /// one; nil when there are none, or within a set.
    public var meanOfSets: DetectionMetrics?
    /// The mean time in seconds; nil when there are none.
    public var seconds: Double?
    /// The time of all measured files together, in seconds.
    public var totalSeconds: Double
    /// The scores on the Numenta Anomaly Benchmark, when that was the suite.
    public var nab: NABScores?

    init(detector: String, rows: [EvaluationRow]) {
        self.detector = detector
        isBaseline = rows.allSatisfy(\.isBaseline)
        let measured = rows.filter { $0.metrics != nil }
        files = measured.count
        failed = rows.count - measured.count
        self.rows = measured.reduce(0) { $0 + $1.rows }
        totalSeconds = measured.compactMap(\.seconds).reduce(0, +)
        metrics = DetectionMetrics.mean(measured.compactMap(\.metrics))
        seconds = measured.isEmpty ? nil : totalSeconds / Double(measured.count)
    }
}
