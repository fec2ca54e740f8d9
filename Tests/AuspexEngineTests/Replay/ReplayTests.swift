import AuspexRules
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Synchronization
import Testing

@testable import AuspexEngine

@Suite struct ReplayTests {
    private static let rule = """
        kind: rule
        id: down
        title: Down
        owner: test
        status: stable
        severity: critical
        when: {up: {source: metric, where: 'up.name == "up" && up.value == 0', for: 10s}}
        group_by: [job]
        then: [{runbook: tell, mode: auto, with: {job: labels.job}}]
        """
    private static let runbook = """
        kind: runbook
        id: tell
        version: 1
        title: Tell people
        owner: test
        params: {job: {type: string, required: true, pattern: '[a-z]+'}}
        steps: [{id: say, run: {argv: [/usr/bin/false, '${job}']}, effect: idempotent}]
        verify: {alerts_clear: [{rule: down}], for: 1s, within: 2s}
        """

    /// Events as lines of text, by replaying a series that is down from the 20th second to the 39th.
    private func events(job: String) async throws -> ([String], Replay.Summary) {
        let directory = try TemporaryDirectory()
        var configuration = EngineConfiguration()
        configuration.rulePaths = [try directory.file("rules/r.yaml", Self.rule)]
        configuration.runbookPaths = [try directory.file("runbooks/b.yaml", Self.runbook)]
        let samples = (0..<60).map { second in
            Sample(time: noon + .seconds(Int64(second)), value: (20..<40).contains(second) ? 0 : 1)
        }
        let series = SeriesSamples(labels: Labels(["__name__": "up", "job": job]), samples: samples)
        let lines = Mutex<[String]>([])
        let summary = try await Replay(configuration: configuration).run([series]) { event in
            let line =
                switch event {
                case .alert(let alert): "\(alert.state.rawValue)"
                case .plan(let request, let plan): "plan \(plan.runbook) for \(request.rule)"
                case .noPlan(_, let reason): "no plan: \(reason)"
                case .incident(let incident): "incident \(incident.state.rawValue)"
                }
            lines.withLock { $0.append(line) }
        }
        return (lines.withLock { $0 }, summary)
    }

    @Test("a recorded outage leads to an alert, the plan of its runbook, and the end of the alert")
    func outage() async throws {
        let (lines, summary) = try await events(job: "shop")
        #expect(lines == ["pending", "firing", "incident open", "plan tell for down", "resolved"])
        #expect(summary.series == 1 && summary.samples == 60 && summary.ruleErrors == 0)
    }

    @Test("series are watched as they are configured, in groups, too")
    func groups() async throws {
        let directory = try TemporaryDirectory()
        var configuration = EngineConfiguration()
        configuration.detection.detector = "ewma"
        configuration.detection.groups = GroupPolicy(labels: ["job"])
        configuration.rulePaths = [
            try directory.file(
                "r.yaml",
                """
                kind: rule
                id: group
                title: A group is read
                owner: test
                status: test
                severity: warning
                when: {value: {source: metric, where: 'm.name == "auspex_group_strangeness"'}}
                group_by: [job]
                """)
        ]
        var random = SplitMix64(seed: 81)
        let series = (0..<3).map { host in
            SeriesSamples(
                labels: Labels(["__name__": "load", "job": "shop", "host": "h\(host)"]),
                samples: (0..<300).map { Sample(time: noon + .seconds(Int64($0)), value: random.gaussian()) })
        }
        let raised = Mutex<[Labels]>([])
        _ = try await Replay(configuration: configuration).run(series) { event in
            if case .alert(let alert) = event { raised.withLock { $0.append(alert.labels) } }
        }
        #expect(raised.withLock { Set($0) } == [Labels(["job": "shop"])])
    }

    @Test("a runbook that cannot be planned is told with the reason, and the replay goes on")
    func unplannable() async throws {
        let (lines, _) = try await events(job: "Shop 1")
        #expect(lines.count == 5 && lines.last == "resolved")
        #expect(lines[3].hasPrefix("no plan: ") && lines[3].contains("job"))
    }
}
