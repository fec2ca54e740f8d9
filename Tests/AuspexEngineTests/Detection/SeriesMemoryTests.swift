import AuspexDetection
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite struct SeriesMemoryTests {
    private func labels(_ number: Int) -> Labels { Labels(["__name__": "m", "host": "h\(number)"]) }

    private func batch(_ range: Range<Int>, at step: Int = 0) -> SignalBatch {
        SignalBatch(
            series: range.map {
                SeriesSamples(labels: labels($0), samples: [Sample(time: noon + .minutes(Int64(step)), value: 1)])
            })
    }

    private func stage(
        _ detector: String = "auto", memory: Int, series: Int = 100_000, partitions: Int = 1
    ) throws -> DetectionStage {
        try DetectionStage(detector: detector, partitions: partitions, seriesLimit: series, memoryLimit: memory)
    }

    private let full = 14 << 10
    private let light = 6 << 10

    @Test("a series is charged its detector's state, and what the engine keeps of it")
    func charges() throws {
        let registry = DetectorRegistry.standard
        for (detector, range) in [
            ("auto", 10_240...full), ("auto:profile=light", 1_536...light), ("ewma", 500...6_000),
            ("knn", 35_000...40_000), ("rcf", 2_900_000...3_100_000),
        ] {
            let form = try SeriesForm(detector, registry: registry)
            #expect(range.contains(form.bytes(with: labels(1))), "\(detector): \(form.bytes(with: labels(1)))")
            let long = Labels(["__name__": "m", "host": "h1", "path": String(repeating: "x", count: 1_000)])
            #expect(form.bytes(with: long) > form.bytes(with: labels(1)) + 1_000)
        }
    }

    @Test(
        "the state of no detector outgrows what it is charged",
        arguments: ["auto", "auto:profile=light", "ewma", "knn"])
    func bound(detector: String) throws {
        let form = try SeriesForm(detector, registry: .standard)
        var stream = form.stream
        var random = SplitMix64(seed: 5)
        for index in 0..<5_000 {
            _ = stream.update(time: noon + .minutes(Int64(index)), value: random.gaussian())
            if index % 50 == 0 { #expect(stream.snapshot().count <= form.stateBytes + 256) }
        }
    }

    @Test("auto is followed by its light form, and that by refusals; the limit holds")
    func degrades() async throws {
        let limit = 1 << 20
        for partitions in [1, 2, 5] {
            let stage = try stage(memory: limit, partitions: partitions)
            let outcome = await stage.process(batch(0..<500), now: noon)
            let tally = stage.tally
            #expect(tally.bytes <= limit && tally.bytes > limit * 3 / 4)
            #expect(tally.light > (limit / 4) / light / 2 && tally.series - tally.light > 30)
            #expect(outcome.refused == 500 - tally.series)
            #expect(stage.detectorName == "auto")
            // What is there goes on, and what was refused is refused again.
            let next = await stage.process(batch(0..<500, at: 1), now: noon)
            #expect(next.observations.count >= tally.series)
            #expect(stage.tally.bytes <= limit)
        }
    }

    @Test("one partition takes the first ones on in full, in the order in which they come")
    func order() async throws {
        let stage = try stage(memory: 1 << 20)
        for number in 0..<100 { _ = await stage.process(batch(number..<number + 1), now: noon) }
        let lights = (0..<100).map { number in stage.series { $0 == labels(number) }.first.map(\.isLight) }
        #expect(lights == lights.sorted { Self.rank($0) < Self.rank($1) })
        #expect(Set(lights) == [false, true])
    }

    private static func rank(_ isLight: Bool?) -> Int { isLight.map { $0 ? 1 : 0 } ?? 2 }

    @Test("where the limit on series is reached first, nothing is kept for light ones")
    func fewSeries() async throws {
        let stage = try stage(memory: 11 * full, series: 10)
        #expect(await stage.process(batch(0..<12), now: noon).refused == 2)
        #expect(stage.tally.series == 10 && stage.tally.light == 0)
    }

    @Test(
        "another detector has no light form: what does not fit is refused",
        arguments: ["ewma", "auto:profile=light"])
    func noLightForm(detector: String) async throws {
        let stage = try stage(detector, memory: 20 * light)
        let outcome = await stage.process(batch(0..<200), now: noon)
        #expect(stage.tally.light == 0)
        #expect((20..<200).contains(stage.tally.series))
        #expect(outcome.refused == 200 - stage.tally.series)
    }

    @Test("a restart keeps what each series is charged and its form, and those that go make room")
    func restart() async throws {
        let first = try stage(memory: 1 << 20)
        _ = await first.process(batch(0..<90), now: noon)
        #expect(first.tally.light > 0)
        let second = try stage(memory: 1 << 20, partitions: 3)
        let stored = first.takeChangedSnapshots()
        // Twice, as when a state is put back over another.
        for _ in 0..<2 { for bytes in stored.values { try second.restore(bytes, now: noon) } }
        #expect(second.tally == first.tally)

        _ = await second.process(batch(0..<10, at: 1), now: noon + .hours(1))
        _ = second.removeSilent(since: noon + .minutes(30))
        #expect(second.tally.series == 10)
        #expect(second.tally.bytes <= 10 * full)
    }

    @Test("series that begin anew with a larger detector keep to the limit: the rest in its light form, or not at all")
    func anew() async throws {
        let first = try stage("ewma", memory: 1 << 24)
        _ = await first.process(batch(0..<400), now: noon)
        let second = try stage(memory: 1 << 20)
        let snapshots = first.series(named: "m").map { $0.snapshot() }
        #expect(snapshots.count == 400)
        let kept = try snapshots.filter { try second.restore($0, now: noon) }.count
        #expect(kept < 400 && second.seriesCount == kept && second.tally.light > 0)
        #expect(second.tally.bytes <= 1 << 20)
    }

    @Test("metrics and words tell the memory and its limit")
    func told() async throws {
        let stage = try stage(memory: 1 << 20)
        _ = await stage.process(batch(0..<500), now: noon)
        let metrics = EngineMetrics()
        stage.count(into: metrics)
        let text = metrics.exposition(version: "1")
        #expect(text.contains("auspex_series_memory_limit_bytes 1048576.0\n"))
        #expect(text.contains("auspex_series_memory_bytes \(Double(stage.tally.bytes))\n"))
        #expect(text.contains("auspex_series_light \(Double(stage.tally.light))\n"))
        #expect(stage.capacity.hasPrefix("1 MiB of memory hold about "))
        #expect(stage.capacity.contains(" series of auto or "))
        #expect(stage.capacity.hasSuffix(" series of auto:profile=light, and 100000 are the most"))
    }
}
