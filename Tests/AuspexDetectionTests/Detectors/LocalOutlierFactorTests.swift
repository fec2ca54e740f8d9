import AuspexDetection
import AuspexTesting
import Testing

@Suite struct LocalOutlierFactorTests {
    /// The factor of each row by its definition, with exactly k neighbours.
    private func naive(_ columns: [[Double]], k: Int) -> [Double] {
        let rows = columns[0].indices
        func distance(_ one: Int, _ other: Int) -> Double {
            columns.reduce(0.0) { $0 + ($1[one] - $1[other]) * ($1[one] - $1[other]) }.squareRoot()
        }
        let neighbours = rows.map { row in
            rows.filter { $0 != row }.sorted { distance(row, $0) < distance(row, $1) }.prefix(k)
        }
        let reach = rows.map { distance($0, neighbours[$0][k - 1]) }
        let density = rows.map { row in
            Double(k) / neighbours[row].reduce(0.0) { $0 + max(distance(row, $1), reach[$1]) }
        }
        return rows.map { row in neighbours[row].reduce(0.0) { $0 + density[$1] } / Double(k) / density[row] }
    }

    @Test("factors are those of the definition", arguments: [1, 3, 20])
    func definition(k: Int) throws {
        let columns = [sawtooth(seed: 3, rows: 150), sawtooth(seed: 4, rows: 150)]
        let scores = try output("lof:k=\(k),window=1", columns).scores
        #expect(zip(scores, naive(columns, k: k)).allSatisfy { isClose($0, $1, within: 1e-6) })
    }

    @Test("a row between a thick and a thin group is strange for its neighbours, not for the whole")
    func local() throws {
        var random = SplitMix64(seed: 8)
        var values = (0..<400).map { $0.isMultiple(of: 2) ? 0.01 * random.gaussian() : 100 + 10 * random.gaussian() }
        values[200] = 1
        #expect(top(try output("lof:window=1", [values]).scores) == 200)
    }

    @Test("a strange window is found")
    func window() throws {
        var values = sawtooth(rows: 800)
        for row in 500..<520 { values[row] = 4 }
        #expect((450..<560).contains(top(try output("lof:window=37", [values]).scores)))
    }

    @Test("learned from some of the rows, a row is not its own neighbour")
    func training() throws {
        let values = sawtooth(rows: 200)
        let part = try output("lof:k=5,window=1", [Array(values[20..<150])]).scores
        let whole = try output("lof:k=5,window=1,reference=training", [values], training: 20..<150).scores
        #expect(zip(whole[20..<150], part).allSatisfy { isClose($0, $1, within: 1e-9) })
    }

    @Test("repeated rows have finite factors")
    func repeated() throws {
        let scores = try output("lof:k=3,window=1", [(0..<100).map { $0 == 50 ? 9 : Double($0 % 3) }]).scores
        #expect(top(scores) == 50)
        #expect(scores.enumerated().allSatisfy { $0.offset == 50 || isClose($0.element, 1, within: 1e-9) })
    }

    @Test("more neighbours than are kept are refused with the k that is taken")
    func tooLarge() throws {
        let table = try Table(columns: [(0..<50_000).map(Double.init)])
        let model = try DetectorRegistry.standard.makeBatch("lof:k=5000,window=1").fit(table, training: nil)
        let error = #expect(throws: DetectorError.self) { try model.scores(table) }
        #expect(error?.description.hasSuffix("set k to 2000 or less") == true)
    }
}
