import AuspexChanges
import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEngine

@Suite("The last minutes of a series") struct MinuteHistoryTests {
    private struct Arrival {
        var time: Timestamp
        var value: Double
        var expected: Double?
    }

    /// What a minute's samples come to, computed from all of them.
    private func naive(_ arrivals: [Arrival], _ number: Int64) -> SeriesMinute? {
        let own = arrivals.indices.filter { MinuteHistory.minute(of: arrivals[$0].time) == number }
        guard !own.isEmpty else { return nil }
        let mean = own.reduce(0) { $0 + arrivals[$1].value } / Double(own.count)
        let rises = own.filter { $0 > 0 }.map { index in
            let (before, value) = (arrivals[index - 1].value, arrivals[index].value)
            return value < before ? max(0, value) : value - before
        }
        let expected = own.compactMap { arrivals[$0].expected }
        return SeriesMinute(
            mean: Double(Float(mean)), rise: rises.isEmpty ? .nan : Double(Float(rises.reduce(0, +))),
            expected: expected.isEmpty ? .nan : Double(Float(expected.reduce(0, +) / Double(expected.count))))
    }

    private func isSame(_ left: SeriesMinute?, _ right: SeriesMinute?, isRising: Bool) -> Bool {
        func close(_ left: Double, _ right: Double) -> Bool {
            left.isNaN && right.isNaN || abs(left - right) <= 1e-6 * max(1, abs(left))
        }
        guard let left, let right else { return left == nil && right == nil }
        return close(left.mean, right.mean) && close(left.expected, right.expected)
            && (isRising ? close(left.rise, right.rise) : left.rise.isNaN)
    }

    @Test("it holds what all samples come to, with gaps, resets and restarts", arguments: 0..<20)
    func twin(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var history = MinuteHistory()
        var arrivals: [Arrival] = []
        let isCounter = seed % 2 == 0
        var time = noon - .minutes(Int64(seed) * 40_000_000)
        var value = 0.0
        for step in 0..<400 {
            let gap = random.uniform()
            time =
                time
                + TimeSpan(
                    milliseconds: gap < 0.02 ? Int64(random.next() % 9_000_000) : 1 + Int64(random.next() % 50_000))
            value = isCounter ? (random.uniform() < 0.01 ? 0 : value + 10 * random.uniform()) : random.gaussian()
            let arrival = Arrival(time: time, value: value, expected: random.uniform() < 0.5 ? random.gaussian() : nil)
            arrivals.append(arrival)
            history.take(value, expected: arrival.expected, at: time)
            if step % 97 == 5 {
                var writer = SnapshotWriter(kind: "test", version: 1)
                history.write(to: &writer)
                var reader = try SnapshotReader(writer.finished(), kind: "test", version: 1)
                let restored = try MinuteHistory(from: &reader)
                try reader.finish()
                history = restored
            }
            guard step > 30, step % 20 == 0 else { continue }
            let current = MinuteHistory.minute(of: time)
            for number in (current - Int64(MinuteHistory.capacity))...current {
                #expect(
                    isSame(history.minute(number), naive(arrivals, number), isRising: isCounter), "\(step) \(number)")
            }
            #expect(history.minute(current + 1) == nil)
            #expect(history.minute(current - Int64(MinuteHistory.capacity) - 1) == nil)
        }
    }

    @Test("it takes no more than a kilobyte, and no sample that is not a number")
    func bounds() {
        #expect(MinuteHistory.bytes + MemoryLayout<MinuteHistory>.size <= 1_152)
        var history = MinuteHistory()
        for value in [Double.nan, .infinity, -.infinity] { history.take(value, expected: nil, at: noon) }
        #expect(history.minute(MinuteHistory.minute(of: noon)) == nil)
        history.take(1e300, expected: .nan, at: noon)
        #expect(history.minute(MinuteHistory.minute(of: noon)) == nil)
        history.take(1, expected: nil, at: Timestamp(milliseconds: .max))
        #expect(history.minute(.min) == nil)
    }

    @Test("a late sample changes nothing, and a restart neither")
    func late() async throws {
        let stage = try DetectionStage(detector: "ewma", partitions: 1, seriesLimit: 10)
        func send(_ seconds: Int64, _ value: Double) async {
            _ = await stage.process(
                SignalBatch(series: [
                    SeriesSamples(
                        labels: Labels(["__name__": "m"]),
                        samples: [Sample(time: noon + .seconds(seconds), value: value)])
                ]), now: noon)
        }
        await send(5, 1)
        await send(20, 3)
        await send(10, 100)
        await send(65, 9)
        let watched = try #require(stage.series(named: "m").first)
        let number = MinuteHistory.minute(of: noon)
        #expect(watched.minutes.minute(number)?.mean == 2)
        let restored = try WatchedSeries(restoring: watched.snapshot(), registry: .standard)
        #expect(restored.snapshot() == watched.snapshot())
    }
}
