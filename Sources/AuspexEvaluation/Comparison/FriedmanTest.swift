import AuspexNumerics

/// Whether detectors differ on the same files, by their ranks alone (Friedman 1937; Demšar, "Statistical Comparisons of
/// Classifiers over Multiple Data Sets", JMLR 7, 2006).
struct FriedmanTest: Hashable, Sendable {
    /// How many files there are.
    let files: Int
    /// Per detector, its mean rank; 1 is the best of all.
    let meanRanks: [Double]
    /// Friedman's χ², corrected for ties.
    let statistic: Double
    /// The chance of a statistic as high as this when all detectors are alike.
    let pValue: Double

    /// The level at which differences count, as in Demšar 2006.
    static let level = 0.05

    /// - Parameter values: per file, one value for each detector; larger = better. At least one file and two detectors.
    init?(_ values: [[Double]]) {
        guard let count = values.first?.count, count > 1, values.allSatisfy({ $0.count == count }) else { return nil }
        var sums = [Double](repeating: 0, count: count)
        var ties = 0.0
        for row in values {
            let (ranks, tied) = Self.ranks(row)
            for index in sums.indices { sums[index] += ranks[index] }
            ties += tied
        }
        let (n, k) = (Double(values.count), Double(count))
        files = values.count
        meanRanks = sums.map { $0 / n }
        let spread = 12 / (n * k * (k + 1)) * sums.reduce(0) { $0 + $1 * $1 } - 3 * n * (k + 1)
        let correction = 1 - ties / (n * k * (k * k - 1))
        // Where all are alike on every file, nothing tells them apart.
        statistic = correction > 0 ? max(0, spread / correction) : 0
        pValue = ChiSquare.upperTail(statistic, degrees: Double(count - 1))
    }

    /// Ranks from 1, the largest value first, the mean rank for ties; and Σ t³ - t over the ties.
    static func ranks(_ values: [Double]) -> (ranks: [Double], ties: Double) {
        let order = values.indices.sorted { values[$0] > values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var ties = 0.0
        var first = 0
        while first < order.count {
            var last = first
            while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
            for place in first...last { ranks[order[place]] = Double(first + last) / 2 + 1 }
            let size = Double(last - first + 1)
            ties += size * size * size - size
            first = last + 1
        }
        return (ranks, ties)
    }
}
