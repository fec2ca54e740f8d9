/// Range-based precision, recall and F1 (Tatbul, Lee, Zdonik, Alam, Gottschlich, "Precision and Recall for Time Series",
/// NeurIPS 2018) with TSB-AD's parameters: flat positional bias δ, cardinality γ = 1/x, weight of existence α = 0.2 for
/// recall and 0 for precision. The best over ``ThresholdGrid`` by F1.
///
/// - Recall is the mean over anomalous runs of α·[some row of it is predicted] + (1 - α)·ω/x, where ω is the share of its
///   rows that are predicted and x the number of predicted ranges that touch it.
/// - Precision is the mean over predicted ranges of ω/x, with the parts of ranges and runs exchanged.
///
/// From a threshold to the next lower one predicted ranges only grow and merge, so each row is taken in once.
struct RangeMetrics {
    /// The weight of existence in recall; the rest is that of overlap.
    private static let existence = 0.2

    /// At the threshold of the best F1.
    private(set) var best = BestThreshold()

    /// - Complexity: O(n + 100·r) for r runs of anomalous rows.
    init(grid: ThresholdGrid, labels: [Bool], runs: LabelRuns) {
        var ranges = PredictedRanges(labels: labels)
        var overlaps = RunOverlaps(labels: labels, runs: runs)
        for index in stride(from: ThresholdGrid.count - 1, through: 0, by: -1) {
            for row in grid.rowsAdded(at: index) {
                ranges.add(row)
                overlaps.add(row, besides: ranges)
            }
            let recall = overlaps.recall(existence: Self.existence)
            let precision = ranges.precision
            let sum = precision + recall
            best.take(precision: precision, recall: recall, f1: sum == 0 ? 0 : 2 * precision * recall / sum)
        }
    }
}

/// The ranges of predicted rows as they grow, and how well each lies on anomalous rows.
private struct PredictedRanges {
    /// Per row, how many anomalous rows lie before it.
    private let anomaliesBefore: [Int]
    /// Per row, how many runs of anomalous rows begin before it.
    private let runsBefore: [Int]
    private let labels: [Bool]

    private(set) var isPredicted: [Bool]
    /// At the first row of a range its last, and at the last row its first; stale anywhere else.
    private var otherEnd: [Int]
    private var count = 0
    private var quality = CompensatedSum()

    init(labels: [Bool]) {
        var anomalies = [0]
        var runs = [0]
        for (row, isAnomalous) in labels.enumerated() {
            let begins = isAnomalous && (row == 0 || !labels[row - 1])
            anomalies.append(anomalies[row] + (isAnomalous ? 1 : 0))
            runs.append(runs[row] + (begins ? 1 : 0))
        }
        anomaliesBefore = anomalies
        runsBefore = runs
        self.labels = labels
        isPredicted = Array(repeating: false, count: labels.count)
        otherEnd = Array(repeating: 0, count: labels.count)
    }

    /// The mean quality of the ranges; 0 when there is none.
    var precision: Double { count == 0 ? 0 : quality.value / Double(count) }

    mutating func add(_ row: Int) {
        var (first, last) = (row, row)
        if row > 0, isPredicted[row - 1] {
            first = otherEnd[row - 1]
            remove(first, row - 1)
        }
        if row + 1 < isPredicted.count, isPredicted[row + 1] {
            last = otherEnd[row + 1]
            remove(row + 1, last)
        }
        isPredicted[row] = true
        otherEnd[first] = last
        otherEnd[last] = first
        count += 1
        quality.add(quality(first, last))
    }

    private mutating func remove(_ first: Int, _ last: Int) {
        count -= 1
        quality.add(-quality(first, last))
    }

    /// The share of the range's rows that are anomalous, over the number of runs that it touches.
    private func quality(_ first: Int, _ last: Int) -> Double {
        let anomalies = anomaliesBefore[last + 1] - anomaliesBefore[first]
        guard anomalies > 0 else { return 0 }
        let runs = runsBefore[last + 1] - runsBefore[first + 1] + (labels[first] ? 1 : 0)
        return Double(anomalies) / Double(last - first + 1) / Double(runs)
    }
}

/// How well each run of anomalous rows is covered by predicted ranges.
private struct RunOverlaps {
    private let runs: [Range<Int>]
    /// Per row, the run that it lies in.
    private let runOfRow: [Int32]
    /// Per run, how many of its rows are predicted.
    private var predictedRows: [Int]
    /// Per run, how many predicted ranges touch it.
    private var touching: [Int]

    private static let none: Int32 = -1

    init(labels: [Bool], runs: LabelRuns) {
        self.runs = runs.ranges
        var runOfRow = [Int32](repeating: Self.none, count: labels.count)
        for (number, run) in runs.ranges.enumerated() { for row in run { runOfRow[row] = Int32(number) } }
        self.runOfRow = runOfRow
        predictedRows = Array(repeating: 0, count: runs.ranges.count)
        touching = predictedRows
    }

    /// Takes a row in that was added to the predicted ones just now.
    mutating func add(_ row: Int, besides ranges: borrowing PredictedRanges) {
        guard runOfRow[row] != Self.none else { return }
        let number = Int(runOfRow[row])
        let run = runs[number]
        predictedRows[number] += 1
        // A range that touches the run has one row in it that no predicted row of the run precedes.
        if row == run.lowerBound || !ranges.isPredicted[row - 1] { touching[number] += 1 }
        if row + 1 < run.upperBound, ranges.isPredicted[row + 1] { touching[number] -= 1 }
    }

    func recall(existence: Double) -> Double {
        var found = 0
        var overlap = 0.0
        for (number, run) in runs.enumerated() where touching[number] > 0 {
            found += 1
            overlap += Double(predictedRows[number]) / Double(run.count) / Double(touching[number])
        }
        return (existence * Double(found) + (1 - existence) * overlap) / Double(runs.count)
    }
}

/// A sum that does not gather the rounding errors of its many terms (Neumaier 1974).
struct CompensatedSum {
    private var sum = 0.0
    private var lost = 0.0

    var value: Double { sum + lost }

    mutating func add(_ term: Double) {
        let next = sum + term
        lost += sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
        sum = next
    }
}
