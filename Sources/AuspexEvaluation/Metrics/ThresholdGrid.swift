/// The thresholds of metrics that judge predictions rather than scores: 100 of them, evenly spaced from the lowest score to
/// the highest, as TSB-AD (Liu and Paparrizos, NeurIPS 2024) has them. A row is predicted where its score is above the
/// threshold; so the highest threshold predicts nothing, and the lowest all but the rows of the lowest score.
///
/// Predictions only grow from a threshold to the next lower one. So rows are put into buckets once, and a metric takes each
/// row in once on its way down, instead of looking at all rows a hundred times.
struct ThresholdGrid {
    static let count = 100

    /// Per row, how many thresholds lie below its score: those are the first ones, and they predict it.
    let levels: [Int]
    /// All rows, those that many thresholds predict first.
    private let order: [Int]
    /// Per level, where its rows end in the order: they begin where those of the next higher level end.
    private let ends: [Int]

    /// `scores` are finite and not empty.
    ///
    /// - Complexity: O(n log 100).
    init(scores: [Double]) {
        let thresholds = Self.thresholds(scores)
        let levels = scores.map { Self.level($0, thresholds: thresholds) }
        var sizes = [Int](repeating: 0, count: Self.count + 1)
        for level in levels { sizes[level] += 1 }
        var ends = [Int](repeating: 0, count: Self.count + 2)
        for level in stride(from: Self.count, through: 0, by: -1) { ends[level] = ends[level + 1] + sizes[level] }
        var next = Array(ends.dropFirst())
        var order = [Int](repeating: 0, count: scores.count)
        for (row, level) in levels.enumerated() {
            order[next[level]] = row
            next[level] += 1
        }
        self.levels = levels
        self.order = order
        self.ends = ends
    }

    /// The rows that exactly `level` thresholds predict.
    func rows(ofLevel level: Int) -> ArraySlice<Int> { order[ends[level + 1]..<ends[level]] }

    /// The rows that threshold number `index` predicts and the next higher one does not.
    func rowsAdded(at index: Int) -> ArraySlice<Int> { rows(ofLevel: index + 1) }

    /// As NumPy's `linspace` rounds them.
    private static func thresholds(_ scores: [Double]) -> [Double] {
        let lowest = scores.reduce(scores[0], min)
        let highest = scores.reduce(scores[0], max)
        let extent = highest - lowest
        let intervals = Double(count - 1)
        let step = extent / intervals
        return (0..<count).map { index in
            let place = Double(index)
            if index == count - 1 { return highest }
            // The widest range of all has no finite extent.
            guard extent.isFinite else { return lowest * (1 - place / intervals) + highest * (place / intervals) }
            return (step == 0 ? place / intervals * extent : place * step) + lowest
        }
    }

    /// How many thresholds lie below the score.
    private static func level(_ score: Double, thresholds: [Double]) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if thresholds[middle] < score { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The best of the thresholds, by F1; of several the lowest, as TSB-AD takes the first.
struct BestThreshold {
    private(set) var precision = 0.0
    private(set) var recall = 0.0
    private(set) var f1 = 0.0

    /// Takes the next lower threshold in.
    mutating func take(precision: Double, recall: Double, f1: Double) {
        guard f1 >= self.f1 else { return }
        self.precision = precision
        self.recall = recall
        self.f1 = f1
    }
}
