import AuspexEvaluation
import AuspexTesting
import Testing

@Suite("Periods") struct PeriodTests {
    @Test("are the reference's", arguments: try MetricsFixture.load().periods)
    func golden(fixture: MetricsFixture.PeriodCase) {
        #expect(Period.estimate(fixture.values) == fixture.period)
    }

    @Test("are what the definition says", arguments: 0..<20)
    func naive(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let count = Int.random(in: 5...450, using: &generator)
        let season = Double(Int.random(in: 5...80, using: &generator))
        let values = (0..<count).map {
            (Double($0) / season).truncatingRemainder(dividingBy: 1) + Double.random(in: 0...0.5, using: &generator)
        }
        #expect(Period.estimate(values) == NaiveMetrics.period(values))
    }

    @Test(
        "fall back where there is no season",
        arguments: [[], [1], [1, 2, 3], [1, .nan, 3, 4, 5, 6, 7], Array(repeating: 0.1, count: 40)])
    func fallback(values: [Double]) {
        #expect(Period.estimate(values) == Period.fallback)
    }

    @Test("rows beyond the first 20,000 do not matter")
    func limit() {
        let season = (0..<20_000).map { Double($0 % 50) }
        let other = (0..<40_000).map { Double($0 % 7) * 1_000 }
        #expect(Period.estimate(season + other) == 50)
    }
}
