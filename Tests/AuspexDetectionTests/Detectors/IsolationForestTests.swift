import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct IsolationForestTests {
    @Test("ordinary depths are twice the harmonic numbers less twice the share of the last one")
    func depths() {
        let expected: [(Int, Double)] = [
            (0, 0), (1, 0), (2, 1), (3, 1.2073920), (10, 3.7488806), (256, 10.2447709),
        ]
        for (count, depth) in expected {
            #expect(isClose(IsolationDepth.unsuccessfulSearch(count), depth, within: 1e-6), "\(count)")
        }
    }

    @Test("a tree grown to its end gives each window a leaf of its own")
    func fullTree() {
        let windows = WindowFeatures([sawtooth(rows: 64)], window: 1)
        var random = SeededGenerator(seed: 2)
        let tree = IsolationTree<AxisSplit>(
            Array(0..<64), of: windows, deepest: 100, style: AxisSplit.Style(), random: &random)
        var depths = [Double](repeating: 0, count: 64)
        tree.addDepths(of: windows, to: &depths)
        // Kraft: a binary tree of 64 leaves with one window each.
        let sum = depths.reduce(0.0) { total, depth in
            total + (0..<Int(depth)).reduce(1.0) { share, _ in share / 2 }
        }
        #expect(sum == 1)
    }

    @Test("values that cannot be told apart make no tree, and score 0")
    func noSplit() throws {
        #expect(try output("iforest", [[1, 1, 1, 1], [2, 2, 2, 2]]).scores == [0, 0, 0, 0])
        let scores = try output("eif:extension=0", [[1, 1, 1, 9], [2, 2, 2, 2]]).scores
        #expect(scores[3] > scores[0] && scores[0] > 0)
    }

    @Test("planes see a broken correlation that splits along the axes hardly see")
    func correlation() throws {
        var random = SplitMix64(seed: 8)
        let first = (0..<500).map { _ in random.gaussian() }
        var second = first.map { $0 + 0.05 * random.gaussian() }
        second[100] = first[100] > 0 ? first[100] - 1.5 : first[100] + 1.5
        let scores = try output("eif", [first, second]).scores
        let above = scores.count { $0 > scores[100] }
        #expect(above < 25, "\(above) rows score higher")
    }
}
