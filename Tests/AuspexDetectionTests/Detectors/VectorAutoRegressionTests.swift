import AuspexNumerics
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct VectorAutoRegressionTests {
    /// Two columns of which each follows the other by one row and by two.
    private func coupled(rows: Int = 300) -> [[Double]] {
        var random = SplitMix64(seed: 9)
        var (one, other) = ([0.0, 0], [0.0, 0])
        for row in 2..<rows {
            let first = 0.5 * one[row - 1] + 0.3 * other[row - 2] + random.gaussian()
            let second = -0.4 * one[row - 1] + 0.2 * other[row - 1] - 0.3 * one[row - 2] + random.gaussian()
            one.append(first)
            other.append(second)
        }
        return [one, other]
    }

    @Test("left alone the order is the one that statsmodels finds by Akaike's criterion")
    func order() throws {
        func found(_ columns: [[Double]]) throws -> Int {
            let scaled = ColumnScaler(columns).scaled(columns)
            return try LinearSystem(scaled, isTarget: scaled[0].map { _ in true }, order: nil, ridge: 1e-9).order
        }
        #expect(try found(coupled()) == 2)
        #expect(try found([sawtooth(), sawtooth(seed: 5)]) == 1)
    }

    @Test("weights are those of least squares over all columns")
    func weights() throws {
        let columns = coupled(rows: 120).map { column in ColumnScaler([column]).scaled([column])[0] }
        let system = try LinearSystem(columns, isTarget: columns[0].map { _ in true }, order: 2, ridge: 1e-9)
        var storage = [Double](repeating: 1, count: 118)
        for lag in 1...2 { for column in columns { storage += (2..<120).map { column[$0 - lag] } } }
        let known = try Matrix(rows: 118, columns: 5, storage: storage)
        let wanted = try Matrix(rows: 118, columns: 2, storage: columns.flatMap { $0[2...] })
        let expected = try known.leastSquares(wanted)
        #expect(zip(system.weights.storage, expected.storage).allSatisfy { isClose($0, $1, within: 1e-6) })
    }

    @Test("of one column it is an autoregression", arguments: [1, 3, 10])
    func oneColumn(order: Int) throws {
        let vector = try output("var:order=\(order),ridge=1e-9", [sawtooth()])
        let plain = try output("ar:order=\(order)", [sawtooth()])
        #expect(zip(vector.scores, plain.scores).allSatisfy { isClose($0, $1, within: 1e-6) })
        let expectations = try #require(vector.expectations)
        #expect(expectations.count == 240 && expectations[0] == nil)
    }

    @Test("a relation that breaks is found where each column alone looks usual", arguments: ["largest", "joint"])
    func broken(errors: String) throws {
        var random = SplitMix64(seed: 2)
        var one: [Double] = []
        for row in 0..<400 { one.append(row == 249 ? 1.5 : random.gaussian()) }
        var other = [0.0] + one.dropLast().map { $0 + 0.1 * random.gaussian() }
        other[250] = -1.5
        let scores = try output("var:errors=\(errors)", [one, other]).scores
        #expect(top(scores) == 250)
        #expect(try top(output("ar", [one, other]).scores) != 250)
    }

    @Test("joint errors find what is strange only together")
    func together() throws {
        var random = SplitMix64(seed: 3)
        var columns: [[Double]] = [[], []]
        for _ in 0..<400 {
            let common = random.gaussian()
            columns[0].append(common + 0.1 * random.gaussian())
            columns[1].append(common + 0.1 * random.gaussian())
        }
        (columns[0][200], columns[1][200]) = (1.5, -1.5)
        #expect(try top(output("var:errors=joint", columns).scores) == 200)
        #expect(try top(output("var:errors=largest", columns).scores) != 200)
    }

    @Test("rows with a missing value are no targets, and columns that are there are scored")
    func missing() throws {
        var columns = coupled()
        columns[1][100] = .nan
        columns[0][100] += 20
        for row in 200..<240 { columns[0][row] = .nan }
        let scores = try output("var", columns).scores
        #expect(top(scores) == 100)
        #expect(scores.allSatisfy { $0.isFinite })
    }

    @Test("a column that has died leaves the others their scores", arguments: ["largest", "joint"])
    func deadColumn(errors: String) throws {
        var columns = coupled()
        columns[0][100] += 20
        let alive = try output("var:order=2,errors=\(errors)", columns).scores
        let missing = [Double](repeating: .nan, count: 300)
        let scores = try output("var:order=2,errors=\(errors)", columns + [missing]).scores
        #expect(zip(scores, alive).allSatisfy { isClose($0, $1, within: 1e-6) })
    }

    @Test("a value does not predict itself through a gap before it", arguments: ["ar", "var"])
    func gaps(detector: String) throws {
        var random = SplitMix64(seed: 8)
        var values = (0..<300).map { $0 % 2 == 0 ? random.gaussian() : .nan }
        values[150] = 8
        let scores = try output(detector, [values]).scores
        #expect(top(scores) == 150 && scores[150] > 5)
    }

    @Test("a reader is told when errors cannot be taken together")
    func noJoint() throws {
        let columns = (0..<3).map { sawtooth(seed: UInt64($0), rows: 6) }
        #expect(try output("var:errors=joint", columns).notes.contains { $0.contains("not taken together") })
        #expect(try output("var", columns).notes.isEmpty)
        #expect(try output("var:errors=joint", coupled()).notes.isEmpty)
    }

    @Test("too many weights are refused, and an order that the rows don't determine is lowered")
    func limits() throws {
        let wide = try Table(columns: (0..<300).map { column in (0..<60_000).map { Double(($0 * column) % 23) } })
        let detector = try DetectorRegistry.standard.makeBatch("var:order=20")
        #expect(throws: DetectorError.self) { try detector.fit(wide, training: nil) }
        #expect(LinearSystem.order(10, rows: 60, columns: 2) == 5)
        #expect(LinearSystem.order(nil, rows: 10, columns: 4) == 0)
        #expect(LinearSystem.order(nil, rows: 100_000, columns: 600) == 3)
    }
}
