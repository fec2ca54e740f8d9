import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct RandomCutForestTests {
    private func points(_ count: Int, features: Int, seed: UInt64) -> [[Double]] {
        var random = SplitMix64(seed: seed)
        // Whole numbers, so that some points are equal and many share a value.
        return (0..<count).map { _ in (0..<features).map { _ in (3 * random.gaussian()).rounded() } }
    }

    @Test("boxes, counts and cuts are right after every insertion and removal", arguments: [1, 2, 5])
    func invariants(features: Int) {
        var random = SeededGenerator(seed: features)
        var tree = CutTree(features: features)
        var held: [Int: [Double]] = [:]
        for (number, point) in points(120, features: features, seed: 8).enumerated() {
            tree.insert(number, point[...], random: &random)
            held[number] = point
            #expect(tree.violation(held) == nil)
            guard number % 3 == 2 else { continue }
            let gone = held.keys.sorted()[random.below(held.count)]
            tree.forget(gone)
            held[gone] = nil
            #expect(tree.violation(held) == nil)
        }
        for number in held.keys.sorted() {
            tree.forget(number)
            held[number] = nil
            #expect(tree.violation(held) == nil)
        }
        #expect(tree.count == 0 && tree.displacement(3) == 0)
    }

    @Test("a point that is put in and taken out again leaves the tree as it was")
    func visit() {
        var random = SeededGenerator(seed: 3)
        var tree = CutTree(features: 2)
        let held = points(60, features: 2, seed: 1)
        for (number, point) in held.enumerated() { tree.insert(number, point[...], random: &random) }
        let before = held.indices.map { tree.displacement($0) }
        for (lot, point) in (points(40, features: 2, seed: 2) + held).enumerated() {
            var (one, other) = (SeededGenerator(seed: lot), SeededGenerator(seed: lot))
            let expected = tree.displacement(of: point[...], random: &one)
            tree.insert(-1, point[...], random: &other)
            #expect(tree.displacement(-1) == expected)
            tree.forget(-1)
            #expect(held.indices.map { tree.displacement($0) } == before)
        }
    }

    @Test("a point's displacement is the largest ratio of points beside to points under, found by counting")
    func displacement() throws {
        // One feature, four points: whatever the cuts, the far one is cut off at the top unless a cut parts the others.
        var ratios: Set<Double> = []
        for seed in 0..<40 {
            var random = SeededGenerator(seed: seed)
            var tree = CutTree(features: 1)
            for (number, value) in [0.0, 1, 2, 1_000_000].enumerated() { tree.insert(number, [value], random: &random) }
            ratios.insert(tree.displacement(3))
            #expect(tree.displacement(0) <= 3)
        }
        #expect(ratios == [3])
    }

    /// The chance that a first cut parts the far point from two near ones: insertion must keep the law of a tree that is
    /// built at once, whatever the order (theorem 1).
    @Test(
        "the order in which points come does not matter to the shape", arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
    func order(order: [Int]) {
        let values = [0.0, 1, 3]
        var alone = 0
        let trials = 20_000
        var random = SeededGenerator(seed: 11)
        for _ in 0..<trials {
            var tree = CutTree(features: 1)
            for number in order { tree.insert(number, [values[number]], random: &random) }
            // Cut off first, it has the two others beside it; else only one.
            if tree.displacement(2) == 2 { alone += 1 }
        }
        // Two thirds, within four standard deviations.
        #expect(abs(Double(alone) / Double(trials) - 2.0 / 3) < 0.0134)
    }

    @Test("what stands apart displaces most, as a row and as a window")
    func apart() throws {
        var columns = [sawtooth(rows: 300), sawtooth(seed: 5, rows: 300)]
        (columns[0][140], columns[1][140]) = (9, -6)
        #expect(try top(output("rcf", columns).scores) == 140)
        #expect(try (136..<146).contains(top(output("rcf:window=8", [columns[0].map { $0 == 9 ? 25 : $0 }]).scores)))
    }

    @Test("a score depends on the row and not on where it stands, and the seed decides")
    func independence() throws {
        let table = try Table(columns: [sawtooth(rows: 200)])
        let model = try DetectorRegistry.standard.makeBatch("rcf:trees=20,window=1").fit(table, training: nil)
        let scores = try model.scores(table).scores
        let order = Array((0..<200).reversed())
        #expect(try model.scores(Table(table, rows: order)).scores == order.map { scores[$0] })
        #expect(try output("rcf:trees=20,window=1,seed=2", [sawtooth(rows: 200)]).scores != scores)
    }

    @Test("more than a gigabyte or many minutes are refused before anything is grown")
    func tooLarge() throws {
        let table = try Table(columns: [(0..<30_000).map { Double($0 % 91) }])
        for specification in ["rcf:trees=10000,sample=20000", "rcf:trees=10000,window=500,sample=2"] {
            let detector = try DetectorRegistry.standard.makeBatch(specification)
            #expect(throws: DetectorError.self) { try detector.fit(table, training: nil) }
        }
    }
}
