import AuspexDetection
import AuspexSignals
import AuspexTesting
import Testing

@Suite struct HoltWintersTests {
    private func days(_ count: Int, slope: Double = 0) -> [Double] {
        var random = SplitMix64(seed: 9)
        return (0..<24 * count).map { Double($0 % 24) + slope * Double($0) + 0.2 * random.gaussian() }
    }

    @Test("a value strange for its hour is found, also while the level climbs", arguments: [0, 0.05])
    func wrongHour(slope: Double) throws {
        var values = days(30, slope: slope)
        values[500] -= 8
        #expect(top(try output("holtwinters", [values]).scores) == 500)
    }

    @Test("with all weights 0 it is the seasonal residual around the first level")
    func still() throws {
        let values = days(20)
        let scores = try output("holtwinters:alpha=0,beta=0,gamma=0,period=24", [values]).scores
        let seasonal = try output("seasonal:period=24", [values]).scores
        #expect(zip(scores, seasonal).allSatisfy { isClose($0, $1, within: 1e-6) })
    }

    @Test("with alpha 1 and no cycle a value is expected to be the last one")
    func last() throws {
        let values = sawtooth()
        let result = try output("holtwinters:alpha=1,beta=0,period=1,band=1", [values])
        let expectations = try #require(result.expectations)
        for row in 1..<values.count {
            let band = try #require(expectations[row])
            #expect(isClose(band.value - values[row - 1], (expectations[1]?.value ?? 0) - values[0], within: 1e-9))
        }
    }

    @Test("a gap leaves level and cycle as they are")
    func gap() throws {
        var values = days(30)
        for row in 400..<424 { values[row] = .nan }
        let scores = try output("holtwinters", [values]).scores
        #expect(scores[400..<424].allSatisfy { $0 == 0 })
        #expect(scores[424..<430].allSatisfy { $0 < 6 })
    }
}
