import AuspexNumerics
import AuspexTesting
import Testing

@Suite struct MomentsTests {
    @Test(
        "mean and variance survive a large offset, where the sum of squares does not", arguments: [0.0, 1e6, 1e9, 1e12])
    func offset(offset: Double) {
        var random = SplitMix64(seed: 1)
        let values = (0..<10_000).map { _ in random.gaussian().rounded() }
        let mean = values.reduce(0, +) / 10_000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10_000
        let moments = Moments(values.map { $0 + offset })
        #expect(abs(moments.mean - offset - mean) < 1e-12 * max(1, offset))
        #expect(abs(moments.populationVariance - variance) < 1e-3 * variance)
        #expect(abs(moments.sampleVariance - moments.populationVariance * 10_000 / 9_999) < 1e-9)
    }

    @Test("nothing, one value and missing ones have defined moments")
    func edges() {
        #expect(Moments([]).mean == 0)
        #expect(Moments([]).populationVariance == 0)
        #expect(Moments([5]).mean == 5)
        #expect(Moments([5]).sampleVariance == 0)
        #expect(Moments([.nan, 4, 6]).count == 2)
        #expect(Moments([.nan, 4, 6]).populationVariance == 1)
        #expect(Moments([Double](repeating: 0.1, count: 1_000)).populationVariance < 1e-30)
    }
}
