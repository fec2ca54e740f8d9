import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite("Forecasting one series")
struct SeriesForecasterTests {
    private func learned(_ values: [Double], step: Int64 = 60_000) -> SeriesForecaster {
        var forecaster = SeriesForecaster()
        for (row, value) in values.enumerated() {
            forecaster.update(time: Timestamp(milliseconds: Int64(row) * step), value: value)
        }
        return forecaster
    }

    private func ramp(_ count: Int, slope: Double, noise: Double, seed: UInt64 = 1) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { 10 + slope * Double($0) + noise * random.gaussian() }
    }

    // MARK: Bands

    /// The share of values that the bands hold, over forecasts made all along `count` samples of each seed.
    private func coverage(_ wanted: Double, ahead: Int, _ make: (inout SplitMix64) -> [Double]) -> Double {
        var (inside, asked) = (0, 0)
        for seed in 1...8 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            let values = make(&random)
            var forecaster = SeriesForecaster()
            for (row, value) in values.enumerated() {
                forecaster.update(time: Timestamp(milliseconds: Int64(row) * 60_000), value: value)
                guard row % 4 == 0, row + ahead < values.count else { continue }
                guard let band = forecaster.forecast(at: .minutes(Int64(ahead)), coverage: wanted).answer else {
                    continue
                }
                asked += 1
                if band.lower <= values[row + ahead], values[row + ahead] <= band.upper { inside += 1 }
            }
        }
        return asked > 1_000 ? Double(inside) / Double(asked) : .nan
    }

    @Test(
        "bands of ramps with noise hold the share that was asked for, within 6 points below and the rest above",
        arguments: [8, 60], [0.8, 0.95])
    func coverageOfRamps(ahead: Int, wanted: Double) {
        let found = coverage(wanted, ahead: ahead) { random in
            let slope = 0.2 * random.gaussian()
            return (0..<1_000).map { 10 + slope * Double($0) + random.gaussian() }
        }
        #expect(found >= wanted - 0.06 && found <= min(1, wanted + 0.12), "\(found)")
    }

    @Test(
        "bands of random walks hold the share that was asked for, within 10 points", arguments: [8, 60], [0.8, 0.95])
    func coverageOfWalks(ahead: Int, wanted: Double) {
        let found = coverage(wanted, ahead: ahead) { random in
            var value = 0.0
            return (0..<1_000).map { _ in
                value += random.gaussian()
                return value
            }
        }
        #expect(found >= wanted - 0.1 && found <= min(1, wanted + 0.12), "\(found)")
    }

    @Test("a band for more contains the band for less, and a farther one is not narrower")
    func nesting() throws {
        let forecaster = learned(ramp(600, slope: 0.1, noise: 1))
        var widest = 0.0
        for ahead in [1, 2, 3, 7, 16, 40, 100, 200] as [Int64] {
            let wide = try #require(forecaster.forecast(at: .minutes(ahead), coverage: 0.95).answer)
            let narrow = try #require(forecaster.forecast(at: .minutes(ahead), coverage: 0.8).answer)
            #expect(wide.lower <= narrow.lower && narrow.upper <= wide.upper && narrow.lower <= narrow.value)
            #expect(wide.upper - wide.lower >= widest * (1 - 1e-12))
            widest = wide.upper - wide.lower
        }
    }

    // MARK: When

    @Test("a disk that fills by half a percent a minute is full when it should be")
    func filling() throws {
        let values = ramp(140, slope: 0.5, noise: 0.2)
        let arrival = try #require(learned(values).timeToReach(100, .rising).answer)
        // 10 + 0.5 t = 100 at t = 180; the last sample came at 139.
        let expected = try #require(arrival.expected)
        let (earliest, latest) = (try #require(arrival.earliest), try #require(arrival.latest))
        #expect(abs(Double(expected.milliseconds) / 60_000 - 41) < 3)
        #expect(earliest <= expected && expected <= latest)
        #expect(earliest >= .minutes(30) && latest <= .minutes(55))
    }

    @Test("a threshold that lies the other way or too far ahead is not reached, and one behind has been")
    func notReached() throws {
        let forecaster = learned(ramp(300, slope: 0.5, noise: 0.2))
        let behind = try #require(forecaster.timeToReach(50, .rising).answer)
        #expect(behind.earliest == .zero && behind.expected == .zero && behind.latest == .zero)
        let falling = try #require(forecaster.timeToReach(50, .falling).answer)
        #expect(falling.expected == nil && falling.latest == nil)
        let far = try #require(forecaster.timeToReach(1e6, .rising).answer)
        #expect(far.earliest == nil && far.expected == nil && far.latest == nil && far.horizon > .minutes(60))
    }

    @Test("a disk that is cleaned up keeps the rate at which it fills")
    func sawtooth() throws {
        var random = SplitMix64(seed: 3)
        let values = (0..<1_015).map { 20 + 0.2 * Double($0 % 250) + 0.1 * random.gaussian() }
        // Fifteen minutes after the fourth cleaning.
        let forecast = try #require(learned(values).forecast(at: .minutes(100)).answer)
        #expect(abs(forecast.value - (20 + 0.2 * 114)) < 3, "\(forecast)")
        #expect(forecast.upper - forecast.lower < 15, "\(forecast)")
    }

    @Test("stairs are a slope, not a row of resets")
    func stairs() throws {
        let forecast = try #require(learned((0..<1_500).map { Double($0 / 40) }).forecast(at: .minutes(400)).answer)
        #expect(abs(forecast.value - 47) < 2.5, "\(forecast)")
    }

    @Test("twenty samples after a step, an eighth of it is left in the forecast at most")
    func step() throws {
        var values = ramp(400, slope: 0, noise: 0.5)
        for row in 380..<400 { values[row] += 50 }
        let forecast = try #require(learned(values).forecast(at: .minutes(10)).answer)
        #expect(abs(forecast.value - 60) < 50.0 / 8, "\(forecast)")
    }

    @Test("a spike moves nothing")
    func spike() throws {
        var values = ramp(400, slope: 0.1, noise: 0.5)
        let before = try #require(learned(values).forecast(at: .minutes(60)).answer)
        values[399] = 1e6
        let after = try #require(learned(values).forecast(at: .minutes(60)).answer)
        #expect(abs(after.value - before.value) < 3 && after.upper - after.lower < 20, "\(before) \(after)")
    }

    @Test("a slope that begins is followed")
    func bend() throws {
        let values = ramp(600, slope: 0, noise: 0.2).enumerated().map { $1 + 0.5 * Double(max(0, $0 - 500)) }
        let forecast = try #require(learned(values).forecast(at: .minutes(30)).answer)
        #expect(abs(forecast.value - (10 + 0.5 * 129)) < 6, "\(forecast)")
    }

    // MARK: Times

    @Test("times count, not rows: samples left out at random and jitter change little")
    func irregular() throws {
        var random = SplitMix64(seed: 5)
        var forecaster = SeriesForecaster()
        for row in 0..<900 where random.uniform() < 0.7 {
            let jitter = Int64(20_000 * (random.uniform() - 0.5))
            let value = 10 + 0.1 * Double(row) + 0.2 * random.gaussian()
            forecaster.update(time: Timestamp(milliseconds: Int64(row) * 60_000 + jitter), value: value)
        }
        let forecast = try #require(forecaster.forecast(at: .minutes(60)).answer)
        #expect(abs(forecast.value - (10 + 0.1 * 959)) < 1.5, "\(forecast)")
    }

    @Test("after a long gap the level is that of the first sample, and the slope that of before")
    func gap() throws {
        var forecaster = learned(ramp(400, slope: 0.1, noise: 0.1))
        for row in 0..<30 {
            let time = Timestamp(milliseconds: Int64(3_000 + row) * 60_000)
            forecaster.update(time: time, value: 5 + 0.1 * Double(row))
        }
        let forecast = try #require(forecaster.forecast(at: .minutes(60)).answer)
        #expect(abs(forecast.value - (5 + 0.1 * 89)) < 3, "\(forecast)")
    }

    // MARK: Little to go by

    @Test("nothing is said before enough forecasts have been checked, and how many are missing is")
    func warmUp() {
        #expect(SeriesForecaster().forecast(at: .hours(1)) == .warmingUp(seen: 0, needed: 20))
        #expect(learned([1]).timeToReach(5) == .warmingUp(seen: 0, needed: 20))
        let short = learned(ramp(60, slope: 0.1, noise: 0.1))
        #expect(short.forecast(at: .minutes(5)).answer != nil)
        guard case .warmingUp(let seen, 20) = short.forecast(at: .hours(10)) else {
            Issue.record("60 minutes say nothing of ten hours")
            return
        }
        #expect(seen < 20)
        guard case .tooFar(let longest) = short.forecast(at: .hours(100_000)) else {
            Issue.record("eleven years are too far ahead for minutes")
            return
        }
        #expect(longest == .minutes(4 * 4_096))
    }

    @Test("a constant series stays what it is, with no band at all")
    func constant() throws {
        let forecaster = learned([Double](repeating: 7, count: 300))
        #expect(forecaster.forecast(at: .minutes(60)).answer == Expectation(value: 7, lower: 7, upper: 7))
        #expect(try #require(forecaster.timeToReach(8).answer).earliest == nil)
    }

    @Test("missing, repeated and late samples change nothing, and wild ones leave all finite")
    func oddSamples() throws {
        var forecaster = learned(ramp(300, slope: 0.1, noise: 1))
        let before = forecaster
        let last = Timestamp(milliseconds: 299 * 60_000)
        forecaster.update(time: last + .minutes(1), value: .nan)
        forecaster.update(time: last + .minutes(1), value: .infinity)
        forecaster.update(time: last, value: 5)
        forecaster.update(time: last - .minutes(5), value: 5)
        #expect(forecaster == before)
        for (place, value) in [1.7e308, -1.7e308, 0, 1e300, .leastNonzeroMagnitude, 3].enumerated() {
            forecaster.update(time: last + .minutes(Int64(place) + 1), value: value)
            let band = try #require(forecaster.forecast(at: .minutes(60)).answer)
            #expect(band.value.isFinite && band.lower.isFinite && band.upper.isFinite)
            #expect(band.lower <= band.value && band.value <= band.upper)
        }
    }

    // MARK: State

    @Test("what is restored goes on to the last bit, from any moment")
    func snapshots() throws {
        var random = SplitMix64(seed: 9)
        var forecaster = SeriesForecaster()
        for row in 0..<700 {
            let jump = row > 400 ? -30.0 : 0
            let time = Timestamp(milliseconds: Int64(row) * 60_000 + (row > 600 ? 10_000_000 : 0))
            forecaster.update(time: time, value: jump + 0.1 * Double(row) + random.gaussian())
            guard [0, 5, 16, 17, 100, 403, 601, 650].contains(row) else { continue }
            let restored = try SeriesForecaster(restoring: forecaster.snapshot())
            #expect(restored == forecaster)
            forecaster = restored
        }
    }

    @Test("however long the series, the state stays within 30 KB")
    func boundedState() {
        let forecaster = learned(ramp(9_000, slope: 0.01, noise: 1))
        let calibrated = forecaster.records.count { $0.isCalibrated }
        #expect(calibrated == SeriesForecaster.doublings - 1 || calibrated == SeriesForecaster.doublings)
        #expect(forecaster.snapshot().count < 30_000, "\(forecaster.snapshot().count)")
    }

    @Test("damaged bytes are refused")
    func damaged() {
        let bytes = learned(ramp(100, slope: 0.1, noise: 1)).snapshot()
        for place in stride(from: 0, to: bytes.count, by: 97) {
            var wrong = bytes
            wrong[place] ^= 0x40
            #expect(throws: DetectorError.self) { try SeriesForecaster(restoring: wrong) }
        }
        #expect(throws: DetectorError.self) { try SeriesForecaster(restoring: Array(bytes.dropLast())) }
    }

    // MARK: Lines

    @Test("a line is the weighted least-squares line, computed naively")
    func naiveLine() {
        var random = SplitMix64(seed: 11)
        var line = LocalLine(memory: 20)
        var samples: [(time: Double, value: Double)] = []
        var time = 1e6
        for row in 0..<80 {
            let elapsed = row == 0 ? 0 : 0.2 + 2 * random.uniform()
            time += elapsed
            samples.append((time, 3 * random.gaussian() + 0.4 * time))
            line.learn(samples[row].value, at: time, elapsed: elapsed)
        }
        let weights = samples.map { exp(($0.time - time) / 20) }
        let total = weights.reduce(0, +)
        let meanTime = zip(weights, samples).reduce(0) { $0 + $1.0 * $1.1.time } / total
        let meanValue = zip(weights, samples).reduce(0) { $0 + $1.0 * $1.1.value } / total
        let cross = zip(weights, samples).reduce(0) { $0 + $1.0 * ($1.1.time - meanTime) * ($1.1.value - meanValue) }
        let square = zip(weights, samples).reduce(0) { $0 + $1.0 * ($1.1.time - meanTime) * ($1.1.time - meanTime) }
        #expect(abs(line.slope - cross / square) < 1e-9)
        #expect(abs(line.value(at: time) - (meanValue + cross / square * (time - meanTime))) < 1e-6)
    }
}
