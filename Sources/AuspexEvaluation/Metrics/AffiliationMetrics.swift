/// Affiliation precision, recall and F1 (Huet, Navarro, Rossi, "Local Evaluation of Time Series Anomaly Detection
/// Algorithms", KDD 2022) as the authors' implementation and TSB-AD compute them: row i is the stretch of time from i to
/// i + 1. The best over ``ThresholdGrid`` by F1.
///
/// The series is cut half-way between neighbouring runs of anomalous rows, so that each run J has its ``AffiliationZone``.
///
/// - The precision of a zone is the mean, over its predicted time, of the chance that a random moment of the zone is
///   farther from J; that of the series is the mean over the zones that have a prediction.
/// - The recall of a zone is the mean, over J, of the chance that a random moment of the zone is farther from there than the
///   nearest prediction; 0 without one. That of the series is the mean over all zones.
///
/// A random score has a high affiliation F1 of its own: compare with the random baseline.
struct AffiliationMetrics {
    /// Keeps F1 defined where precision and recall are both 0, as TSB-AD does.
    private static let epsilon = 1e-15

    /// At the threshold of the best F1.
    private(set) var best = BestThreshold()

    private let zones: [AffiliationZone]
    /// Per row, the zone that its beginning lies in.
    private let zoneOfRow: [Int32]

    /// - Complexity: O(n + 100·r) for r runs of anomalous rows.
    init(grid: ThresholdGrid, rows: Int, runs: LabelRuns) {
        zones = AffiliationZone.zones(of: runs.ranges, rows: rows)
        var zoneOfRow = [Int32](repeating: 0, count: rows)
        var zone = 0
        for row in 0..<rows {
            while Double(row) >= zones[zone].end { zone += 1 }
            zoneOfRow[row] = Int32(zone)
        }
        self.zoneOfRow = zoneOfRow
        let precisions = precisions(grid)
        let recalls = recalls(grid, rows: rows)
        for index in stride(from: ThresholdGrid.count - 1, through: 0, by: -1) {
            guard let precision = precisions[index] else { continue }
            let recall = recalls[index]
            let f1 = 2 * precision * recall / (precision + recall + Self.epsilon)
            best.take(precision: precision, recall: recall, f1: f1)
        }
    }

    /// One or two zones: a row may lie across the border of two.
    private func zones(ofRow row: Int) -> ClosedRange<Int> {
        let first = Int(zoneOfRow[row])
        return first...(zones[first].end < Double(row + 1) ? first + 1 : first)
    }

    /// Per threshold; nil where nothing is predicted. Rows are added from the highest threshold down.
    private func precisions(_ grid: ThresholdGrid) -> [Double?] {
        var closeness = [Double](repeating: 0, count: zones.count)
        var length = closeness
        var result = [Double?](repeating: nil, count: ThresholdGrid.count)
        for index in stride(from: ThresholdGrid.count - 1, through: 0, by: -1) {
            for row in grid.rowsAdded(at: index) {
                for number in zones(ofRow: row) {
                    let part = zones[number].precision(ofRow: row)
                    closeness[number] += part.closeness
                    length[number] += part.length
                }
            }
            var sum = 0.0
            var count = 0
            for number in zones.indices where length[number] > 0 {
                sum += closeness[number] / length[number]
                count += 1
            }
            if count > 0 { result[index] = sum / Double(count) }
        }
        return result
    }

    /// Per threshold. Rows are taken away from the lowest threshold up, for a row that is taken away knows its neighbours.
    private func recalls(_ grid: ThresholdGrid, rows: Int) -> [Double] {
        var predictions = LinkedRows(count: rows)
        var covered = zones.map { Double($0.run.count) }
        var counts = [Int](repeating: 0, count: zones.count)
        for row in 0..<rows { for number in zones(ofRow: row) { counts[number] += 1 } }
        var result = [Double](repeating: 0, count: ThresholdGrid.count)
        for index in 0..<ThresholdGrid.count {
            for row in grid.rows(ofLevel: index) {
                let (before, after) = predictions.remove(row)
                for number in zones(ofRow: row) {
                    counts[number] -= 1
                    covered[number] += zones[number].recallChange(removing: row, before: before, after: after)
                }
            }
            var sum = 0.0
            // What rounding leaves of a zone without prediction is nothing.
            for number in zones.indices where counts[number] > 0 {
                sum += covered[number] / Double(zones[number].run.count)
            }
            result[index] = sum / Double(zones.count)
        }
        return result
    }
}

/// Rows in order, of which one after the other is taken away.
private struct LinkedRows {
    private var before: [Int]
    private var after: [Int]
    private let count: Int

    init(count: Int) {
        self.count = count
        before = (0..<count).map { $0 - 1 }
        after = (0..<count).map { $0 + 1 }
    }

    /// Takes a row away, in O(1).
    ///
    /// - Returns: the rows that were its neighbours.
    mutating func remove(_ row: Int) -> (before: Int?, after: Int?) {
        let (previous, next) = (before[row], after[row])
        if previous >= 0 { after[previous] = next }
        if next < count { before[next] = previous }
        return (previous >= 0 ? previous : nil, next < count ? next : nil)
    }
}
