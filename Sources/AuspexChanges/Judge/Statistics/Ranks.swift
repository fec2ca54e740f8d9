/// The ranks of two samples put together.
package struct Ranks: Hashable, Sendable {
    /// The ranks of the values, from 1; equal values share the mean of theirs.
    package let values: [Double]
    /// Σ (t³ − t) over the groups of t equal values.
    package let tieSum: Double

    /// Ranks values that hold no NaN. O(n log n).
    package init(_ values: [Double]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var ties = 0.0
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            let count = Double(end - start)
            ties += count * count * count - count
            for index in order[start..<end] { ranks[index] = Double(start + 1 + end) / 2 }
            start = end
        }
        self.values = ranks
        tieSum = ties
    }

    /// The ranks turned into Gaussian quantiles (Blom 1958), which have the power of Student's test on Gaussian values
    /// and don't follow outliers.
    package var normalScores: [Double] {
        let count = Double(values.count)
        return values.map { Gaussian.quantile(($0 - 0.375) / (count + 0.25)) }
    }
}
