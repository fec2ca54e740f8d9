import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct MatrixProfileTests {
    /// Distances by their definition; nil for windows without a neighbour or with a missing value.
    private func naive(_ values: [Double], window: Int, leftOnly: Bool) -> [Double?] {
        let count = values.count - window + 1
        let exclusion = (window + 3) / 4
        let windows = (0..<count).map { start -> [Double]? in
            let raw = Array(values[start..<start + window])
            guard raw.allSatisfy({ !$0.isNaN }) else { return nil }
            let mean = raw.reduce(0, +) / Double(window)
            let deviation = (raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(window)).squareRoot()
            return raw.map { deviation > 1e-6 ? ($0 - mean) / deviation : 0 }
        }
        return (0..<count).map { one in
            guard let left = windows[one] else { return nil }
            return (0..<count).compactMap { other -> Double? in
                guard leftOnly ? other < one - exclusion : abs(other - one) > exclusion, let right = windows[other]
                else { return nil }
                return zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            }.min()
        }
    }

    private func check(_ values: [Double], window: Int) {
        for leftOnly in [false, true] {
            let expected = naive(values, window: window, leftOnly: leftOnly)
            let found = ProfileSearch(values, window: window, leftOnly: leftOnly).distances()
            #expect(found.count == expected.count)
            for (index, pair) in zip(found, expected).enumerated() {
                switch pair {
                case (nil, nil): break
                case (let one?, let other?): #expect(isClose(one, other, within: 1e-7), "window \(index)")
                default: Issue.record("window \(index): \(pair)")
                }
            }
        }
    }

    @Test("distances are those of the definition", arguments: [(40, 3), (100, 8), (300, 25), (130, 100)])
    func definition(rows: Int, window: Int) {
        check(sawtooth(seed: 5, rows: rows), window: window)
    }

    @Test("constant windows are like each other, and unlike all others")
    func constant() {
        var values = sawtooth(rows: 200)
        for row in 50..<70 { values[row] = 3 }
        check(values, window: 8)
        for row in 150..<165 { values[row] = -1 }
        check(values, window: 8)
        check([Double](repeating: 2, count: 30), window: 5)
        check((0..<60).map { $0 < 50 ? 0 : Double($0) }, window: 6)
    }

    @Test("windows with a missing value take no part")
    func missing() throws {
        var values = sawtooth(rows: 200)
        for row in [0, 60, 61, 130, 199] { values[row] = .nan }
        check(values, window: 8)
        let notes = try output("matrixprofile:window=8", [values]).notes
        #expect(notes == ["19 of 193 windows have a missing value and score 0"])
    }

    @Test("tiles and blocks leave no seam: 2,200 rows cross their borders")
    func seams() {
        let values = sawtooth(seed: 6, rows: 2_200)
        let found = ProfileSearch(values, window: 10, leftOnly: false).distances()
        let count = found.count
        for one in [0, 1_023, 1_024, 2_047, 2_048, count - 1] {
            var best = Double.infinity
            for other in 0..<count where abs(one - other) > 3 {
                let pair = [values[one..<one + 10], values[other..<other + 10]].map { window -> [Double] in
                    let mean = window.reduce(0, +) / 10
                    let deviation = (window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10).squareRoot()
                    return window.map { ($0 - mean) / deviation }
                }
                best = min(best, zip(pair[0], pair[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot())
            }
            #expect(isClose(found[one] ?? -1, best, within: 1e-8), "window \(one)")
        }
    }

    @Test("with neighbours=left no row's score depends on what comes after it")
    func causal() throws {
        let values = sawtooth(rows: 300)
        let whole = try output("matrixprofile:window=15,neighbours=left", [values]).scores
        for end in [60, 151, 299] {
            let part = try output("matrixprofile:window=15,neighbours=left", [Array(values[..<end])]).scores
            #expect(zip(part, whole).allSatisfy { isClose($0, $1, within: 1e-8) })
        }
    }

    @Test("a form that occurs once scores highest, whatever its height")
    func form() throws {
        var random = SplitMix64(seed: 3)
        var values = (0..<1_000).map { Double($0 % 25) + 0.3 * random.gaussian() + Double($0) }
        for row in 500..<525 { values[row] += 24 - 2 * Double(row % 25) }
        #expect((480..<545).contains(top(try output("matrixprofile:window=25", [values]).scores)))
        let left = try output("matrixprofile:window=25,neighbours=left", [values]).scores
        #expect((500..<560).contains(top([Double](repeating: 0, count: 200) + left[200...])))
    }

    @Test("a table of too many rows is refused with how many are taken")
    func tooLarge() throws {
        let table = try Table(columns: [[Double](repeating: 0, count: 700_000)])
        let model = try DetectorRegistry.standard.makeBatch("matrixprofile:window=100").fit(table, training: nil)
        let error = #expect(throws: DetectorError.self) { try model.scores(table) }
        #expect(error?.description.contains("score it in parts of 632554 rows") == true)
    }
}
