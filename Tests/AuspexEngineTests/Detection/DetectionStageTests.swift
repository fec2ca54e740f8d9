import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite struct DetectionStageTests {
    private func labels(_ number: Int) -> Labels { Labels(["__name__": "m", "host": "h\(number)"]) }

    private func batches(series: Int, steps: Int, seed: UInt64) -> [SignalBatch] {
        var generator = SplitMix64(seed: seed)
        return (0..<steps).map { step in
            SignalBatch(
                series: (0..<series).map { number in
                    let value = Double.random(in: 0...1, using: &generator) + (step == steps - 1 ? 50 : 0)
                    return SeriesSamples(
                        labels: labels(number), samples: [Sample(time: noon + .seconds(Int64(step)), value: value)])
                })
        }
    }

    @Test("any number of partitions, also in parallel, says the same in the same order")
    func partitionsAgree() async throws {
        let one = try DetectionStage(detector: "ewma", partitions: 1, seriesLimit: 10_000)
        let many = try DetectionStage(detector: "ewma", partitions: 7, seriesLimit: 10_000)
        for batch in batches(series: 2_100, steps: 3, seed: 3) {
            let (left, right) = (await one.process(batch, now: noon), await many.process(batch, now: noon))
            #expect(Set(left.observations) == Set(right.observations))
            #expect(left.observations.map(\.time) == right.observations.map(\.time))
        }
        #expect(one.seriesCount == 2_100 && many.seriesCount == 2_100)
    }

    @Test("a restart from snapshots goes on as if nothing had happened")
    func restart() async throws {
        let all = batches(series: 3, steps: 600, seed: 4)
        let whole = try DetectionStage(detector: "ewma", partitions: 2, seriesLimit: 100)
        var expected: [MetricObservation] = []
        for batch in all { expected += await whole.process(batch, now: noon).observations }

        var stored: [String: [UInt8]] = [:]
        var observed: [MetricObservation] = []
        for part in stride(from: 0, to: 600, by: 150) {
            // Another number of partitions each time: it is no part of the state.
            let stage = try DetectionStage(detector: "ewma", partitions: 1 + part / 150, seriesLimit: 100)
            for bytes in stored.values { try stage.restore(bytes, now: noon) }
            for batch in all[part..<part + 150] { observed += await stage.process(batch, now: noon).observations }
            stored.merge(stage.takeChangedSnapshots()) { _, new in new }
        }
        #expect(Set(observed) == Set(expected))
    }

    @Test("a series that another detector is to watch now begins anew; one of the light form goes on")
    func otherDetector() async throws {
        let all = batches(series: 2, steps: 500, seed: 6)
        for (before, after, goesOn) in [
            ("ewma", "ewma", true), ("ewma", "auto", false), ("auto:profile=light", "ewma", false),
            ("auto:profile=light", "auto", true), ("ewma", "ewma:halflife=30", false),
        ] {
            let first = try DetectionStage(detector: before, partitions: 2, seriesLimit: 100)
            for batch in all.dropLast() { _ = await first.process(batch, now: noon) }
            let second = try DetectionStage(detector: after, partitions: 2, seriesLimit: 100)
            for bytes in first.takeChangedSnapshots().values { try second.restore(bytes, now: noon) }
            for case .reading(_, let reading, _) in await second.process(all[499], now: noon).observations {
                #expect((reading.readiness == .ready) == goesOn, "\(before), then \(after)")
            }
            // Charged as a series of its form is.
            let fresh = try DetectionStage(detector: goesOn ? before : after, partitions: 2, seriesLimit: 100)
            for batch in all { _ = await fresh.process(batch, now: noon) }
            #expect(second.tally.bytes == fresh.tally.bytes)
        }
    }

    @Test("the limit on series holds, and those that are there go on")
    func limit() async throws {
        // Partitions share the limit out, and series fall on them as they may: only one partition takes exactly ten.
        let stage = try DetectionStage(detector: "ewma", partitions: 1, seriesLimit: 10)
        var last: DetectionStage.Outcome?
        for batch in batches(series: 50, steps: 5, seed: 5) {
            last = await stage.process(batch, now: noon)
            #expect(last?.refused == 40)
        }
        #expect(stage.seriesCount == 10)
        #expect(last?.observations.count == 10)

        let many = try DetectionStage(detector: "ewma", partitions: 4, seriesLimit: 10)
        for batch in batches(series: 50, steps: 5, seed: 5) { _ = await many.process(batch, now: noon) }
        #expect((1...10).contains(many.seriesCount))
    }

    @Test("late and repeated samples are ignored and counted, and a marker ends a series once")
    func lateAndStale() async throws {
        let stage = try DetectionStage(detector: "ewma", partitions: 2, seriesLimit: 10)
        func send(_ seconds: Int64, _ value: Double) async -> DetectionStage.Outcome {
            let sample = Sample(time: noon + .seconds(seconds), value: value)
            return await stage.process(
                SignalBatch(series: [SeriesSamples(labels: labels(1), samples: [sample])]), now: noon)
        }
        #expect(await send(10, 1).observations.count == 1)
        #expect(await send(10, 1).ignored == 1)
        #expect(await send(9, 1).ignored == 1)
        let marker = Double(bitPattern: Sample.staleBits)
        #expect(await send(11, marker).observations == [.ended(labels: labels(1), at: noon + .seconds(11))])
        #expect(await send(12, marker).ignored == 1)
        #expect(await send(13, 2).observations.count == 1)
    }

    @Test("series are found by name and labels, where a missing label is an empty one")
    func lookup() async throws {
        let stage = try DetectionStage(detector: "ewma", partitions: 3, seriesLimit: 10)
        _ = await stage.process(batches(series: 4, steps: 1, seed: 6)[0], now: noon)
        #expect(stage.series(named: "m", with: [:]).count == 4)
        #expect(stage.series(named: nil, with: ["host": "h2", "zone": ""]).map(\.labels) == [labels(2)])
        #expect(stage.series(named: "other", with: [:]).isEmpty)
    }

    @Test("series that fall silent make room, and those that are heard stay")
    func silence() async throws {
        let stage = try DetectionStage(detector: "ewma", partitions: 1, seriesLimit: 6)
        let batch = batches(series: 6, steps: 1, seed: 7)[0]
        _ = await stage.process(batch, now: noon)
        _ = await stage.process(SignalBatch(series: Array(batch.series[..<2])), now: noon + .hours(2))
        let removed = stage.removeSilent(since: noon + .hours(1))
        #expect(Set(removed) == Set(batch.series[2...].map(\.labels.description)))
        #expect(stage.seriesCount == 2)
        // A state that is gone must not be stored again by the next checkpoint.
        #expect(Set(stage.takeChangedSnapshots().keys) == Set(batch.series[..<2].map(\.labels.description)))
        let outcome = await stage.process(batches(series: 5, steps: 1, seed: 8)[0], now: noon + .hours(2))
        #expect(outcome.refused == 0)
    }
}
