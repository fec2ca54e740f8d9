/// Two metrics that count a run of anomalous rows as found when a single row of it is predicted. Each is the best over
/// ``ThresholdGrid``, in TSB-AD's definition.
struct EventMetrics {
    /// Keeps F1 defined where precision and recall are both 0, as TSB-AD does.
    private static let epsilon = 1e-15

    /// F1 of rows after *point adjustment* (Xu et al. 2018): all rows of a run that has a predicted row count as predicted.
    /// The adjustment of the published implementations does not reach row 0, and neither does this one's.
    private(set) var pointAdjustedF1 = 0.0
    /// F1 of the share of runs with a predicted row, as recall, and the share of anomalous rows among the predicted ones,
    /// as precision (Garg et al. 2021, "composite F-score"). In the authors' implementation, in TSB-AD's and in this one the
    /// last row of the series does not count for finding a run.
    private(set) var eventF1 = 0.0

    /// - Complexity: O(n + 100).
    init(grid: ThresholdGrid, labels: [Bool], runs: LabelRuns) {
        let levels = grid.levels
        var found = [Int](repeating: 0, count: ThresholdGrid.count + 1)
        var falseAlarms = found
        for (row, level) in levels.enumerated() {
            if labels[row] { found[level] += 1 } else { falseAlarms[level] += 1 }
        }
        // Per level, the runs that it finds, and the rows that it finds once they are adjusted.
        var hitRuns = [Int](repeating: 0, count: ThresholdGrid.count + 1)
        var hitRows = hitRuns
        for run in runs.ranges {
            let top = { (rows: Range<Int>) in rows.reduce(0) { max($0, levels[$1]) } }
            hitRuns[top(run.clamped(to: 0..<labels.count - 1))] += 1
            hitRows[top(run)] += run.count
            if run.lowerBound == 0 {
                hitRows[top(run)] -= 1
                hitRows[levels[0]] += 1
            }
        }
        var (points, alarms, events, adjusted) = (0, 0, 0, 0)
        for level in stride(from: ThresholdGrid.count, to: 0, by: -1) {
            points += found[level]
            alarms += falseAlarms[level]
            events += hitRuns[level]
            adjusted += hitRows[level]
            pointAdjustedF1 = max(
                pointAdjustedF1, Double(2 * adjusted) / Double(adjusted + alarms + runs.positives))
            let precision = points + alarms == 0 ? 0 : Double(points) / Double(points + alarms)
            let recall = Double(events) / Double(runs.ranges.count)
            eventF1 = max(eventF1, 2 * recall * precision / (recall + precision + Self.epsilon))
        }
    }
}
