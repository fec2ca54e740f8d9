/// One sequence of trees under way: each is fitted to the gradient that those before leave (second order, as in Chen
/// and Guestrin 2016).
struct TreeSequence {
    private let columns: BinnedColumns
    private let options: BoostedTrees.Options
    private let outcomes: [Bool]
    private let seen: [Int]
    private var gradients: [Double]
    private var curvatures: [Double]
    private var bins = [Bin](repeating: Bin(), count: BinnedColumns.mostBins)
    private var candidates: [Int]
    /// The log-odds of all rows, seen or not, by the trees so far.
    private(set) var logits: [Double]
    private(set) var trees: [BoostedTree] = []

    /// Sums over the rows of a bin.
    private struct Bin {
        var gradient = 0.0
        var curvature = 0.0
        var count = 0

        static func += (left: inout Bin, right: Bin) {
            left.gradient += right.gradient
            left.curvature += right.curvature
            left.count += right.count
        }

        func without(_ part: Bin) -> Bin {
            Bin(
                gradient: gradient - part.gradient, curvature: curvature - part.curvature, count: count - part.count)
        }

        /// By how much the best step here lowers the loss, doubled.
        var gain: Double { curvature > 0 ? gradient * gradient / curvature : 0 }
    }

    private struct Split {
        var column: Int
        var bin: Int
        var gain: Double
    }

    /// Under this the rows of a leaf are as good as settled, and a Newton step would be one over nearly nothing.
    private static let smallestCurvature = 1e-3

    init(columns: BinnedColumns, outcomes: [Bool], base: Double, seen: [Int], options: BoostedTrees.Options) {
        self.columns = columns
        self.options = options
        self.outcomes = outcomes
        self.seen = seen
        gradients = [Double](repeating: 0, count: columns.rows)
        curvatures = gradients
        logits = [Double](repeating: base, count: columns.rows)
        // A column of one bin can never split.
        candidates = columns.borders.indices.filter { !columns.borders[$0].isEmpty }
    }

    /// Grows all trees.
    mutating func grow(_ lots: inout LotSequence) {
        for _ in 0..<options.rounds {
            for row in seen {
                let probability = LogisticFunction.probability(logits[row])
                gradients[row] = probability - (outcomes[row] ? 1 : 0)
                curvatures[row] = probability * (1 - probability)
            }
            var tree = BoostedTree(depth: options.depth)
            var cuts = [Int](repeating: 0, count: tree.columns.count)
            grow(&tree, &cuts, node: 0, rows: seen, &lots)
            addToLogits(tree, cuts)
            trees.append(tree)
        }
    }

    private mutating func grow(
        _ tree: inout BoostedTree, _ cuts: inout [Int], node: Int, rows: [Int], _ lots: inout LotSequence
    ) {
        guard node < tree.columns.count else {
            tree.leaves[node - tree.columns.count] = step(rows)
            return
        }
        guard let split = bestSplit(rows, &lots) else {
            grow(&tree, &cuts, node: 2 * node + 1, unsplit: rows)
            return
        }
        tree.columns[node] = split.column
        tree.thresholds[node] = columns.borders[split.column][split.bin]
        cuts[node] = split.bin
        var left: [Int] = []
        var right: [Int] = []
        left.reserveCapacity(rows.count)
        right.reserveCapacity(rows.count)
        columns.codes[split.column].withUnsafeBufferPointer { codes in
            for row in rows { if codes[row] <= split.bin { left.append(row) } else { right.append(row) } }
        }
        grow(&tree, &cuts, node: 2 * node + 1, rows: left, &lots)
        grow(&tree, &cuts, node: 2 * node + 2, rows: right, &lots)
    }

    /// Goes left to the leaf where rows end that are not split any more.
    private func grow(_ tree: inout BoostedTree, _ cuts: inout [Int], node: Int, unsplit rows: [Int]) {
        var node = node
        while node < tree.columns.count { node = 2 * node + 1 }
        tree.leaves[node - tree.columns.count] = step(rows)
    }

    private func step(_ rows: [Int]) -> Double {
        var total = Bin()
        for row in rows {
            total += Bin(gradient: gradients[row], curvature: curvatures[row], count: 1)
        }
        guard total.curvature >= Self.smallestCurvature else { return 0 }
        return -options.rate * total.gradient / total.curvature
    }

    private mutating func bestSplit(_ rows: [Int], _ lots: inout LotSequence) -> Split? {
        guard rows.count >= 2 * options.leafSize, !candidates.isEmpty else { return nil }
        let width = max(1, Int((Double(candidates.count) * options.columnShare).rounded(.up)))
        lots.drawToFront(width, of: &candidates)
        var best: Split?
        for column in candidates[..<width] {
            let total = fillBins(column, rows)
            var left = Bin()
            for bin in columns.borders[column].indices {
                left += bins[bin]
                let right = total.without(left)
                guard left.count >= options.leafSize else { continue }
                guard right.count >= options.leafSize else { break }
                guard min(left.curvature, right.curvature) >= Self.smallestCurvature else { continue }
                let gain = left.gain + right.gain - total.gain
                if gain > (best?.gain ?? 0) { best = Split(column: column, bin: bin, gain: gain) }
            }
        }
        return best
    }

    /// Sums gradient and curvature bin by bin; the loop in which most of the time goes.
    private mutating func fillBins(_ column: Int, _ rows: [Int]) -> Bin {
        let used = columns.borders[column].count + 1
        var total = Bin()
        bins.withUnsafeMutableBufferPointer { bins in
            for bin in 0..<used { bins[bin] = Bin() }
            columns.codes[column].withUnsafeBufferPointer { codes in
                gradients.withUnsafeBufferPointer { gradients in
                    curvatures.withUnsafeBufferPointer { curvatures in
                        for row in rows {
                            let bin = Int(codes[row])
                            bins[bin].gradient += gradients[row]
                            bins[bin].curvature += curvatures[row]
                            bins[bin].count += 1
                        }
                    }
                }
            }
            for bin in 0..<used { total += bins[bin] }
        }
        return total
    }

    private mutating func addToLogits(_ tree: BoostedTree, _ cuts: [Int]) {
        for row in logits.indices {
            var node = 0
            while node < cuts.count {
                let column = tree.columns[node]
                let isLeft = column < 0 || columns.codes[column][row] <= cuts[node]
                node = 2 * node + (isLeft ? 1 : 2)
            }
            logits[row] += tree.leaves[node - cuts.count]
        }
    }
}
