import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct RobustHoltWintersTests {
    private func readings(
        _ values: [Double], _ specification: String = "holtwinters", times: [Timestamp]? = nil
    ) throws -> [RawReading] {
        var stream = try DetectorRegistry.standard.makeStreaming(specification)
        return zip(times ?? minutes(values.count), values).map { stream.update(time: $0, value: $1) }
    }

    /// Hours of days with a pattern of 24 and noise of deviation 0.3, from a midnight.
    private func days(_ count: Int, seed: UInt64 = 3) -> (values: [Double], times: [Timestamp]) {
        var random = SplitMix64(seed: seed)
        let values = (0..<24 * count).map { Double(($0 % 24) * ($0 % 24)) / 10 + 0.3 * random.gaussian() }
        let midnight = Timestamp(milliseconds: 1_772_323_200_000)
        return (values, values.indices.map { midnight + .hours(Int64($0)) })
    }

    @Test("the recursion is that of Gelper, Fried and Croux, in numbers of a program that follows the paper's formulas")
    func golden() {
        let values = [
            11.2, 8.9, 12.1, 11.4, 13.3, 9.6, 40, 12.6, 14.1, 10.9, 13, 12.2, 13.9, -20, 13.5, 13.1,
        ]
        let forecasts = [
            11.45, 8.7665, 11.666109, 12.143309514, 12.675007838644, 10.168072124724, 12.738851436477, 13.533541841242,
            14.052899908182, 11.211929392494, 13.977964187634, 13.497870666632, 13.771121421589, 10.74906018654,
            12.724963453951, 12.617066572975,
        ]
        let deviations = [
            0.977657632045, 0.953781991377, 0.938669919244, 0.938882773707, 0.932952665901, 0.924465830665,
            0.958952287418, 0.968501578222, 0.944089539346, 0.92503296843, 0.938285693001, 0.965163883151,
            0.941555566332, 0.976679541975, 0.976987647438, 0.963068255146,
        ]
        var smoothing = RobustSmoothing(.init(level: 0.3, trend: 0.2, season: 0.1, damping: 0.9))
        (smoothing.level, smoothing.trend, smoothing.variance) = (10, 0.5, 1)
        var season = [1, -2, 0.5, 0.5]
        for (row, value) in values.enumerated() {
            smoothing.advance(by: 1)
            let forecast = smoothing.level + season[row % 4]
            #expect(isClose(forecast, forecasts[row], within: 1e-11), "row \(row): \(forecast)")
            let cleaned = smoothing.learn(value - forecast, scaleShare: 0.05)
            season[row % 4] += 0.1 * (1 - 0.3) * cleaned
            #expect(isClose(smoothing.deviation, deviations[row], within: 1e-11), "row \(row): \(smoothing.deviation)")
        }
    }

    @Test("a gap is as many steps as would have been in it", arguments: [0.0, 0.5, 0.9, 1.0])
    func gap(damping: Double) {
        var once = RobustSmoothing(.init(level: 0.3, trend: 0.2, season: 0, damping: damping))
        (once.level, once.trend) = (10, 0.5)
        var many = once
        once.advance(by: 7)
        for _ in 0..<7 { many.advance(by: 1) }
        #expect(isClose(once.level, many.level, within: 1e-12) && isClose(once.trend, many.trend, within: 1e-12))
    }

    @Test("the line to start from is that of most of the points")
    func repeatedMedian() throws {
        var values = (0..<30).map { 5 + 0.5 * Double($0) }
        for row in stride(from: 0, to: 28, by: 3) { values[row] = 1e6 }
        let line = try #require(RepeatedMedian.line(values))
        #expect(isClose(line.end, 19.5, within: 1e-12) && isClose(line.slope, 0.5, within: 1e-12))
        #expect(line.deviation < 1e-12)
        #expect(RepeatedMedian.line([1]) == nil && RepeatedMedian.line([]) == nil)
    }

    @Test("30 samples of warm-up without a season")
    func warmUp() throws {
        let readings = try readings(sawtooth(rows: 60))
        for (index, reading) in readings[..<30].enumerated() {
            #expect(reading.readiness == .warmingUp(seen: index + 1, needed: 30))
        }
        #expect(readings[30...].allSatisfy { $0.readiness == .ready && $0.expectation != nil })
    }

    @Test("two cycles of warm-up with a season, told in samples at the usual step")
    func seasonalWarmUp() throws {
        let (values, times) = days(4)
        let readings = try readings(values, "holtwinters:period=1d,slots=24", times: times)
        #expect(readings[10].readiness == .warmingUp(seen: 11, needed: 49))
        #expect(readings[..<48].allSatisfy { $0.readiness != .ready })
        #expect(readings[48...].allSatisfy { $0.readiness == .ready })
    }

    @Test("a value that is usual at another hour scores high, one of its hour does not")
    func season() throws {
        var (values, times) = days(20)
        values[24 * 15 + 3] = 40
        let plain = try readings(values, times: times)
        let seasonal = try readings(values, "holtwinters:period=1d,slots=24", times: times)
        #expect(seasonal[24 * 15 + 3].rawScore > 50)
        #expect(plain[24 * 15 + 3].rawScore < 20)
        #expect(seasonal[(24 * 7)...].enumerated().allSatisfy { $0.offset == 24 * 8 + 3 || $0.element.rawScore < 7 })
        let meanSquare =
            seasonal[(24 * 10)..<(24 * 15)].reduce(0) { $0 + $1.rawScore * $1.rawScore } / Double(24 * 5)
        #expect((0.6...1.5).contains(meanSquare), "\(meanSquare)")
    }

    @Test("the season goes by the time: missing hours and days don't shift it")
    func holes() throws {
        let (values, times) = days(40)
        var random = SplitMix64(seed: 8)
        let kept = values.indices.filter { $0 < 72 || (random.uniform() < 0.6 && !(400..<500).contains($0)) }
        let readings = try readings(
            kept.map { values[$0] }, "holtwinters:period=1d,slots=24", times: kept.map { times[$0] })
        #expect(readings.dropFirst(200).allSatisfy { $0.rawScore < 8 })
    }

    @Test("many samples in a slot teach it no more than few, a cycle")
    func dense() throws {
        var random = SplitMix64(seed: 4)
        let times = minutes(24 * 60 * 8, from: 1_772_323_200_000)
        var values = times.map { time in
            Double((time.milliseconds / 3_600_000) % 24) + 0.2 * random.gaussian()
        }
        // A noon of one day that is 9 higher for the whole hour: the next day's noon is expected where it always was.
        for row in (24 * 60 * 5 + 12 * 60)..<(24 * 60 * 5 + 13 * 60) { values[row] += 9 }
        let readings = try readings(values, "holtwinters:period=1d,slots=24", times: times)
        let next = try #require(readings[24 * 60 * 6 + 12 * 60 + 30].expectation)
        #expect(abs(next.value - 12) < 1.5, "\(next)")
    }

    @Test("a spike hardly moves level and scale; a shift is learned after six samples")
    func spikeAndShift() throws {
        var random = SplitMix64(seed: 5)
        var values = (0..<600).map { _ in 50 + random.gaussian() }
        values[200] = 5_000
        for row in 400..<600 { values[row] += 100 }
        let readings = try readings(values)
        #expect(readings[200].rawScore > 1_000)
        #expect(readings[201..<400].allSatisfy { $0.rawScore < 7 })
        #expect(readings[400..<406].allSatisfy { $0.rawScore > 50 })
        #expect(readings[406...].allSatisfy { $0.rawScore < 7 })
    }

    @Test("noise after silence is learned, and so is silence after noise")
    func noiseAfterSilence() throws {
        var random = SplitMix64(seed: 6)
        let values =
            [Double](repeating: 50, count: 200) + (0..<400).map { _ in 50 + random.gaussian() }
            + [Double](repeating: 50, count: 2_000) + [51]
        let readings = try readings(values)
        #expect(readings[..<200].allSatisfy { $0.rawScore == 0 })
        #expect(readings[200].rawScore > 1e6)
        #expect(readings[300..<600].allSatisfy { $0.rawScore < 7 })
        #expect((readings.last?.rawScore ?? 0) > 20)
    }

    @Test("a trend is followed, and damped where nothing supports it any more")
    func trend() throws {
        var random = SplitMix64(seed: 7)
        let values = (0..<500).map { 0.5 * Double($0) + random.gaussian() }
        let readings = try readings(values, "holtwinters:beta=0.1,phi=1")
        for row in 100..<500 {
            let expected = try #require(readings[row].expectation).value
            #expect(abs(expected - 0.5 * Double(row)) < 3.5)
        }
    }

    @Test(
        "a period that is none is refused with what would be right",
        arguments: ["1", "1x", "1s", "367d", "-1d", "", "auto", "9999999w"])
    func badPeriod(period: String) throws {
        let error = try #require(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeStreaming("holtwinters:period=\(period)")
        }
        if !period.isEmpty { #expect(error.description.contains("none, or a span from 2s to 366d"), "\(error)") }
    }

    @Test("the most slots take 4 KB, and a snapshot continues in every phase to the bit")
    func snapshots() throws {
        let (values, times) = days(6)
        var stream = try DetectorRegistry.standard.makeStreaming("holtwinters:period=1d,slots=288")
        for (time, value) in zip(times, values) {
            let restored = try DetectorRegistry.standard.restoreStreaming("holtwinters", from: stream.snapshot())
            var other = restored
            #expect(stream.update(time: time, value: value) == other.update(time: time, value: value))
            #expect(stream.snapshot() == other.snapshot())
        }
        #expect(stream.snapshot().count < 4_096)
    }

    @Test("times at the ends of the range do no harm")
    func extremeTimes() throws {
        var stream = try DetectorRegistry.standard.makeStreaming("holtwinters:period=1d")
        let times: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        for time in times {
            #expect(stream.update(time: Timestamp(milliseconds: time), value: 1).rawScore == 0)
        }
    }
}
