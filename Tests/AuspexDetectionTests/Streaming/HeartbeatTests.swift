import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct HeartbeatTests {
    private static let start = Timestamp(milliseconds: 1_772_366_400_000)

    /// Arrivals after these intervals in seconds.
    private func arrivals(_ intervals: [Double], jitter: Double = 0.25) -> (ArrivalIntervals, scores: [Double?]) {
        var arrivals = ArrivalIntervals(jitter: jitter)
        var time = Self.start
        var scores = [arrivals.arrive(at: time)]
        for interval in intervals {
            time = time + TimeSpan(milliseconds: Int64(interval * 1_000))
            scores.append(arrivals.arrive(at: time))
        }
        return (arrivals, scores)
    }

    /// How many intervals after the last sample the series counts as silent.
    private func patience(_ arrivals: ArrivalIntervals) throws -> Double {
        let (last, deadline) = (try #require(arrivals.last), try #require(arrivals.deadline))
        return Double((deadline - last).milliseconds) / Double(try #require(arrivals.usual).milliseconds)
    }

    @Test("an even series is silent after 3.2 intervals, one that comes by chance after some 19.4, others between")
    func intervals() throws {
        let (even, _) = arrivals([Double](repeating: 10, count: 200))
        #expect(even.usual == .seconds(10))
        // SciPy: −log₁₀(gammaincc(16, 16·3.152240896) / gammaincc(16, 16)) = 8.
        #expect(even.deadline == Self.start + .seconds(2_000) + TimeSpan(milliseconds: 31_523))
        var random = SplitMix64(seed: 3)
        let (chance, _) = arrivals((0..<5_000).map { _ in -60 * logarithm(max(random.uniform(), 1e-12)) })
        let found = try patience(chance)
        #expect((13...25).contains(found), "\(found)")
        #expect(abs(Double(try #require(chance.usual).milliseconds) / 60_000 - 1) < 0.3)
        let (between, _) = arrivals((0..<500).map { _ in 60 * (0.4 + 1.2 * random.uniform()) })
        #expect((3.2...9).contains(try patience(between)))
    }

    @Test("the score of a delay is the chance of one that long among late ones, as SciPy has it")
    func golden() throws {
        let (even, _) = arrivals([Double](repeating: 10, count: 100))
        let last = try #require(even.last)
        for (delay, score) in [(12, 0.36360240743702965), (20, 2.8495833122644716), (30, 7.255857434441544)] {
            let silence = try #require(even.silence(now: last + .seconds(Int64(delay))))
            #expect(isClose(silence.score, score, within: 1e-9), "\(silence)")
        }
        let (chance, _) = arrivals([Double](repeating: 10, count: 100), jitter: 1)
        let silence = try #require(chance.silence(now: last + .seconds(30)))
        #expect(isClose(silence.score, 0.8685889638065037, within: 1e-9))
        #expect(silence.elapsed == .seconds(30) && silence.expected == .seconds(10))
    }

    @Test("nothing is late before it is due, nor before the clock")
    func notLate() throws {
        let (even, scores) = arrivals([Double](repeating: 10, count: 50))
        let last = try #require(even.last)
        for offset in [-1_000, 0, 5, 10] {
            #expect(even.silence(now: last + .seconds(Int64(offset)))?.score == 0)
        }
        #expect(scores.compactMap { $0 }.allSatisfy { $0 == 0 })
    }

    @Test("ten intervals are needed before anything is said")
    func warmUp() throws {
        for count in 0...9 {
            let (few, scores) = arrivals([Double](repeating: 10, count: count))
            #expect(few.silence(now: Self.start + .hours(10)) == nil && few.deadline == nil)
            #expect(scores.allSatisfy { $0 == nil })
        }
        let (enough, _) = arrivals([Double](repeating: 10, count: 10))
        #expect(enough.silence(now: Self.start + .hours(10)) != nil)
    }

    @Test("the deadline is where the score reaches the threshold, whatever came before")
    func deadline() throws {
        var random = SplitMix64(seed: 5)
        for _ in 0..<50 {
            let scale = logarithm(1 / max(random.uniform(), 1e-9)) * 100 + 0.01
            let (some, _) = arrivals((0..<80).map { _ in scale * (0.05 + 2 * random.uniform()) })
            let deadline = try #require(some.deadline)
            let (before, after) = (
                try #require(some.silence(now: deadline - TimeSpan(milliseconds: 2))),
                try #require(some.silence(now: deadline))
            )
            #expect(before.score < ArrivalIntervals.silent && after.score >= ArrivalIntervals.silent - 1e-9)
        }
    }

    @Test("one outage, also among the first ten intervals, does not teach patience")
    func outage() throws {
        for place in [3, 9, 60] {
            var intervals = [Double](repeating: 10, count: 100)
            intervals[place] = 7_200
            let (known, scores) = arrivals(intervals)
            #expect(try patience(known) < 4)
            if place == 60 { #expect(scores[61] == 300) }
        }
    }

    @Test("another interval is learned after six", arguments: [(10.0, 300.0), (300.0, 10.0)])
    func shift(from: Double, to: Double) throws {
        let (known, scores) = arrivals([Double](repeating: from, count: 60) + [Double](repeating: to, count: 30))
        #expect(known.usual == .seconds(Int64(to)))
        #expect(scores.suffix(20).allSatisfy { $0 == 0 })
    }

    @Test("samples that are not later change nothing; the pause before a resumption is no interval")
    func order() throws {
        var (known, _) = arrivals([Double](repeating: 10, count: 60))
        let before = known
        let last = try #require(known.last)
        for time in [Self.start, last] {
            let score = known.arrive(at: time)
            #expect(score == nil)
        }
        #expect(known == before)
        let later = Self.start + .hours(48)
        known.resume(at: later)
        #expect(known.last == later && known.usual == before.usual)
        #expect(known.silence(now: later + .seconds(10))?.score == 0)
    }

    @Test("the detector scores the pause before a sample, whatever its value")
    func detector() throws {
        var stream = try DetectorRegistry.standard.makeStreaming("heartbeat")
        var random = SplitMix64(seed: 6)
        var time = Self.start
        var readings: [RawReading] = []
        for row in 0..<200 {
            time = time + .seconds(row == 150 ? 45 : 10) + TimeSpan(milliseconds: Int64(200 * random.uniform()))
            readings.append(stream.update(time: time, value: 1e9 * random.gaussian()))
        }
        #expect(readings[10].readiness == .warmingUp(seen: 11, needed: 11))
        #expect(readings[11].readiness == .ready)
        #expect(readings[150].rawScore > 8)
        #expect(readings.enumerated().allSatisfy { $0.offset == 150 || $0.element.rawScore < 0.1 })
    }

    @Test("intervals at the ends of the range do no harm")
    func extremes() throws {
        var arrivals = ArrivalIntervals()
        for time: Int64 in [.min, .min + 1, .min + 2, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, .max - 1, .max] {
            let score = arrivals.arrive(at: Timestamp(milliseconds: time)) ?? 0
            #expect(score.isFinite && score >= 0)
        }
        #expect(arrivals.deadline != nil)
        var rare = ArrivalIntervals()
        for step in 0..<4 { rare.arrive(at: Timestamp(milliseconds: .min / 2 + Int64(step) * (.max / 4))) }
        #expect(rare.deadline == nil)
    }
}
