import AuspexDetection
import AuspexRules
import AuspexSignals
import AuspexTesting
import Synchronization
import Testing

@testable import AuspexEngine

@Suite("Forecasts on their way to rules")
struct ForecastPipelineTests {
    private final class Recorder: RuleEventSink {
        private let taken = Mutex<[Alert]>([])
        var alerts: [Alert] { taken.withLock { $0 } }

        func take(_ updates: [IncidentUpdate]) async throws {}

        func take(_ events: [RuleEvent]) async throws {
            for case .alert(let alert) in events { taken.withLock { $0.append(alert) } }
        }
    }

    private static let rule = """
        kind: rule
        id: fills
        title: The disk is full within two hours
        severity: warning
        when: {disk: {source: metric, where: 'm.name == "used" && time_to_rise(m, 100.0) < duration("2h")', for: 1m}}
        tests:
          - name: half a percent a minute
            given:
              interval: 1m
              series:
                - {series: 'used{mount="/"}', values: '10+0.5x120'}
                - {series: 'used{mount="/data"}', values: '10x120'}
            expect:
              - {at: 40m, alerts: []}
              - {at: 120m, alerts: [{labels: {mount: /}}]}
        """

    private func ruleSet() throws -> RuleSet {
        let directory = try TemporaryDirectory()
        return try RuleLoader.load(paths: [try directory.file("rule.yaml", Self.rule)], runbooks: [])
    }

    private func detection() throws -> DetectionStage {
        try DetectionStage(detector: "ewma", partitions: 2, seriesLimit: 100)
    }

    /// A disk that fills, one that does not, and a metric of which no rule asks.
    private func message(_ minute: Int) -> BusMessage {
        let values = [("used", "/", 10 + 0.5 * Double(minute)), ("used", "/data", 30), ("load", "/", 1)]
        return .signals(
            SignalBatch(
                series: values.map { name, mount, value in
                    SeriesSamples(
                        labels: Labels(["__name__": name, "mount": mount]),
                        samples: [Sample(time: noon + .minutes(Int64(minute)), value: value)])
                }))
    }

    @Test("the disk that fills is told of, with the time that is left, and only asked series are forecast")
    func serving() async throws {
        let sink = Recorder()
        let stage = try detection()
        let pipeline = Pipeline(
            detection: stage, logs: LogStage(), rules: try ruleSet(), sink: sink, metrics: EngineMetrics())
        for minute in 0..<120 {
            try await pipeline.process(message(minute), at: Int64(minute + 1), now: noon + .minutes(Int64(minute)))
        }
        let fired = sink.alerts.filter { $0.state == .firing }
        #expect(Set(fired.map { $0.group["mount"] ?? "" }) == ["/"])
        #expect(fired.first?.evidence.text.contains("rises to 100.0 in 1h") == true, "\(fired)")
        #expect(stage.series(named: "used").allSatisfy { $0.forecaster != nil })
        #expect(stage.series(named: "load").allSatisfy { $0.forecaster == nil })
        #expect(await pipeline.ruleStatistics["fills"]?.lastUndecided?.contains(" of 20 forecasts") == true)
        #expect(await pipeline.ruleStatistics["fills"]?.errors == 0)
    }

    @Test("after a restart from a checkpoint alerts come as they would have without", arguments: [5, 16, 40, 70])
    func restart(at stop: Int) async throws {
        let (whole, first, second) = (Recorder(), Recorder(), Recorder())
        let rules = try ruleSet()
        func pipeline(_ sink: Recorder) throws -> Pipeline {
            Pipeline(
                detection: try detection(), logs: LogStage(), rules: rules, sink: sink, metrics: EngineMetrics())
        }
        let (uninterrupted, stopped, resumed) = (try pipeline(whole), try pipeline(first), try pipeline(second))
        for minute in 0..<120 {
            try await uninterrupted.process(message(minute), at: Int64(minute + 1), now: noon)
            if minute < stop { try await stopped.process(message(minute), at: Int64(minute + 1), now: noon) }
        }
        #expect(try await resumed.restore(try await stopped.checkpoint(now: noon), now: noon).isEmpty)
        for minute in stop..<120 {
            try await resumed.process(message(minute), at: Int64(minute + 1), now: noon)
        }
        #expect(!whole.alerts.isEmpty)
        #expect(first.alerts + second.alerts == whole.alerts)
    }

    @Test("a rule's test is forecast as the server would")
    func ruleTest() throws {
        let results = RuleTestRunner.run(try ruleSet(), forecasting: TestForecasts())
        #expect(results.count == 1 && results.allSatisfy(\.isPassed), "\(results)")
    }
}
