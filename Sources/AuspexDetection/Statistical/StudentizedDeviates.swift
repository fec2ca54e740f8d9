import AuspexNumerics

/// The generalised test for extreme deviates (Rosner 1983) with median and median absolute deviation in the place of mean
/// and standard deviation (Hochenbaum, Vallis and Kejariwal 2017).
///
/// The value farthest from the median is taken off, again and again, up to a share of all values. Each one's distance is
/// divided by what the farthest of so many Gaussian values stays under with the chance 1 − α: over 1 is an outlier. The
/// test calls outliers all values taken off before the last one that is over 1, so that each value counts as the largest
/// of its own ratio and those that came later.
struct StudentizedDeviates: Sendable {
    /// Fewer values than this are not tested.
    static let fewest = 8

    /// The ratio of each value, in order.
    let ratios: [Double]

    /// - Parameters:
    ///   - values: finite.
    ///   - share: how many values may be outliers, over 0 and under ½.
    ///   - alpha: the chance that a Gaussian series has any.
    ///   - floor: what deviations are raised by, so that rounding noise is no outlier where they are 0.
    init(_ values: [Double], share: Double, alpha: Double, floor: Double) {
        var ratios = [Double](repeating: 0, count: values.count)
        guard values.count >= Self.fewest else {
            self.ratios = ratios
            return
        }
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var rest = Remainder(sorted: order.map { values[$0] })
        var removed: [(index: Int, ratio: Double)] = []
        for _ in 0..<Int(share * Double(values.count)) {
            let critical = Self.criticalValue(remaining: rest.count, alpha: alpha)
            let scale = OrderStatistics.gaussianConsistency * rest.medianDeviation + floor
            let median = rest.median
            let position = rest.removeFarthest(from: median)
            let ratio = abs(rest.sorted[position] - median) / scale / critical
            removed.append((order[position], ratio))
        }
        let critical = Self.criticalValue(remaining: rest.count, alpha: alpha)
        let scale = OrderStatistics.gaussianConsistency * rest.medianDeviation + floor
        for position in rest.range {
            ratios[order[position]] = abs(rest.sorted[position] - rest.median) / scale / critical
        }
        var largest = 0.0
        for (index, ratio) in removed.reversed() {
            largest = max(largest, ratio)
            ratios[index] = largest
        }
        self.ratios = ratios
    }

    /// What the farthest of `remaining` Gaussian values stays under, in standard deviations, with the chance 1 − α: λ of
    /// Rosner 1983, (2.5).
    static func criticalValue(remaining: Int, alpha: Double) -> Double {
        let n = Double(remaining)
        let t = StudentT.upperQuantile(alpha / (2 * n), degrees: n - 2)
        return (n - 1) * t / ((n - 2 + t * t) * n).squareRoot()
    }
}

/// A run of sorted values that loses its ends, with its median and median absolute deviation in O(log n).
private struct Remainder {
    let sorted: [Double]
    private(set) var range: Range<Int>

    init(sorted: [Double]) {
        self.sorted = sorted
        range = 0..<sorted.count
    }

    var count: Int { range.count }

    var median: Double {
        let middle = range.lowerBound + count / 2
        return count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    var medianDeviation: Double {
        let centre = median
        let upper = deviation(rank: count / 2, from: centre)
        return count.isMultiple(of: 2) ? (deviation(rank: count / 2 - 1, from: centre) + upper) / 2 : upper
    }

    /// Takes off the end that is farther from `centre` and returns its place.
    mutating func removeFarthest(from centre: Double) -> Int {
        let (low, high) = (range.lowerBound, range.upperBound - 1)
        if centre - sorted[low] > sorted[high] - centre {
            range = low + 1..<high + 1
            return low
        }
        range = low..<high
        return high
    }

    /// The distance of that rank, from 0: the values no farther away are a run of rank + 1.
    private func deviation(rank: Int, from centre: Double) -> Double {
        var (low, high) = (range.lowerBound, range.upperBound - 1 - rank)
        while low < high {
            let middle = (low + high) / 2
            if centre - sorted[middle] > sorted[middle + rank + 1] - centre { low = middle + 1 } else { high = middle }
        }
        return max(abs(centre - sorted[low]), abs(sorted[low + rank] - centre))
    }
}
