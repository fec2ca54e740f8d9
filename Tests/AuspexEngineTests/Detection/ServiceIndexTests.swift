import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite struct ServiceIndexTests {
    private func labels(_ service: String, _ instance: Int, job: String = "node") -> Labels {
        Labels([Labels.metricName: "load", "service": service, "instance": "\(instance)", "job": job])
    }

    @Test("what the index says of a service is what looking at all series says, whatever comes, ends and is forgotten")
    func agrees() async throws {
        var random = SplitMix64(seed: 11)
        let stage = try DetectionStage(detector: "ewma", partitions: 3, seriesLimit: 60)
        let services = ["a", "b", "c"]
        for step in 0..<60 {
            let now = noon + .minutes(Int64(step))
            var series: [SeriesSamples] = []
            for service in services {
                for instance in 0..<10 where Bool.random(using: &random) {
                    let isEnd = Int.random(in: 0..<12, using: &random) == 0
                    let number = Double.random(in: 0...(step == 55 ? 900 : 1), using: &random)
                    let value = isEnd ? Double(bitPattern: Sample.staleBits) : number
                    series.append(
                        SeriesSamples(
                            labels: labels(service, instance, job: "job-\(instance % 2)"),
                            samples: [Sample(time: now, value: value)]))
                }
            }
            _ = await stage.process(SignalBatch(series: series), now: now)
            if step % 20 == 19 { _ = stage.removeSilent(since: now - .minutes(1)) }
            _ = stage.takeSilent(horizon: now, now: now)
            for names in [["a"], ["b"], ["job-0"], ["a", "job-1"], ["none"], []] {
                let expected = stage.series { labels in
                    names.contains { labels["service"] == $0 || labels["job"] == $0 }
                }
                let found = stage.series(ofServices: names)
                #expect(Set(found.map(\.labels)) == Set(expected.map(\.labels)) && found.count == expected.count)
                guard names.count == 1 else { continue }
                let level = stage.levels(ofServices: names)
                let ready = expected.filter { !$0.hasEnded && $0.latest?.readiness == .ready }
                #expect(level.ready == ready.count)
                #expect(level.anomalous == ready.count { $0.latest?.isAnomalous ?? false })
            }
        }
        #expect(!stage.series(ofServices: ["a"]).isEmpty)
    }

    @Test("what says that it is in another environment does not count, what says nothing does")
    func environments() async throws {
        let stage = try DetectionStage(detector: "ewma", partitions: 3, seriesLimit: 60)
        let places = [
            ["environment": "production"], ["env": "staging"], ["deployment_environment": "staging"], [:],
            ["environment": "production", "env": "staging"],
        ]
        for minute in 0..<400 {
            let series = places.enumerated().map { number, place in
                let labels = [Labels.metricName: "load", "service": "a", "instance": "\(number)"]
                return SeriesSamples(
                    labels: Labels(labels.merging(place) { first, _ in first }),
                    samples: [Sample(time: noon + .minutes(Int64(minute)), value: Double(minute % 3))])
            }
            _ = await stage.process(SignalBatch(series: series), now: noon + .minutes(Int64(minute)))
        }
        for (environment, count) in [("production", 2), ("staging", 3), ("test", 1), ("", 5)] {
            #expect(stage.series(ofServices: ["a"], in: environment).count == count)
            #expect(stage.levels(ofServices: ["a"], in: environment).ready == count)
        }
    }

    @Test("series that a checkpoint held are found again")
    func restored() async throws {
        let stage = try DetectionStage(detector: "ewma", partitions: 2, seriesLimit: 60)
        let batch = SignalBatch(
            series: [SeriesSamples(labels: labels("a", 1), samples: [Sample(time: noon, value: 1)])])
        _ = await stage.process(batch, now: noon)
        let other = try DetectionStage(detector: "ewma", partitions: 3, seriesLimit: 60)
        for (_, bytes) in stage.takeChangedSnapshots() { #expect(try other.restore(bytes, now: noon)) }
        #expect(other.series(ofServices: ["a"]).map(\.labels) == [labels("a", 1)])
    }
}
