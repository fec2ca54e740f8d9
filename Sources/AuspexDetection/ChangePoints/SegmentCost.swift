import Foundation

/// How badly stretches of a few columns are described by one level, or by one level and one spread, each.
struct SegmentCost: Sendable {
    /// What a stretch is described by.
    enum Kind: String, CaseIterable, Sendable {
        /// Its mean: the sum of squared distances from it.
        case mean
        /// Its mean and variance: the length times the logarithm of the variance (twice the negative log likelihood).
        case normal
    }

    /// Added to variances, in those of the whole, so that constant stretches have a logarithm.
    private static let smallestVariance = 1e-6

    /// How many rows there are.
    let rows: Int
    private let kind: Kind
    private let columns: Int
    /// For each row, 3 sums a column over all rows before it: how many values there are, the values, and their squares.
    private let sums: [Double]

    /// - Parameter values: one list a column, of equal length; nil where a value is missing.
    init(_ values: [[Double?]], kind: Kind) {
        rows = values.first?.count ?? 0
        columns = values.count
        self.kind = kind
        var sums = [Double](repeating: 0, count: 3 * values.count * ((values.first?.count ?? 0) + 1))
        for (column, list) in values.enumerated() {
            for (row, value) in list.enumerated() {
                let (from, to) = (3 * (row * values.count + column), 3 * ((row + 1) * values.count + column))
                sums[to] = sums[from] + (value == nil ? 0 : 1)
                sums[to + 1] = sums[from + 1] + (value ?? 0)
                sums[to + 2] = sums[from + 2] + (value ?? 0) * (value ?? 0)
            }
        }
        self.sums = sums
    }

    /// The cost of rows `start` up to, but not including, `end`.
    func of(_ start: Int, _ end: Int) -> Double {
        sums.withUnsafeBufferPointer { sums in
            var cost = 0.0
            for column in 0..<columns {
                let (from, to) = (3 * (start * columns + column), 3 * (end * columns + column))
                let count = sums[to] - sums[from]
                guard count > 0 else { continue }
                let sum = sums[to + 1] - sums[from + 1]
                let spread = max(0, sums[to + 2] - sums[from + 2] - sum * sum / count)
                cost += kind == .mean ? spread : count * log(spread / count + Self.smallestVariance)
            }
            return cost
        }
    }
}

/// The places where a table is best cut into stretches (PELT): the least sum of costs and of a penalty a cut, found exactly.
struct PrunedSegmentation: Sendable {
    /// The first rows of all stretches but the first, ascending.
    let changes: [Int]

    /// - Parameters:
    ///   - cost: what a stretch costs; two parts of it together must not cost more than the whole.
    ///   - penalty: what a cut costs, over 0.
    ///   - shortest: rows a stretch has at least, 1 or more.
    ///   - jump: cuts lie at multiples of it.
    /// - Complexity: O(n²/jump²) costs at worst, O(n) where changes come regularly.
    init(_ cost: SegmentCost, penalty: Double, shortest: Int, jump: Int) {
        let rows = cost.rows
        guard rows >= 2 * shortest else {
            changes = []
            return
        }
        // The places at which a stretch may end: cuts, and the end of the table.
        let ends = stride(from: jump, to: rows, by: jump).filter { $0 >= shortest } + [rows]
        var best: [Int: Double] = [0: -penalty]
        var before: [Int: Int] = [:]
        var starts: [(row: Int, total: Double, until: Int)] = [(0, -penalty, Int.max)]
        var entered = 0
        for end in ends {
            while entered < ends.count, ends[entered] <= end - shortest {
                let start = ends[entered]
                starts.append((start, best[start] ?? .infinity, Int.max))
                entered += 1
            }
            // What was ruled out by a cut counts as long as that cut's own stretch would be too short.
            starts.removeAll { $0.until <= end }
            var (least, place) = (Double.infinity, 0)
            var totals = [Double](repeating: 0, count: starts.count)
            for (index, start) in starts.enumerated() {
                totals[index] = start.total + cost.of(start.row, end)
                if totals[index] < least { (least, place) = (totals[index], start.row) }
            }
            best[end] = least + penalty
            before[end] = place
            for index in starts.indices where totals[index] > least + penalty {
                starts[index].until = min(starts[index].until, end + shortest)
            }
        }
        var changes: [Int] = []
        var place = before[rows] ?? 0
        while place > 0 {
            changes.append(place)
            place = before[place] ?? 0
        }
        self.changes = changes.reversed()
    }
}
