import AuspexDetection
import AuspexTesting
import Testing

@Suite struct PrincipalComponentsTests {
    @Test("a window of one row and one column has one axis: the sum is |z − 1| over a share of 1")
    func oneFeature() throws {
        let values: [Double] = (0..<40).map { Double($0 % 4) }
        let scores = try output("pca:window=1", [values]).scores
        let (mean, deviation) = (1.5, 1.25.squareRoot())
        for (row, value) in values.enumerated() {
            #expect(isClose(scores[row], abs((value - mean) / deviation - 1), within: 1e-9))
        }
    }

    @Test("many short windows and few long ones go by different decompositions to the same scores")
    func bothWays() throws {
        // 10 windows a feature are the border: 109 rows of window 10 have 100 windows, 108 have 99.
        let values = sawtooth(rows: 109)
        let covariance = try output("pca:window=10", [values]).scores
        let windows = try output("pca:window=10", [Array(values.dropLast())]).scores
        let difference = zip(covariance, windows).map { abs($0 - $1) / $0 }.max() ?? 1
        #expect(difference < 0.2, "one window more moves the scores a little: \(difference)")
    }

    @Test("a quick tremble that no usual axis explains scores highest")
    func tremble() throws {
        var values = (0..<1_000).map { Double($0 % 25) }
        var random = SplitMix64(seed: 4)
        for row in values.indices { values[row] += 0.2 * random.gaussian() }
        for row in 500..<525 { values[row] += row.isMultiple(of: 2) ? 2 : -2 }
        let scores = try output("pca:window=25", [values]).scores
        let top = try #require(scores.indices.max { scores[$0] < scores[$1] })
        #expect((480..<545).contains(top))
    }

    @Test("a table of too many columns is refused with how many may be chosen")
    func tooWide() throws {
        let table = try Table(columns: Array(repeating: [1, 2, 3], count: 3_000))
        let error = #expect(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeBatch("pca").fit(table, training: nil)
        }
        #expect(error?.description.hasSuffix("has 3000 columns; choose at most 2048 with --value-column") == true)
    }

    @Test("a window of too many values is refused with the largest that is taken")
    func tooLarge() throws {
        let table = try Table(columns: (0..<30).map { sawtooth(seed: UInt64($0), rows: 500) })
        let error = try #require(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeBatch("pca:window=100").fit(table, training: nil)
        }
        #expect(error.description.hasSuffix("set window to 68 or less"))
        #expect(try output("pca", (0..<30).map { sawtooth(seed: UInt64($0), rows: 300) }).scores.count == 300)
    }
}
