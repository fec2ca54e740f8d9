/// Order statistics of unsorted values in O(n) expected time. NaN is left out; nil when nothing is left.
package enum OrderStatistics {
    /// The median: the middle value, or the mean of the two middle ones.
    package static func median(_ values: [Double]) -> Double? {
        var finite = values.filter { !$0.isNaN }
        return medianInPlace(&finite)
    }

    /// The median of the distances from `centre`; multiply by ``gaussianConsistency`` to estimate a standard deviation.
    package static func medianAbsoluteDeviation(_ values: [Double], around centre: Double) -> Double? {
        median(values.map { abs($0 - centre) })
    }

    /// The `share`-quantile (0 to 1) with linear interpolation between neighbours (Hyndman and Fan's type 7).
    package static func quantile(_ values: [Double], _ share: Double) -> Double? {
        var finite = values.filter { !$0.isNaN }
        guard !finite.isEmpty, (0...1).contains(share) else { return nil }
        let position = share * Double(finite.count - 1)
        let lower = Int(position)
        let low = select(&finite, lower)
        let fraction = position - Double(lower)
        guard fraction > 0 else { return low }
        // Everything from `lower` on is at least `low`: the next one is the smallest of the rest.
        let high = finite[(lower + 1)...].reduce(Double.infinity, min)
        return low + fraction * (high - low)
    }

    /// Median absolute deviation to standard deviation for Gaussian values: 1/Φ⁻¹(3/4), to the four decimals in common
    /// use.
    package static let gaussianConsistency = 1.4826

    /// Moves the element of rank `rank` (from 0) to its place, smaller ones before it and larger ones behind it, and
    /// returns it. Quickselect (Hoare 1961) with the median of three as pivot; after 2·log₂ n unlucky rounds it sorts.
    package static func select(_ values: inout [Double], _ rank: Int) -> Double {
        precondition(values.indices.contains(rank), "no value has that rank")
        var low = 0
        var high = values.count - 1
        var rounds = 2 * (Int.bitWidth - values.count.leadingZeroBitCount)
        while low < high {
            guard rounds > 0 else {
                values[low...high].sort()
                break
            }
            rounds -= 1
            let pivot = medianOfThree(values[low], values[low + (high - low) / 2], values[high])
            var (i, j) = (low, high)
            while i <= j {
                while values[i] < pivot { i += 1 }
                while values[j] > pivot { j -= 1 }
                if i <= j {
                    values.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if rank <= j {
                high = j
            } else if rank >= i {
                low = i
            } else {
                break
            }
        }
        return values[rank]
    }

    private static func medianInPlace(_ values: inout [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let middle = values.count / 2
        let upper = select(&values, middle)
        guard values.count.isMultiple(of: 2) else { return upper }
        let lower = values[..<middle].reduce(-Double.infinity, max)
        return (lower + upper) / 2
    }

    private static func medianOfThree(_ a: Double, _ b: Double, _ c: Double) -> Double {
        max(min(a, b), min(max(a, b), c))
    }
}
