/// The same measure of many past changes, to place a new one among them.
package struct Baseline: Hashable, Sendable {
    private let sorted: [Double]

    /// Keeps the finite ones of the values.
    package init(_ values: some Sequence<Double>) {
        sorted = values.filter(\.isFinite).sorted()
    }

    /// How many values there are.
    package var count: Int { sorted.count }

    /// The middle value, the mean of the middle two for an even number; nil when there is none.
    package var median: Double? {
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The mean; nil when there is none.
    package var mean: Double? {
        sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(sorted.count)
    }

    /// Where `value` lies, 0 to 100: the share of smaller values plus half the share of equal ones (the mean rank).
    package func percentile(of value: Double) -> Double? {
        guard !sorted.isEmpty else { return nil }
        let smaller = count { $0 < value }
        let equal = count { $0 <= value } - smaller
        return 100 * (Double(smaller) + Double(equal) / 2) / Double(sorted.count)
    }

    /// How many of the sorted values satisfy a condition that holds for a beginning of them.
    private func count(where holds: (Double) -> Bool) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if holds(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
