package import AuspexDetection
package import AuspexRules
package import AuspexRunbooks
package import AuspexSignals
import Synchronization

/// Runs recorded signals through detectors and rules, on the recording's own clock, as fast as they can be read. Nothing
/// is stored and nothing is run: of a runbook that a rule asks for there is the plan.
package struct Replay: Sendable {
    /// What happened at one moment of the recording.
    package enum Event: Sendable {
        /// An alert has begun to stand like this.
        case alert(Alert)
        /// A rule asks for a runbook; this is what it would do.
        case plan(RunRequest, Plan)
        /// A rule asks for a runbook that cannot be planned.
        case noPlan(RunRequest, reason: String)
        /// An incident has begun, is over, or goes on.
        case incident(Incident)
    }

    /// What a replay has worked through.
    package struct Summary: Hashable, Sendable {
        /// Series.
        package var series = 0
        /// Samples.
        package var samples = 0
        /// Readings at or above the alert line.
        package var anomalies = 0
        /// Conditions that ended in an error.
        package var ruleErrors = 0
    }

    private let configuration: EngineConfiguration
    private let detectors: DetectorRegistry
    private let library: Library

    /// Loads rules and runbooks of a configuration.
    ///
    /// - Parameter detectors: where its detector is looked up.
    package init(configuration: EngineConfiguration, detectors: DetectorRegistry = .standard) throws {
        self.configuration = configuration
        self.detectors = detectors
        library = try Library(configuration)
    }

    /// Replays samples and log records in order of time.
    ///
    /// - Parameter report: Told of events in order.
    package func run(
        _ series: [SeriesSamples], logs: [LogRecord] = [], report: @escaping @Sendable (Event) -> Void
    ) async throws -> Summary {
        let metrics = EngineMetrics()
        // As it is configured, but for what protects a server.
        var settings = configuration.detection
        (settings.partitions, settings.seriesLimit, settings.memoryLimit) = (1, .max, .max)
        let detection = try DetectionStage(settings, registry: detectors)
        let pipeline = Pipeline(
            detection: detection, logs: try LogStage(configuration.logs), rules: library.rules,
            incidents: configuration.incidents, sink: Sink(runbooks: library.runbooks, report: report), metrics: metrics
        )
        var position: Int64 = 0
        for (time, batch) in Self.batches(series, logs) {
            position += 1
            try await pipeline.process(.signals(batch), at: position, now: time)
            try await pipeline.tick(now: time)
        }
        return Summary(
            series: detection.seriesCount, samples: series.reduce(0) { $0 + $1.samples.count },
            anomalies: metrics.value(of: .anomalies), ruleErrors: metrics.value(of: .ruleErrors))
    }

    /// Everything that has the same time, together, in order of time.
    private static func batches(
        _ series: [SeriesSamples], _ logs: [LogRecord]
    ) -> [(time: Timestamp, batch: SignalBatch)] {
        var batches: [Timestamp: SignalBatch] = [:]
        for part in series {
            for sample in part.samples {
                batches[sample.time, default: SignalBatch()].series.append(
                    SeriesSamples(labels: part.labels, samples: [sample]))
            }
        }
        for record in logs { batches[record.time, default: SignalBatch()].logs.append(record) }
        return batches.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// A class because it remembers what it has reported.
    private final class Sink: RuleEventSink {
        private let runbooks: [String: Runbook]
        private let report: @Sendable (Event) -> Void
        private let known = Mutex<[String: Incident.State]>([:])

        init(runbooks: [String: Runbook], report: @escaping @Sendable (Event) -> Void) {
            self.runbooks = runbooks
            self.report = report
        }

        func take(_ updates: [IncidentUpdate]) async throws {
            for case .changed(let incident) in updates {
                let isNews = known.withLock { $0.updateValue(incident.state, forKey: incident.id) != incident.state }
                if isNews { report(.incident(incident)) }
            }
        }

        func take(_ events: [RuleEvent]) async throws {
            for event in events {
                switch event {
                case .alert(let alert): report(.alert(alert))
                case .request(let request): report(planned(request))
                }
            }
        }

        private func planned(_ request: RunRequest) -> Event {
            guard let runbook = runbooks[request.runbook] else {
                return .noPlan(request, reason: "there is no runbook '\(request.runbook)'")
            }
            do throws(PlanError) {
                let plan = try Planner.plan(
                    runbook, parameters: request.parameters.object ?? [:], among: runbooks)
                return .plan(request, plan)
            } catch {
                return .noPlan(request, reason: error.description)
            }
        }
    }
}
