/// One tree of fixed depth: nodes as in a heap (the children of node i are 2i + 1 and 2i + 2), then the leaves.
package struct BoostedTree: Hashable, Sendable, Codable {
    /// The column that each inner node looks at; −1 for a node that does not split, whose rows all go left.
    package var columns: [Int]
    /// Rows whose value is at most this go left.
    package var thresholds: [Double]
    /// What each leaf adds to the logit.
    package var leaves: [Double]

    /// A tree of `depth` levels that adds nothing.
    init(depth: Int) {
        columns = [Int](repeating: -1, count: (1 << depth) - 1)
        thresholds = [Double](repeating: 0, count: columns.count)
        leaves = [Double](repeating: 0, count: columns.count + 1)
    }

    /// What the tree adds to the logit of a row.
    func value(at row: some RandomAccessCollection<Double>) -> Double {
        var node = 0
        while node < columns.count {
            let column = columns[node]
            let isLeft = column < 0 || row[row.index(row.startIndex, offsetBy: column)] <= thresholds[node]
            node = 2 * node + (isLeft ? 1 : 2)
        }
        return leaves[node - columns.count]
    }

    /// Why the tree cannot be one over `width` columns; nil when it can.
    func fault(width: Int) -> String? {
        let inner = columns.count
        guard inner > 0, (inner + 1).nonzeroBitCount == 1, inner < 1 << 10 else { return "\(inner) nodes make no tree" }
        guard thresholds.count == inner, leaves.count == inner + 1 else { return "nodes, thresholds and leaves differ" }
        guard columns.allSatisfy({ (-1..<width).contains($0) }) else { return "a node looks at no column of \(width)" }
        guard (thresholds + leaves).allSatisfy({ abs($0) <= BoostedTrees.largestNumber }) else {
            return "a number is too large"
        }
        return nil
    }
}
