import AuspexRules
import AuspexSignals
import AuspexStore
import AuspexTesting
import Foundation
import Synchronization
import Testing

@testable import AuspexEngine

/// A pipeline with a rule that fires when a series is missing, and a clock that the test moves.
private final class Stand: RuleEventSink {
    private static let rule = """
        kind: rule
        id: gone
        title: A host says nothing any more
        owner: test
        status: test
        severity: warning
        when: {beat: {source: metric, where: 'm.name == "load" && m.value > 1000.0'}}
        missing_data: fire
        group_by: [host]
        """

    let metrics = EngineMetrics()
    private let taken = Mutex<[Alert]>([])
    private let position = Mutex<Int64>(0)

    var alerts: [Alert] { taken.withLock { $0 } }

    func take(_ updates: [IncidentUpdate]) async throws {}

    func take(_ events: [RuleEvent]) async throws {
        let alerts = events.compactMap { if case .alert(let alert) = $0 { alert } else { nil } }
        taken.withLock { $0 += alerts }
    }

    func alerts(of host: String) -> [Alert] { alerts.filter { $0.labels["host"] == host } }

    func makePipeline() throws -> Pipeline {
        let directory = try TemporaryDirectory()
        let path = try directory.file("rule.yaml", Self.rule)
        return Pipeline(
            detection: try DetectionStage(detector: "ewma", partitions: 3, seriesLimit: 100), logs: LogStage(),
            rules: try RuleLoader.load(paths: [path], runbooks: []), sink: self, metrics: metrics)
    }

    func send(_ pipeline: Pipeline, _ host: String, _ samples: [Sample], now: Timestamp) async throws {
        let labels = Labels(["__name__": "load", "host": host])
        let next = position.withLock { position in
            position += 1
            return position
        }
        try await pipeline.process(
            .signals(SignalBatch(series: [SeriesSamples(labels: labels, samples: samples)])), at: next, now: now)
    }
}

@Suite struct SilenceTests {
    /// The second `count` of the test.
    private func second(_ count: Int) -> Timestamp { noon + .seconds(Int64(count)) }

    private func sample(_ count: Int) -> [Sample] { [Sample(time: second(count), value: Double(count % 7))] }

    /// Lets seconds pass, in each of which the hosts of which `comes` is true send a sample.
    private func run(
        _ stand: Stand, _ pipeline: Pipeline, _ seconds: Range<Int>, hosts: [String],
        comes: (String, Int) -> Bool
    ) async throws {
        for count in seconds {
            for host in hosts where comes(host, count) {
                try await stand.send(pipeline, host, sample(count), now: second(count))
            }
            try await pipeline.tick(now: second(count))
        }
    }

    @Test("a series that comes every 10 s and stops is told once, after 3.2 intervals and the wait for late events")
    func stops() async throws {
        let stand = Stand()
        let pipeline = try stand.makePipeline()
        try await run(stand, pipeline, 0..<600, hosts: ["a", "b"]) { $1 % 10 == 0 }
        #expect(stand.alerts.isEmpty)
        // The last sample of a is that of second 590.
        try await run(stand, pipeline, 600..<631, hosts: ["b"]) { $1 % 10 == 0 }
        #expect(stand.alerts.isEmpty)
        try await run(stand, pipeline, 631..<900, hosts: ["b"]) { $1 % 10 == 0 }
        #expect(stand.alerts.map(\.state) == [.firing])
        #expect(stand.alerts.first?.labels["host"] == "a")
        #expect(stand.alerts.first?.startedAt == second(590) + TimeSpan(milliseconds: 31_523))
        #expect(stand.metrics.value(of: .seriesSilent) == 1)
        // It comes back, and the alert ends.
        try await run(stand, pipeline, 900..<1_000, hosts: ["a", "b"]) { $1 % 10 == 0 }
        #expect(stand.alerts.map(\.state) == [.firing, .resolved])
        #expect(stand.metrics.value(of: .seriesSilent) == 1)
    }

    @Test("when all series stop, the clock goes on and all are told")
    func allStop() async throws {
        let stand = Stand()
        let pipeline = try stand.makePipeline()
        try await run(stand, pipeline, 0..<300, hosts: ["a", "b"]) { $1 % 10 == 0 }
        try await run(stand, pipeline, 300..<331, hosts: []) { _, _ in false }
        #expect(stand.alerts.isEmpty)
        try await run(stand, pipeline, 331..<335, hosts: []) { _, _ in false }
        #expect(Set(stand.alerts.map { $0.labels["host"] }) == ["a", "b"])
    }

    @Test("an uneven series is told later")
    func uneven() async throws {
        let stand = Stand()
        let pipeline = try stand.makePipeline()
        var random = SplitMix64(seed: 5)
        let chance = Set((0..<6_000).filter { _ in random.uniform() < 0.1 } + [6_000])
        try await run(stand, pipeline, 0..<6_001, hosts: ["u", "b"]) {
            $0 == "b" ? $1 % 10 == 0 : chance.contains($1)
        }
        #expect(stand.alerts.isEmpty)
        try await run(stand, pipeline, 6_001..<6_060, hosts: ["b"]) { $1 % 10 == 0 }
        #expect(stand.alerts.isEmpty)
        try await run(stand, pipeline, 6_060..<6_400, hosts: ["b"]) { $1 % 10 == 0 }
        #expect(stand.alerts.map { $0.labels["host"] } == ["u"])
    }

    @Test("a staleness marker is told at once, and not again when the series is overdue")
    func marker() async throws {
        let stand = Stand()
        let pipeline = try stand.makePipeline()
        try await run(stand, pipeline, 0..<300, hosts: ["a", "b"]) { $1 % 10 == 0 }
        let end = Sample(time: second(300), value: Double(bitPattern: Sample.staleBits))
        try await stand.send(pipeline, "a", [end], now: second(300))
        #expect(stand.alerts.map(\.state) == [.firing])
        #expect(stand.alerts.first?.startedAt == second(300))
        try await run(stand, pipeline, 300..<600, hosts: ["b"]) { $1 % 10 == 0 }
        #expect(stand.alerts.count == 1 && stand.metrics.value(of: .seriesSilent) == 0)
    }

    @Test("a backfill is no silence, neither while it comes nor when it is over")
    func backfill() async throws {
        let stand = Stand()
        let pipeline = try stand.makePipeline()
        try await run(stand, pipeline, 0..<300, hosts: ["b"]) { $1 % 10 == 0 }
        for part in 0..<20 {
            let old = (0..<30).map { Sample(time: second(-2_600_000 + part * 300 + $0 * 10), value: 1) }
            try await stand.send(pipeline, "old", old, now: second(300 + part))
            try await pipeline.tick(now: second(300 + part))
        }
        try await run(stand, pipeline, 320..<4_000, hosts: ["b"]) { $1 % 10 == 0 }
        #expect(stand.alerts.isEmpty)
    }

    @Test("history that is sent as fast as it goes is no silence of the series that are behind in it")
    func replayedHistory() async throws {
        let stand = Stand()
        let pipeline = try stand.makePipeline()
        let wall = second(50_000)
        for step in 0..<60 { try await stand.send(pipeline, "a", sample(step * 10), now: wall) }
        for step in 0..<600 {
            try await stand.send(pipeline, "b", sample(step * 10), now: wall)
            try await pipeline.tick(now: wall + .seconds(Int64(step / 60)))
        }
        #expect(stand.alerts.isEmpty)
    }

    @Test("a source that sends five minutes at once is not silent between")
    func bundles() async throws {
        let stand = Stand()
        let pipeline = try stand.makePipeline()
        for count in 0..<6_000 {
            if count > 0, count % 300 == 0 {
                let bundle = (0..<30).map { Sample(time: second(count - 300 + $0 * 10), value: 1) }
                try await stand.send(pipeline, "bundled", bundle, now: second(count))
            }
            if count % 10 == 0 { try await stand.send(pipeline, "b", sample(count), now: second(count)) }
            try await pipeline.tick(now: second(count))
        }
        #expect(stand.alerts.isEmpty)
        try await run(stand, pipeline, 6_000..<6_200, hosts: ["b"]) { $1 % 10 == 0 }
        #expect(stand.alerts.map { $0.labels["host"] } == ["bundled"])
    }

    @Test("a restart tells nothing twice, and tells what stopped before it with the same alert")
    func restart() async throws {
        func alerts(restartAt moment: Int?) async throws -> [Alert] {
            let stand = Stand()
            var pipeline = try stand.makePipeline()
            for count in 0..<500 {
                if count == moment {
                    let checkpoint = try await pipeline.checkpoint(now: noon)
                    pipeline = try stand.makePipeline()
                    #expect(try await pipeline.restore(checkpoint, now: second(count)).isEmpty)
                }
                for host in ["a", "b"] where count % 10 == 0 && (host == "b" || count < 300) {
                    try await stand.send(pipeline, host, sample(count), now: second(count))
                }
                try await pipeline.tick(now: second(count))
            }
            return stand.alerts
        }
        let whole = try await alerts(restartAt: nil)
        #expect(whole.count == 1)
        for moment in [100, 295, 315, 345, 400] {
            #expect(try await alerts(restartAt: moment).map(\.id) == whole.map(\.id), "\(moment)")
        }
    }
}
