import Foundation

/// Isolation trees, each grown of a few windows drawn at random.
struct Forest<Split: IsolationSplit>: Sendable {
    private let trees: [IsolationTree<Split>]
    /// The depth that counts as ordinary.
    private let unit: Double

    /// - Parameters:
    ///   - trees: how many trees, at least 1.
    ///   - sample: how many windows a tree is grown of; all when there are fewer.
    init(_ windows: WindowFeatures, trees: Int, sample: Int, style: Split.Style, seed: Int) {
        var random = SeededGenerator(seed: seed)
        let size = min(sample, windows.count)
        let deepest = Int(log2(Double(max(size, 2))).rounded(.up))
        self.trees = (0..<trees).map { _ in
            IsolationTree(
                random.sample(size, below: windows.count), of: windows, deepest: deepest, style: style, random: &random)
        }
        unit = IsolationDepth.unsuccessfulSearch(size)
    }

    /// 2 to the power of minus the mean depth in units of the ordinary one: 1 is alone at once, ½ is ordinary; 0 when no
    /// tree could tell two windows apart.
    func scores(_ windows: WindowFeatures) -> [Double] {
        guard trees.contains(where: \.isSplit), unit > 0 else { return [Double](repeating: 0, count: windows.count) }
        // Tree by tree: a tree stays in the cache, a forest does not.
        var depths = [Double](repeating: 0, count: windows.count)
        for tree in trees { tree.addDepths(of: windows, to: &depths) }
        return depths.map { exp2(-$0 / Double(trees.count) / unit) }
    }
}

/// Parameters that forests have in common.
enum ForestParameters {
    static let trees = ParameterDescriptor.integer(
        "trees", default: 100, in: 1...10_000, meaning: "how many trees are grown")
    static let sample = ParameterDescriptor.integer(
        "sample", default: 256, in: 2...100_000,
        meaning: "how many windows, drawn at random, a tree is grown of; all of them when there are fewer")

    /// Steps down a tree.
    static func depth(sample: Int) -> Double { Double(Int.bitWidth - sample.leadingZeroBitCount) }
}
