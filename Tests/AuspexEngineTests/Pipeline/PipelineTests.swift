import AuspexChanges
import AuspexDetection
import AuspexRules
import AuspexSignals
import AuspexStore
import AuspexTesting
import Synchronization
import Testing

@testable import AuspexEngine

/// Keeps what a pipeline hands on.
private final class Recorder: RuleEventSink {
    private let taken = Mutex<[RuleEvent]>([])

    var events: [RuleEvent] { taken.withLock { $0 } }
    var alerts: [Alert] {
        events.compactMap { if case .alert(let alert) = $0 { alert } else { nil } }
    }

    func take(_ updates: [IncidentUpdate]) async throws {}

    func take(_ events: [RuleEvent]) async throws { taken.withLock { $0 += events } }
}

@Suite struct PipelineTests {
    private static let rule = """
        kind: rule
        id: strange
        title: A value that is strange
        owner: test
        status: test
        severity: warning
        when: {value: {source: metric, where: 'm.name == "load" && m.anomaly_score >= 1.0', keep_firing_for: 30s}}
        group_by: [host]
        """

    /// Messages of two hosts, one of which leaps for ten seconds near the end.
    private static let messages: [BusMessage] = {
        var generator = SplitMix64(seed: 11)
        return (0..<500).map { step in
            let series = ["a", "b"].map { host in
                let leap = host == "b" && (450..<460).contains(step) ? 40.0 : 0
                let sample = Sample(time: noon + .seconds(Int64(step)), value: generator.gaussian() + leap)
                return SeriesSamples(labels: Labels(["__name__": "load", "host": host]), samples: [sample])
            }
            return .signals(SignalBatch(series: series))
        }
    }()

    private func makePipeline(_ sink: Recorder) throws -> Pipeline {
        let directory = try TemporaryDirectory()
        let path = try directory.file("rule.yaml", Self.rule)
        return Pipeline(
            detection: try DetectionStage(detector: "ewma", partitions: 2, seriesLimit: 100), logs: LogStage(),
            rules: try RuleLoader.load(paths: [path], runbooks: []), sink: sink, metrics: EngineMetrics())
    }

    @Test("a leap becomes one alert of the host that leapt, and ends with it")
    func leap() async throws {
        let sink = Recorder()
        let pipeline = try makePipeline(sink)
        for (index, message) in Self.messages.enumerated() {
            let now = noon + .seconds(Int64(index))
            try await pipeline.process(message, at: Int64(index + 1), now: now)
            try await pipeline.tick(now: now)
        }
        try await pipeline.tick(now: noon + .minutes(20))
        let leapt = sink.alerts.filter { $0.labels["host"] == "b" && $0.startedAt >= noon + .seconds(450) }
        #expect(Set(leapt.map(\.id)).count == 1)
        #expect(leapt.last?.state == .resolved)
        #expect(await pipeline.position == 500)
    }

    @Test("a group in which everything is a little strange becomes an alert, through restarts, though no series does")
    func group() async throws {
        let directory = try TemporaryDirectory()
        let rule = Self.rule
            .replacing("m.name == \"load\"", with: "m.name == \"\(GroupPolicy.seriesName)\"")
            .replacing("[host]", with: "[service]")
        let rules = try RuleLoader.load(paths: [try directory.file("rule.yaml", rule)], runbooks: [])
        let sink = Recorder()
        func pipeline() throws -> Pipeline {
            Pipeline(
                detection: try DetectionStage(
                    detector: "ewma", partitions: 2, seriesLimit: 100, groups: GroupPolicy(labels: ["service"])),
                logs: LogStage(), rules: rules, sink: sink, metrics: EngineMetrics())
        }
        var generator = SplitMix64(seed: 12)
        var current = try pipeline()
        var saved = CheckpointStore.Checkpoint(sequence: 0, states: [:], series: [:])
        for step in 0..<800 {
            let series = (0..<20).map { host in
                let value = generator.gaussian() + ((780..<783).contains(step) ? 2 : 0)
                return SeriesSamples(
                    labels: Labels(["__name__": "load", "service": "shop", "host": "h\(host)"]),
                    samples: [Sample(time: noon + .seconds(Int64(step)), value: value)])
            }
            try await current.process(.signals(SignalBatch(series: series)), at: Int64(step + 1), now: noon)
            guard step % 250 == 249 else { continue }
            let cut = try await current.checkpoint(now: noon)
            saved.sequence = cut.sequence
            saved.states = cut.states
            saved.series.merge(cut.series) { _, new in new }
            current = try pipeline()
            #expect(try await current.restore(saved, now: noon).isEmpty)
        }
        let raised = sink.alerts.filter { $0.startedAt >= noon + .seconds(780) }
        #expect(Set(raised.map(\.labels)) == [Labels(["service": "shop"])])
        #expect(Set(raised.map(\.id)).count == 1)
    }

    @Test("stopped anywhere and restored, even with messages worked in twice, the events end up the same")
    func restart() async throws {
        let whole = Recorder()
        let uninterrupted = try makePipeline(whole)
        for (index, message) in Self.messages.enumerated() {
            try await uninterrupted.process(message, at: Int64(index + 1), now: noon)
        }
        #expect(!whole.alerts.isEmpty)

        let parts = Recorder()
        var saved = CheckpointStore.Checkpoint(sequence: 0, states: [:], series: [:])
        // Each engine dies some messages after its last checkpoint; the next one works those in again.
        for (checkpoint, death) in [(100, 130), (300, 300), (455, 470), (478, 499), (500, 500)] {
            let pipeline = try makePipeline(parts)
            #expect(try await pipeline.restore(saved, now: noon).isEmpty)
            let start = Int(await pipeline.position)
            for index in start..<death {
                try await pipeline.process(Self.messages[index], at: Int64(index + 1), now: noon)
                if index + 1 == checkpoint {
                    let cut = try await pipeline.checkpoint(now: noon)
                    saved.sequence = cut.sequence
                    saved.states = cut.states
                    saved.series.merge(cut.series) { _, new in new }
                }
            }
        }
        /// What is kept when every event is upserted by its alert.
        func kept(_ recorder: Recorder) -> [String: Alert] {
            Dictionary(recorder.alerts.map { ($0.id, $0) }) { _, last in last }
        }
        #expect(kept(parts) == kept(whole))
    }

    @Test("a state that cannot be read is told, and its series begins anew")
    func damage() async throws {
        let pipeline = try makePipeline(Recorder())
        for (index, message) in Self.messages[..<50].enumerated() {
            try await pipeline.process(message, at: Int64(index + 1), now: noon)
        }
        var checkpoint = try await pipeline.checkpoint(now: noon)
        let name = try #require(checkpoint.series.keys.min())
        checkpoint.series[name]?.removeLast(3)
        let restored = try makePipeline(Recorder())
        let problems = try await restored.restore(checkpoint, now: noon)
        #expect(problems.count == 1 && problems.first?.hasPrefix(name) == true)
        #expect(restored.series(named: "load").count == 1)
    }

    @Test("a window that a change has opened survives a restart")
    func deployWindow() async throws {
        func makePipeline() throws -> Pipeline {
            var configuration = EngineConfiguration.Detection()
            configuration.deployWindow.effect = .mute
            return Pipeline(
                detection: try DetectionStage(configuration, registry: .standard), logs: LogStage(),
                rules: try RuleLoader.load(paths: [], runbooks: []), sink: Recorder(), metrics: EngineMetrics())
        }
        func message(_ second: Int64) -> BusMessage {
            let sample = Sample(time: noon + .seconds(second), value: 1)
            return .signals(
                SignalBatch(
                    series: [SeriesSamples(labels: Labels(["__name__": "up", "job": "web"]), samples: [sample])]))
        }
        let first = try makePipeline()
        try await first.process(message(0), at: 1, now: noon)
        try await first.process(.change(Change(id: "1", service: "web", startedAt: noon)), at: 2, now: noon)
        let second = try makePipeline()
        #expect(try await second.restore(try await first.checkpoint(now: noon), now: noon).isEmpty)
        try await second.process(message(60), at: 3, now: noon)
        let window = DeployWindow(policy: .mute, until: noon + .minutes(10))
        #expect(second.series(named: "up").map(\.deployWindow) == [window])
        try await second.process(message(600), at: 4, now: noon)
        #expect(second.series(named: "up").map(\.deployWindow) == [nil])
    }

    @Test("a change reaches the rules")
    func change() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file(
            "rule.yaml",
            """
            kind: rule
            id: failed
            title: A deploy failed
            owner: test
            status: test
            severity: warning
            when: {deploy: {source: change, where: 'deploy.outcome == "failure"', keep_firing_for: 10m}}
            group_by: [service]
            """)
        let sink = Recorder()
        let pipeline = Pipeline(
            detection: try DetectionStage(detector: "ewma", partitions: 1, seriesLimit: 1), logs: LogStage(),
            rules: try RuleLoader.load(paths: [path], runbooks: []), sink: sink, metrics: EngineMetrics())
        var change = Change(id: "1", kind: .deploy, service: "web", environment: "production", startedAt: noon)
        change.outcome = .failure
        try await pipeline.process(.change(change), at: 1, now: noon)
        #expect(sink.alerts.map(\.state) == [.firing])
        #expect(sink.alerts.first?.labels["service"] == "web")
    }
}
