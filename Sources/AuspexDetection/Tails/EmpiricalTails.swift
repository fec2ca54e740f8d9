import Foundation

/// How far in the tails of what was learned each value of a window lies, feature by feature, without any assumption about
/// the distribution.
struct EmpiricalTails: Sendable {
    /// Two binary searches, two logarithms and a share of the sorting.
    static let operationsPerValue = 200.0

    /// Minus the logarithms of the shares of learned values that are no larger, and no smaller, than a value.
    struct Surprise: Sendable, Hashable {
        /// Large for small values.
        let left: Double
        /// Large for large values.
        let right: Double
        /// The one on the side to which the feature's distribution is drawn out.
        let skewed: Double
    }

    private let reference: WindowFeatures
    /// Whether each feature's longer tail is the left one.
    private let isSkewedLeft: [Bool]

    init(_ reference: WindowFeatures) {
        self.reference = reference
        isSkewedLeft = (0..<reference.features).map { Self.isSkewedLeft(reference.values(of: $0)) }
    }

    /// Calls `visit` with each window's number and surprise, for one feature after another. No share is taken for smaller
    /// than one in the number of learned windows. O(w·d·(n log n + shifts of n values)).
    func visit(_ windows: WindowFeatures, _ visit: (Int, Surprise) -> Void) {
        var sorted: [Double] = []
        for feature in 0..<windows.features {
            let column = reference.columns[feature / windows.window]
            let place = feature % windows.window
            if place == 0 {
                sorted = column[..<reference.count].sorted()
            } else {
                // One place further, the column's values are the same but for the first and the last.
                let (leaving, entering) = (column[place - 1], column[place - 1 + reference.count])
                sorted.remove(at: Self.count(in: sorted) { $0 < leaving })
                sorted.insert(entering, at: Self.count(in: sorted) { $0 < entering })
            }
            let total = Double(sorted.count)
            for (row, value) in windows.values(of: feature).enumerated() {
                let atMost = Self.count(in: sorted) { $0 <= value }
                let atLeast = sorted.count - Self.count(in: sorted) { $0 < value }
                let left = -log(Double(max(atMost, 1)) / total)
                let right = -log(Double(max(atLeast, 1)) / total)
                visit(row, Surprise(left: left, right: right, skewed: isSkewedLeft[feature] ? left : right))
            }
        }
    }

    /// How many of the first values satisfy a condition that none satisfies after one that does not.
    private static func count(in sorted: [Double], where condition: (Double) -> Bool) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if condition(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func isSkewedLeft(_ values: ArraySlice<Double>) -> Bool {
        let (low, high) = values.reduce((Double.infinity, -Double.infinity)) { (min($0.0, $1), max($0.1, $1)) }
        let range = high - low
        guard range > 0 else { return false }
        let mean = values.reduce(0) { $0 + ($1 - low) / range } / Double(values.count)
        let cubes = values.reduce(0.0) { sum, value in
            let distance = (value - low) / range - mean
            return sum + distance * distance * distance
        }
        return cubes < 0
    }
}
