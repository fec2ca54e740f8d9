import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct SeasonalStreamTests {
    private func readings(
        _ values: [Double], _ times: [Timestamp], _ specification: String
    ) throws -> (readings: [RawReading], stream: SeasonalStream) {
        var stream = try SeasonalStream(
            parameters: ParameterValues(specification: specification, descriptor: SeasonalStream.descriptor))
        return (zip(times, values).map { stream.update(time: $0, value: $1) }, stream)
    }

    /// Every half hour from a moment, for some days.
    private func halfHours(_ start: String, days: Int) throws -> [Timestamp] {
        let first = try #require(Timestamp(iso8601: start))
        return (0..<48 * days).map { first + .minutes(30 * Int64($0)) }
    }

    /// Work from 9 to 17 o'clock by a clock that is `offset` ahead of UTC at each moment.
    private func work(
        _ times: [Timestamp], seed: UInt64 = 1, weekend: Bool = false, offset: (Timestamp) -> TimeSpan = { _ in .zero }
    ) -> [Double] {
        var random = SplitMix64(seed: seed)
        return times.map { time in
            let local = (time + offset(time)).milliseconds
            let hour = Int(local / 3_600_000 % 24)
            let day = Int((local / 86_400_000 + 3) % 7)
            let works = (9..<17).contains(hour) && !(weekend && day >= 5)
            return (works ? 100 : 10) + random.gaussian()
        }
    }

    @Test("a quiet noon and a busy night score high, the usual ones do not")
    func day() throws {
        let times = try halfHours("2026-01-05T00:00:00Z", days: 21)
        var values = work(times)
        values[48 * 15 + 24] = 10
        values[48 * 16 + 4] = 100
        let (readings, stream) = try readings(values, times, "seasonal")
        #expect(stream.period == .day)
        let strange = [48 * 15 + 24, 48 * 16 + 4]
        #expect(strange.allSatisfy { readings[$0].rawScore > 30 })
        #expect(readings.indices.dropFirst(48 * 6).allSatisfy { strange.contains($0) || readings[$0].rawScore < 8 })
        let band = try #require(readings[48 * 20 + 24].expectation)
        #expect(abs(band.value - 100) < 1.5 && band.upper - band.lower < 12)
    }

    @Test("a working week is found, and then a busy Sunday scores high and a quiet one does not")
    func week() throws {
        let times = try halfHours("2026-01-05T00:00:00Z", days: 49)
        var values = work(times, weekend: true)
        let sunday = 48 * (6 * 7 + 6) + 24
        values[sunday] = 100
        let (readings, stream) = try readings(values, times, "seasonal")
        #expect(stream.period == .week)
        #expect(readings[sunday].rawScore > 30)
        #expect(readings.indices.dropFirst(48 * 35).allSatisfy { $0 == sunday || readings[$0].rawScore < 8 })
    }

    @Test("noise has no cycle, and a cycle that ends is given up")
    func learnedPeriod() throws {
        let times = try halfHours("2026-01-05T00:00:00Z", days: 60)
        var random = SplitMix64(seed: 9)
        let noise = times.map { _ in 10 + random.gaussian() }
        #expect(try readings(noise, times, "seasonal").stream.period == .none)
        let values = Array(work(times).prefix(48 * 15)) + noise.dropFirst(48 * 15)
        let (_, before) = try readings(Array(values.prefix(48 * 15)), times, "seasonal:halflife=3d")
        #expect(before.period == .day)
        #expect(try readings(values, times, "seasonal:halflife=3d").stream.period == .none)
    }

    @Test("between the shares at which a cycle is taken up and given up, the choice stays as it is")
    func hysteresis() {
        var choice = PeriodChoice(fixed: nil, slotsOfDay: 1)
        func decide(_ explained: Double) -> PeriodChoice.Period {
            choice.rescale(by: 0)
            choice.observeDay(without: 1, with: (1 - explained).squareRoot(), weight: 1, isNewVisit: true)
            choice.decide()
            return choice.period
        }
        #expect([0.15, 0.21, 0.15, 0.09, 0.15, 0.5, -1].map(decide) == [.none, .day, .day, .none, .none, .day, .none])
    }

    @Test("a slot that was seen too seldom leaves the word to the day's, and that to all")
    func fallback() throws {
        let times = try halfHours("2026-01-05T00:00:00Z", days: 10)
        let values = work(times)
        let (readings, _) = try readings(values, times, "seasonal:period=week")
        // On the second day there is only the value of all times; on the fourth there are two days.
        let second = try #require(readings[48 + 24].expectation).value
        let fourth = try #require(readings[48 * 3 + 24].expectation).value
        #expect(second < 90 && abs(fourth - 100) < 2)
    }

    @Test(
        "habits keep their hour when the clocks of Berlin change, in spring and in autumn",
        arguments: [("2026-03-09T00:00:00Z", 20, 1, 2), ("2026-10-05T00:00:00Z", 20, 2, 1)])
    func berlin(start: String, switchDay: Int, before: Int64, after: Int64) throws {
        let times = try halfHours(start, days: 27)
        // 29 March and 25 October 2026, 01:00 UTC.
        let change = times[48 * switchDay + 2]
        let values = work(times) { .hours($0 < change ? before : after) }
        let (local, _) = try readings(values, times, "seasonal:period=day,zone=Europe/Berlin")
        let (utc, _) = try readings(values, times, "seasonal:period=day")
        let days = (48 * (switchDay + 1))..<(48 * (switchDay + 4))
        #expect(local[days].allSatisfy { $0.rawScore < 8 })
        #expect(utc[days].contains { $0.rawScore > 20 })
    }

    @Test("half hours count: Kolkata is 5:30 ahead, and Lord Howe's summer time is half an hour")
    func halfHourOffsets() throws {
        let times = try halfHours("2026-03-16T00:00:00Z", days: 27)
        let kolkata = work(times) { _ in .minutes(330) }
        let (readings, stream) = try readings(kolkata, times, "seasonal:slots=24,zone=Asia/Kolkata")
        #expect(stream.period == .day)
        #expect(readings[(48 * 8)...].allSatisfy { $0.rawScore < 8 })
        // In UTC the slot in which work begins would hold both.
        let (mixed, _) = try self.readings(kolkata, times, "seasonal:slots=24,period=day")
        let band = try #require(mixed[48 * 20 + 7].expectation)
        #expect((20...90).contains(band.value), "\(band)")
        // 5 April 2026, 15:00 UTC: from +11:00 to +10:30.
        let change = try #require(Timestamp(iso8601: "2026-04-04T15:00:00Z"))
        let lordHowe = work(times) { .minutes($0 < change ? 660 : 630) }
        let (island, _) = try self.readings(lordHowe, times, "seasonal:period=day,zone=Australia/Lord_Howe")
        #expect(island[(48 * 8)...].allSatisfy { $0.rawScore < 8 })
    }

    @Test("local time is that of the zone on both sides of a change, to the millisecond")
    func zone() throws {
        var zone = try #require(CivilZone("Europe/Berlin"))
        for (text, hours) in [
            ("2026-03-29T00:59:59.999Z", 1), ("2026-03-29T01:00:00Z", 2), ("2026-10-25T00:59:59.999Z", 2),
            ("2026-10-25T01:00:00Z", 1), ("2026-10-25T00:59:59Z", 2), ("1969-12-31T23:59:59Z", 1),
        ] {
            let time = try #require(Timestamp(iso8601: text))
            #expect(zone.local(time) - time.milliseconds == Int64(hours) * 3_600_000, "\(text)")
        }
        for time: Int64 in [.min, .max] { _ = zone.local(Timestamp(milliseconds: time)) }
    }

    @Test(
        "what is no zone is refused", arguments: ["", "Mars/Base", "../etc/passwd", "/etc/localtime", "Europe", "x y"])
    func badZone(name: String) {
        #expect(CivilZone(name) == nil)
    }

    @Test(
        "wrong parameters are refused with what would be right",
        arguments: [
            "seasonal:zone=Mars", "seasonal:halflife=1m", "seasonal:halflife=4", "seasonal:patience=-1h",
            "seasonal:slots=97", "seasonal:period=month",
        ])
    func refusals(specification: String) throws {
        let error = try #require(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeStreaming(specification)
        }
        #expect(error.description.contains("must be"), "\(error)")
    }

    @Test("an outage of an hour is strange to its end; a shift of days is learned after the patience")
    func patience() throws {
        let times = try halfHours("2026-01-05T00:00:00Z", days: 30)
        var values = work(times)
        for row in (48 * 20)..<(48 * 30) { values[row] += 500 }
        let (readings, stream) = try readings(values, times, "seasonal:patience=6h")
        #expect(readings[(48 * 20)..<(48 * 20 + 12)].allSatisfy { $0.rawScore > 50 })
        #expect(readings[(48 * 20 + 14)...].allSatisfy { $0.rawScore < 8 })
        #expect(stream.period == .day)
    }

    @Test("one wild day teaches little")
    func wildDay() throws {
        let times = try halfHours("2026-01-05T00:00:00Z", days: 21)
        var values = work(times)
        var random = SplitMix64(seed: 12)
        for row in (48 * 15)..<(48 * 16) where random.uniform() < 0.5 { values[row] = 1e6 }
        let (readings, _) = try readings(values, times, "seasonal")
        for row in (48 * 16)..<(48 * 17) {
            let expected = try #require(readings[row].expectation).value
            #expect(abs(expected - values[row]) < 15)
        }
    }

    @Test("state is bounded as stated, also at the most slots", arguments: [(24, 5_400), (96, 20_000)])
    func size(slots: Int, bytes: Int) throws {
        let times = try halfHours("2026-01-05T00:00:00Z", days: 15)
        let (_, stream) = try readings(work(times), times, "seasonal:slots=\(slots)")
        #expect(stream.snapshot().count < bytes)
    }

    @Test("forgetting by hundreds of halflives changes no sum into nonsense, and gaps of years do no harm")
    func longGaps() throws {
        var stream = try SeasonalStream(
            parameters: ParameterValues(
                specification: "seasonal:halflife=1h", descriptor: SeasonalStream.descriptor))
        var random = SplitMix64(seed: 13)
        var time = Timestamp(milliseconds: 0)
        for _ in 0..<5_000 {
            time = time + .minutes(random.uniform() < 0.01 ? 1_000_000 : 10)
            let reading = stream.update(time: time, value: random.gaussian())
            #expect(reading.rawScore.isFinite && reading.rawScore < 1e3)
        }
        for time: Int64 in [.max - 1, .max] {
            #expect(stream.update(time: Timestamp(milliseconds: time), value: 0).rawScore.isFinite)
        }
    }
}
