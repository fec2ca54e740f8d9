import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct SegmentationTests {
    /// Five levels, with changes at rows 60, 105, 185 and 197.
    private func levels(seed: UInt64 = 31) -> [Double] {
        var random = SplitMix64(seed: seed)
        return [(60, 0.0), (45, 2), (80, -1), (12, 3), (103, 0.5)].flatMap { length, level in
            (0..<length).map { _ in level + random.gaussian() }
        }
    }

    @Test(
        "changes are those that ruptures finds",
        arguments: [
            (8.0, 1, 1, [60, 105, 165, 166, 185, 198]), (8, 2, 1, [60, 105, 185, 198]), (8, 5, 1, [60, 105, 185, 198]),
            (8, 20, 1, [60, 105, 185, 205]), (40, 5, 1, [60, 105, 185, 198]), (8, 5, 4, [60, 104, 184, 200]),
        ])
    func ruptures(penalty: Double, shortest: Int, jump: Int, changes: [Int]) {
        let cost = SegmentCost([levels()], kind: .mean)
        #expect(PrunedSegmentation(cost, penalty: penalty, shortest: shortest, jump: jump).changes == changes)
    }

    @Test("of two columns the changes are common, as ruptures finds them")
    func twoColumns() {
        let cost = SegmentCost([levels(), levels(seed: 32)], kind: .mean)
        #expect(PrunedSegmentation(cost, penalty: 20, shortest: 5, jump: 1).changes == [60, 105, 185, 197])
    }

    /// The least total cost by trying every last stretch for every end, without pruning.
    private func naive(_ cost: SegmentCost, penalty: Double, shortest: Int) -> Double {
        var best = [Double](repeating: .infinity, count: cost.rows + 1)
        best[0] = -penalty
        for end in shortest..<cost.rows + 1 {
            for start in 0...(end - shortest) where best[start] < .infinity {
                best[end] = min(best[end], best[start] + cost.of(start, end) + penalty)
            }
        }
        return best[cost.rows]
    }

    @Test(
        "pruning loses nothing: the total is the least there is",
        arguments: [SegmentCost.Kind.mean, .normal], [1, 3, 10])
    func exact(kind: SegmentCost.Kind, shortest: Int) {
        for seed in 1...4 as ClosedRange<UInt64> {
            var values: [Double?] = Array(levels(seed: seed)[40..<160])
            values[50] = nil
            let cost = SegmentCost([values], kind: kind)
            for penalty in [0.5, 5, 50] {
                let changes = PrunedSegmentation(cost, penalty: penalty, shortest: shortest, jump: 1).changes
                let borders = [0] + changes + [cost.rows]
                let total = zip(borders, borders.dropFirst()).reduce(-penalty) { $0 + cost.of($1.0, $1.1) + penalty }
                #expect(isClose(total, naive(cost, penalty: penalty, shortest: shortest), within: 1e-9))
            }
        }
    }

    @Test("rows at a change score by what it saves, and those beside it less and less")
    func scores() throws {
        let result = try output("pelt:period=1,spread=4", [levels()])
        #expect(result.notes == ["4 change(s) in 300 row(s)"])
        let scores = result.scores
        #expect(scores[59] == scores[60] && scores[58] == scores[61])
        #expect(isClose(scores[61], 0.75 * scores[60], within: 1e-12))
        #expect(scores[57] > 0 && scores[55] == 0 && scores[64] == 0)
        #expect(scores[105] > scores[60])
    }

    @Test("a change of spread alone is found by the normal cost")
    func spread() throws {
        var random = SplitMix64(seed: 6)
        let values = (0..<300).map { random.gaussian() * ($0 < 150 ? 0.5 : 2) }
        let scores = try output("pelt:period=1,cost=normal", [values]).scores
        #expect((140..<160).contains(top(scores)))
    }

    @Test("more places than can be searched in minutes are refused")
    func tooLarge() throws {
        let table = try Table(columns: [(0..<300_000).map { Double($0 % 7) }])
        let model = try DetectorRegistry.standard.makeBatch("pelt:jump=1,period=1").fit(table, training: nil)
        #expect(throws: DetectorError.self) { try model.scores(table) }
    }
}
