import AuspexNumerics
import AuspexTesting
import Testing

@Suite struct AutocorrelationTests {
    static func series(_ kind: String, seed: UInt64, count: Int) -> [Double] {
        var random = SplitMix64(seed: seed)
        var state = 0.0
        return (0..<count).map { row in
            let noise = random.gaussian()
            switch kind {
            case "autoregressive":
                state = 0.9 * state + noise
                return state
            case "walk":
                state += noise
                return state
            case "sawtooth": return Double(row % 37) / 4 + noise
            case "rounded": return Double(row % 50) + (2 * noise + 0.5).rounded(.down)
            case "slow": return Double(row % 301) / 20 + noise
            case "beyond": return Double(row % 350) / 20 + noise
            default: return noise
            }
        }
    }

    @Test("autocovariances agree with their definition", arguments: [1, 2, 3, 50, 500])
    func definition(count: Int) {
        let values = Self.series("autoregressive", seed: 4, count: count)
        let mean = values.reduce(0, +) / Double(count)
        let actual = Autocorrelation.autocovariance(values, lags: 400)
        #expect(actual.count == min(401, count))
        for (lag, value) in actual.enumerated() {
            let naive = (0..<count - lag).reduce(0.0) { $0 + (values[$1] - mean) * (values[$1 + lag] - mean) }
            #expect(abs(value - naive) < 1e-9 * max(1, actual[0]))
        }
    }

    /// Periods that the benchmark's rule gives for the same series, computed with numpy by Fourier transform: for seeds 1
    /// to 4 with 200, 1,000, 5,000 and 25,000 rows.
    static let golden: [(kind: String, periods: [Int])] = [
        ("noise", [17, 112, 72, 302]), ("autoregressive", [61, 220, 73, 298]), ("walk", [125, 197, 125, 125]),
        ("sawtooth", [37, 37, 37, 37]), ("rounded", [50, 50, 50, 50]), ("slow", [32, 301, 301, 301]),
        ("beyond", [32, 125, 125, 125]),
    ]

    @Test("the dominant period is the benchmark's, to the row", arguments: golden.indices)
    func periods(index: Int) {
        let (kind, periods) = Self.golden[index]
        for (number, count) in [200, 1_000, 5_000, 25_000].enumerated() {
            let values = Self.series(kind, seed: UInt64(number + 1), count: count)
            #expect(Autocorrelation.dominantPeriod(values) == periods[number], "\(kind), \(count) rows")
        }
    }

    @Test(
        "series without a period fall back to 125",
        arguments: [
            [], [1], [1, 2], [1, 2, 3], [Double](repeating: 4.2, count: 500), [.nan, 1, 2, 3, 4, 5, 6, 7, 8],
        ])
    func fallback(values: [Double]) {
        #expect(Autocorrelation.dominantPeriod(values) == Autocorrelation.fallbackPeriod)
        #expect(Autocorrelation.peak(values) == nil)
    }

    @Test("a peak tells how clearly the period shows")
    func strength() throws {
        let clear = try #require(Autocorrelation.peak(Self.series("rounded", seed: 1, count: 5_000)))
        #expect(clear.correlation > 0.9)
        let noise = try #require(Autocorrelation.peak(Self.series("noise", seed: 3, count: 5_000)))
        #expect(noise.correlation < 0.1)
    }
}
