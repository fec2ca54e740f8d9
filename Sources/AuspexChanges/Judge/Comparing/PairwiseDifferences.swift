/// All differences between a value of one sample and one of another, without forming them.
struct PairwiseDifferences: Sendable {
    private let x: [Double]
    private let y: [Double]

    /// Takes samples without NaN; O(n log n).
    init(_ x: [Double], _ y: [Double]) {
        self.x = x.sorted()
        self.y = y.sorted()
    }

    /// How many there are.
    var count: Double { Double(x.count) * Double(y.count) }

    private static let steps = 100

    /// The difference x − y that `rank` (from 0) differences lie below, by bisection; infinite outside of all ranks.
    /// O(n + m) a step.
    func value(rank: Double) -> Double {
        guard rank >= 0 else { return -.infinity }
        guard rank <= count - 1, let least = x.first, let most = x.last, let below = y.last, let above = y.first else {
            return .infinity
        }
        var (low, high) = (least - below, most - above)
        for _ in 0..<Self.steps {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { break }
            if countUp(to: middle) > rank { high = middle } else { low = middle }
        }
        return high
    }

    /// The median: the Hodges-Lehmann estimate of the distance.
    var median: Double { (value(rank: ((count - 1) / 2).rounded(.down)) + value(rank: (count / 2).rounded(.down))) / 2 }

    /// How many differences are at most `bound`.
    private func countUp(to bound: Double) -> Double {
        var total = 0.0
        var first = 0
        for value in x {
            // y grows and x − y ≤ bound means y ≥ x − bound, whose first index only grows with x.
            while first < y.count, value - y[first] > bound { first += 1 }
            total += Double(y.count - first)
        }
        return total
    }
}
