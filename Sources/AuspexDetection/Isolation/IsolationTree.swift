import Foundation

/// A tree of random splits. A window that is strange is alone after few of them.
struct IsolationTree<Split: IsolationSplit>: Sendable {
    private struct Node: Sendable {
        /// The depth at which a window ends here: that of the leaf and that of the tree which was not grown below it.
        var depth: Double
        /// Nil for a leaf.
        var split: Split?
        var left = 0
        var right = 0
    }

    private var nodes: [Node] = []

    /// Whether any split was found.
    var isSplit: Bool { nodes.count > 1 }

    /// Grows a tree of the windows `members` down to `deepest`.
    init(
        _ members: [Int], of windows: WindowFeatures, deepest: Int, style: Split.Style, random: inout SeededGenerator
    ) {
        var members = members
        _ = grow(&members, 0..<members.count, of: windows, depth: 0, deepest: deepest, style, &random)
    }

    /// Adds the depth at which each window ends.
    func addDepths(of windows: WindowFeatures, to depths: inout [Double]) {
        nodes.withUnsafeBufferPointer { nodes in
            for index in depths.indices {
                var node = 0
                while let split = nodes[node].split {
                    node = split.isLeft(index, of: windows) ? nodes[node].left : nodes[node].right
                }
                depths[index] += nodes[node].depth
            }
        }
    }

    /// Appends the node of `range` and those below it, and returns its number. The recursion is as deep as the tree.
    private mutating func grow(
        _ members: inout [Int], _ range: Range<Int>, of windows: WindowFeatures, depth: Int, deepest: Int,
        _ style: Split.Style, _ random: inout SeededGenerator
    ) -> Int {
        let number = nodes.count
        nodes.append(Node(depth: Double(depth) + IsolationDepth.unsuccessfulSearch(range.count)))
        guard range.count > 1, depth < deepest,
            let split = Split.draw(members[range], of: windows, style: style, random: &random)
        else { return number }
        var middle = range.lowerBound
        for position in range where split.isLeft(members[position], of: windows) {
            members.swapAt(position, middle)
            middle += 1
        }
        let left = grow(
            &members, range.lowerBound..<middle, of: windows, depth: depth + 1, deepest: deepest, style, &random)
        let right = grow(
            &members, middle..<range.upperBound, of: windows, depth: depth + 1, deepest: deepest, style, &random)
        (nodes[number].split, nodes[number].left, nodes[number].right) = (split, left, right)
        return number
    }
}

/// The arithmetic of depths.
enum IsolationDepth {
    /// The mean depth at which a search in a binary tree of `count` keys ends without success: what a leaf of that many
    /// windows stands for, and the unit of depths.
    static func unsuccessfulSearch(_ count: Int) -> Double {
        guard count > 2 else { return count == 2 ? 1 : 0 }
        let last = Double(count - 1)
        return 2 * (log(last) + eulerGamma) - 2 * last / Double(count)
    }

    private static let eulerGamma = 0.577_215_664_901_532_9
}
