import AuspexNumerics
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct RobustComponentsTests {
    @Test("a matrix of rank 2 and a twentieth of wild cells are told apart exactly", arguments: [(120, 30), (60, 60)])
    func recovery(rows: Int, columns: Int) throws {
        var random = SplitMix64(seed: UInt64(rows))
        let left = (0..<2 * rows).map { _ in random.gaussian() }
        let right = (0..<2 * columns).map { _ in random.gaussian() }
        var low = Matrix<Double>(rows: rows, columns: columns)
        var sparse = low
        for column in 0..<columns {
            for row in 0..<rows {
                low[row, column] = left[row] * right[column] + left[rows + row] * right[columns + column]
                if random.uniform() < 0.05 { sparse[row, column] = 20 * (random.uniform() - 0.5) }
            }
        }
        let sum = try Matrix(rows: rows, columns: columns, storage: zip(low.storage, sparse.storage).map { $0 + $1 })
        let parts = try PrincipalComponentPursuit(sum, lambda: 1 / Double(max(rows, columns)).squareRoot())
        #expect(zip(parts.low.storage, low.storage).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(zip(parts.sparse.storage, sparse.storage).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test("scores of four columns are those of the method in numpy, with full singular values")
    func fourColumns() throws {
        let (one, other) = (sawtooth(), sawtooth(seed: 5))
        let columns = [one, other, zip(one, other).map { $0 + $1 }, zip(one, other).map { $0 - $1 }]
        let scores = try output("rpca", columns).scores
        let expected = [
            1.1728954009332127, 0.20094177565258878, 0.3610676224405766, 0.6215385732649764, 0.6527731816254705,
            0.2698985336710929, 0.01677326549028354,
        ]
        for (row, value) in zip(ReferenceScoreTests.rows, expected) {
            #expect(isClose(scores[row], value, within: 1e-5), "row \(row): \(scores[row])")
        }
    }

    @Test("a value that breaks a rhythm is left over, and its neighbours are not")
    func rhythm() throws {
        var random = SplitMix64(seed: 5)
        var values = (0..<300).map { Double(($0 % 12) * ($0 % 12)) / 20 + 0.05 * random.gaussian() }
        values[150] += 4
        let scores = try output("rpca:window=24", [values]).scores
        #expect(top(scores) == 150)
        #expect(scores[150] > 5 * max(scores[149], scores[151]))
    }

    @Test("wide tables are taken apart as well as tall ones")
    func wide() throws {
        var random = SplitMix64(seed: 8)
        let common = (0..<20).map { _ in random.gaussian() }
        var columns = (0..<50).map { column in common.map { $0 * Double(column % 7 + 1) + 0.01 * random.gaussian() } }
        columns[30][11] += 9
        #expect(top(try output("rpca", columns).scores) == 11)
    }

    @Test("more cells than fit or than can be worked through are refused")
    func tooLarge() throws {
        let table = try Table(columns: [(0..<60_000).map { Double($0 % 7) }])
        for window in [400, 900] {
            let model = try DetectorRegistry.standard.makeBatch("rpca:window=\(window)").fit(table, training: nil)
            #expect(throws: DetectorError.self) { try model.scores(table) }
        }
    }
}
