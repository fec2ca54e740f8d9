/// What hits and mistakes are worth in one of the profiles of the Numenta Anomaly Benchmark (`config/profiles.json`).
struct NABProfile: Hashable, Sendable {
    /// What finding a window is worth at its very beginning.
    let hit: Double
    /// What missing a window costs.
    let miss: Double
    /// What a false alarm costs, far from any window.
    let falseAlarm: Double

    /// The one that results are compared by.
    static let standard = NABProfile(hit: 1, miss: 1, falseAlarm: 0.11)
    /// For those whom false alarms annoy.
    static let lowFalsePositives = NABProfile(hit: 1, miss: 1, falseAlarm: 0.22)
    /// For those whom a missed anomaly costs dearly.
    static let lowFalseNegatives = NABProfile(hit: 1, miss: 2, falseAlarm: 0.11)
}

/// A detector's scores on the Numenta Anomaly Benchmark: 100 for all windows found at once and no false alarm, 0 for
/// silence.
public struct NABScores: Hashable, Sendable {
    /// By the standard profile.
    public var standard: Double
    /// By the profile that punishes false alarms twice as hard.
    public var lowFalsePositives: Double
    /// By the profile that punishes misses twice as hard.
    public var lowFalseNegatives: Double

    /// Scores a detector on all files together, for each profile with the one threshold that suits it best.
    ///
    /// - Returns: nil when no file has a window.
    init?(_ files: [NABFile]) {
        let sweep = NABSweep(files)
        guard let standard = sweep.best(.standard), let lowFalsePositives = sweep.best(.lowFalsePositives),
            let lowFalseNegatives = sweep.best(.lowFalseNegatives)
        else { return nil }
        self.standard = standard
        self.lowFalsePositives = lowFalsePositives
        self.lowFalseNegatives = lowFalseNegatives
    }
}

/// A detector's scores of one file of the benchmark, and the windows that count as hits.
struct NABFile: Hashable, Sendable {
    /// One score a row, comparable between files.
    var scores: [Double]
    /// The windows in rows, in order, apart from one another.
    var windows: [ClosedRange<Int>]
}
