import AuspexDetection
import AuspexSignals
import Testing

@Suite struct StandardScoreTests {
    @Test("the score is the distance from the mean in standard deviations, and the band is around it")
    func definition() throws {
        let result = try output("zscore:band=2", [[1, 2, 3, 4, .nan, 10]])
        // Mean 4, variance (9 + 4 + 1 + 0 + 36) / 5 = 10.
        #expect(isClose(result.scores[5], 6 / 10.0.squareRoot(), within: 1e-8))
        #expect(result.scores[3] == 0 && result.scores[4] == 0)
        let expectation = try #require(result.expectations?[0])
        #expect(expectation.value == 4)
        #expect(isClose(expectation.upper, 4 + 2 * 10.0.squareRoot(), within: 1e-12))
    }

    @Test("one value cannot be farther out than √(n − 1), however large: anomalies hide themselves")
    func masking() throws {
        let values = [Double](repeating: 0, count: 16) + [1e9]
        #expect(isClose(try output("zscore", [values]).scores[16], 4, within: 1e-6))
    }
}
