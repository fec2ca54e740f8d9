import AuspexDetection
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite("Streams in partitions") struct PartitionedStreamsTests {
    /// Detectors that would take long here as they are, where code is not optimised.
    private static let lighter = ["rcf": "rcf:trees=3,sample=64", "knn": "knn:stored=64"]

    /// Every streaming form, and the light one of the default.
    static let specifications =
        DetectorRegistry.standard.descriptors.filter { $0.kind == .streaming }.map { lighter[$0.name] ?? $0.name }
        + ["auto:profile=light"]

    private static let names = ["a", "b", "c", "d", "e"]
    private static let rows = 420

    /// A series with a cycle, noise, spikes, missing values and gaps: what becomes of each sample when it is watched alone.
    private func samples(_ random: inout SplitMix64) -> [Sample] {
        var time = noon
        return (0..<Self.rows).map { row in
            time = time + .seconds(random.uniform() < 0.01 ? 7_200 : 60)
            let spike = random.uniform() < 0.01 ? 40.0 : 0
            let value = Double(20 + row % 24) + random.gaussian() + spike
            return Sample(time: time, value: random.uniform() < 0.01 ? .nan : value)
        }
    }

    @Test(
        "readings do not depend on partitions, batches and restarts: they are those of a stream by itself",
        arguments: specifications)
    func invariance(specification: String) async throws {
        var random = SplitMix64(seed: 31)
        let series = Self.names.map { (labels: Labels(["__name__": "m", "host": $0]), samples: samples(&random)) }
        var expected: [Labels: [Reading]] = [:]
        for (labels, samples) in series {
            var stream = try CalibratedStream(specification)
            expected[labels] = samples.map { stream.update(time: $0.time, value: $0.value) }
        }
        for _ in 0..<2 {
            var seen: [Labels: [Reading]] = [:]
            var stage = try stage(specification, &random)
            var next = [Int](repeating: 0, count: series.count)
            while next != series.map(\.samples.count) {
                var batch = SignalBatch()
                for (place, one) in series.enumerated() where random.uniform() < 0.7 {
                    let end = min(one.samples.count, next[place] + 1 + Int(random.uniform() * 120))
                    batch.series.append(
                        SeriesSamples(labels: one.labels, samples: Array(one.samples[next[place]..<end])))
                    next[place] = end
                }
                for case .reading(let labels, let reading, _) in await stage.process(batch, now: noon).observations {
                    seen[labels, default: []].append(reading)
                }
                if random.uniform() < 0.2 { stage = try restarted(stage, specification, &random) }
            }
            for (labels, readings) in expected {
                let first = zip(readings, seen[labels] ?? []).enumerated().first { !same($0.element.0, $0.element.1) }
                #expect(first == nil, "\(labels), sample \(first?.offset ?? -1)")
                #expect(seen[labels]?.count == readings.count)
            }
        }
    }

    /// Equal, or both of a missing value.
    private func same(_ one: Reading, _ other: Reading) -> Bool {
        one == other || (one.value.isNaN && other.value.isNaN && one.time == other.time)
    }

    private func stage(_ specification: String, _ random: inout SplitMix64) throws -> DetectionStage {
        try DetectionStage(
            detector: specification, partitions: 1 + Int(random.uniform() * 4), seriesLimit: 100)
    }

    /// Another stage, of another number of partitions, that goes on from the states of this one.
    private func restarted(
        _ stage: DetectionStage, _ specification: String, _ random: inout SplitMix64
    ) throws -> DetectionStage {
        let other = try self.stage(specification, &random)
        for watched in stage.series(named: "m") { try other.restore(watched.snapshot(), now: noon) }
        return other
    }
}
