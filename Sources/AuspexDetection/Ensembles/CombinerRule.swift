import AuspexNumerics
import Foundation

/// How the scores of several detectors become one.
enum CombinerRule: String, CaseIterable, Sendable {
    /// The mean of scores in mean absolute deviations from their medians.
    case mean
    /// The largest of these.
    case max
    /// The mean share of rows that a row outranks.
    case rank
    /// The mean of −ln p, Fisher's combination of p-values.
    case pvalue

    /// One member's scores on the scale that is combined; larger = stranger, and 0 for all rows when none stands out.
    ///
    /// - Parameters:
    ///   - scores: one a row; anything that is not finite counts as 0.
    ///   - reach: over how many rows one strange row raises them.
    func voice(of scores: [Double], reach: Int) throws(DetectorError) -> [Double] {
        let scores = scores.map { $0.isFinite ? CleanColumn.clamped($0) : 0 }
        guard let first = scores.first, scores.contains(where: { $0 != first }) else {
            return [Double](repeating: 0, count: scores.count)
        }
        switch self {
        case .mean, .max: return Self.deviations(scores)
        case .rank: return Self.outranked(scores)
        case .pvalue:
            return try BatchCalibrator(reference: scores, reach: reach).calibrated(scores).map {
                -log(Swift.max($0.pValue, .leastNormalMagnitude))
            }
        }
    }

    /// Distances from the median in mean absolute deviations: the median one would be 0 where more than half of the rows
    /// score alike, and the standard one is ruled by a single wild score.
    private static func deviations(_ scores: [Double]) -> [Double] {
        let centre = OrderStatistics.median(scores) ?? 0
        let largest = scores.reduce(0) { Swift.max($0, abs($1 - centre)) }
        // In shares of the largest nothing over- or underflows.
        let shares = scores.map { ($0 - centre) / largest }
        let mean = shares.reduce(0) { $0 + abs($1) } / Double(shares.count)
        return shares.map { $0 / mean }
    }

    /// The share of the other rows that score less, those that score alike counting half.
    private static func outranked(_ scores: [Double]) -> [Double] {
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var shares = [Double](repeating: 0, count: scores.count)
        var start = 0
        while start < order.count {
            let end = order[start...].firstIndex { scores[$0] != scores[order[start]] } ?? order.count
            let share = (Double(start) + Double(end - start - 1) / 2) / Double(scores.count - 1)
            for place in start..<end { shares[order[place]] = share }
            start = end
        }
        return shares
    }
}

/// The scores of the members so far, combined.
struct CombinedScores {
    private let rule: CombinerRule
    private var values: [Double]
    private var members = 0

    init(rule: CombinerRule, rows: Int) {
        self.rule = rule
        values = [Double](repeating: 0, count: rows)
    }

    /// Takes a member's voice in: one number a row.
    mutating func add(_ voice: [Double]) {
        members += 1
        for row in values.indices {
            switch rule {
            case .max: values[row] = members == 1 ? voice[row] : Swift.max(values[row], voice[row])
            case .mean, .rank, .pvalue: values[row] += (voice[row] - values[row]) / Double(members)
            }
        }
    }

    /// One score a row, 0 for the most ordinary: distances from medians can be negative.
    var scores: [Double] {
        let least = values.min() ?? 0
        return values.map { $0 - least }
    }
}
