import AuspexTesting
import Testing

@testable import AuspexNumerics

@Suite struct BoostedTreesTests {
    /// Outcomes that no single column tells: likely when exactly one of the first two is over a half. The third is
    /// noise.
    private func exclusiveOr(_ count: Int, seed: UInt64) -> (rows: Matrix<Double>, outcomes: [Bool]) {
        var lots = SplitMix64(seed: seed)
        var rows = Matrix<Double>(rows: count, columns: 3)
        var outcomes: [Bool] = []
        for row in 0..<count {
            for column in 0..<3 { rows[row, column] = lots.uniform() }
            let isLikely = (rows[row, 0] > 0.5) != (rows[row, 1] > 0.5)
            outcomes.append(lots.uniform() < (isLikely ? 0.9 : 0.1))
        }
        return (rows, outcomes)
    }

    private func row(_ row: Int, of matrix: Matrix<Double>) -> [Double] {
        (0..<matrix.columns).map { matrix[row, $0] }
    }

    @Test("trees learn what no single column tells")
    func interaction() throws {
        let (rows, outcomes) = exclusiveOr(3_000, seed: 1)
        var options = BoostedTrees.Options()
        options.columnShare = 1
        let trees = try BoostedTrees.grow(on: rows, outcomes: outcomes, options: options).trees
        for (point, wanted) in [([0.2, 0.8, 0.5], 0.9), ([0.8, 0.2, 0.5], 0.9), ([0.2, 0.2, 0.5], 0.1)] {
            #expect(abs(LogisticFunction.probability(trees.logit(point)) - wanted) < 0.1)
        }
    }

    @Test("the same seed grows the same trees, another one others")
    func seeds() throws {
        let (rows, outcomes) = exclusiveOr(600, seed: 2)
        var options = BoostedTrees.Options()
        options.rounds = 10
        let one = try BoostedTrees.grow(on: rows, outcomes: outcomes, options: options)
        let same = try BoostedTrees.grow(on: rows, outcomes: outcomes, options: options)
        options.seed = 2
        let other = try BoostedTrees.grow(on: rows, outcomes: outcomes, options: options)
        #expect(one.trees == same.trees && one.outOfSequence == same.outOfSequence)
        #expect(one.trees != other.trees)
    }

    @Test("one tree's first split is the best of all splits between rows")
    func naiveTwin() throws {
        var lots = SplitMix64(seed: 3)
        for _ in 0..<20 {
            var rows = Matrix<Double>(rows: 50, columns: 2)
            for row in 0..<50 { for column in 0..<2 { rows[row, column] = Double(lots.next() % 20) } }
            let outcomes = (0..<50).map { rows[$0, 0] + lots.uniform() * 20 > 20 }
            guard Set(outcomes).count == 2 else { continue }
            var options = BoostedTrees.Options()
            (options.sequences, options.rounds, options.depth, options.leafSize) = (1, 1, 1, 5)
            (options.rowShare, options.columnShare, options.rate) = (1, 1, 1)
            let tree = try #require(
                try BoostedTrees.grow(on: rows, outcomes: outcomes, options: options).trees.trees.first)
            let best = bestGain(rows, outcomes, leafSize: 5)
            guard tree.columns[0] >= 0 else {
                #expect(best < 1e-9)
                continue
            }
            let left = (0..<50).filter { rows[$0, tree.columns[0]] <= tree.thresholds[0] }
            #expect(abs(gain(left, outcomes) - best) < 1e-9)
        }
    }

    /// What splitting off `left` gains, by the definition: all rows have the curvature p(1 − p) of the base rate.
    private func gain(_ left: [Int], _ outcomes: [Bool]) -> Double {
        let rate = Double(outcomes.count { $0 }) / Double(outcomes.count)
        let sum = left.reduce(0.0) { $0 + rate - (outcomes[$1] ? 1 : 0) }
        let curvature = rate * (1 - rate)
        let right = Double(outcomes.count - left.count)
        return sum * sum / (curvature * Double(left.count)) + sum * sum / (curvature * right)
    }

    private func bestGain(_ rows: Matrix<Double>, _ outcomes: [Bool], leafSize: Int) -> Double {
        var best = 0.0
        for column in 0..<rows.columns {
            for border in Set(rows.column(column)) {
                let left = (0..<rows.rows).filter { rows[$0, column] <= border }
                guard left.count >= leafSize, rows.rows - left.count >= leafSize else { continue }
                best = max(best, gain(left, outcomes))
            }
        }
        return best
    }

    @Test("predictions of rows by the sequences that did not see them do not know their noise")
    func outOfSequence() throws {
        var lots = SplitMix64(seed: 4)
        var rows = Matrix<Double>(rows: 800, columns: 6)
        for index in rows.storage.indices { rows.storage[index] = lots.uniform() }
        let outcomes = (0..<800).map { _ in lots.uniform() < 0.3 }
        var options = BoostedTrees.Options()
        options.leafSize = 5
        let growth = try BoostedTrees.grow(on: rows, outcomes: outcomes, options: options)
        func difference(_ logits: [Double]) -> Double {
            let bad = Moments((0..<800).filter { outcomes[$0] }.map { logits[$0] })
            let good = Moments((0..<800).filter { !outcomes[$0] }.map { logits[$0] })
            return bad.mean - good.mean
        }
        #expect(difference((0..<800).map { growth.trees.logit(row($0, of: rows)) }) > 0.5)
        #expect(abs(difference(growth.outOfSequence)) < 0.2)
    }

    @Test("many different values are cut into at most 64 bins of nearly equal size, few into one each")
    func bins() throws {
        var lots = SplitMix64(seed: 5)
        let many = (0..<5_000).map { _ in lots.gaussian() }
        let few = (0..<5_000).map { Double($0 % 3) }
        let same = [Double](repeating: 7, count: 5_000)
        let binned = BinnedColumns(try Matrix(rows: 5_000, columns: 3, storage: many + few + same))
        #expect(binned.borders[0].count == 63)
        let sizes = Dictionary(grouping: binned.codes[0], by: { $0 }).values.map(\.count)
        #expect(sizes.allSatisfy { (70...86).contains($0) })
        #expect(binned.borders[1] == [0.5, 1.5])
        #expect(binned.borders[2].isEmpty)
        #expect(
            zip(many, binned.codes[0]).allSatisfy { value, code in
                binned.borders[0].count { $0 < value } == Int(code)
            })
    }

    @Test("columns that never vary, and too few rows to split, leave the base rate")
    func nothingToLearn() throws {
        let rows = Matrix<Double>(rows: 200, columns: 4)
        let outcomes = (0..<200).map { $0 % 4 == 0 }
        let trees = try BoostedTrees.grow(on: rows, outcomes: outcomes).trees
        #expect(abs(LogisticFunction.probability(trees.logit([0, 0, 0, 0])) - 0.25) < 0.05)
    }

    @Test("trees that look at columns which are not there are found out")
    func faults() throws {
        let (rows, outcomes) = exclusiveOr(600, seed: 6)
        let trees = try BoostedTrees.grow(on: rows, outcomes: outcomes).trees
        #expect(trees.fault(width: 3) == nil)
        #expect(trees.fault(width: 1) != nil)
    }
}
