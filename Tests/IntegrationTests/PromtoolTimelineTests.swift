import AuspexRules
import AuspexSignals
import AuspexTesting
import Testing

/// Random series under random `for` and `keep_firing_for`, with Prometheus' own rule engine as the judge.
@Suite("Alerts of Prometheus on the same series")
struct PromtoolTimelineTests {
    private static let minutes = 45

    /// One rule over one series, with a value for each minute; nil ends the series for as long as it lasts.
    private struct Timeline {
        let number: Int
        let hold: Int
        let keepFiring: Int
        let values: [Double?]

        init(_ number: Int, _ generator: inout SplitMix64) {
            self.number = number
            hold = [0, 0, 1, 2, 3, 5].randomElement(using: &generator) ?? 0
            keepFiring = [0, 0, 1, 2, 4, 7].randomElement(using: &generator) ?? 0
            var values: [Double?] = []
            while values.count < minutes {
                let value: Double? = [0, 2, 2, nil].randomElement(using: &generator) ?? nil
                let length = Int.random(in: 1...6, using: &generator)
                values += Array(repeating: value, count: length)
            }
            self.values = Array(values.prefix(minutes))
        }

        /// The series in promtool's notation. A second mark of an ended series would be a sample of no series.
        var notation: String {
            values.enumerated().map { minute, value in
                guard value == nil else { return value == 0 ? "0" : "2" }
                return minute == 0 || values[minute - 1] == nil ? "_" : "stale"
            }.joined(separator: " ")
        }

        /// The minutes at which our alert fires.
        func firing() throws -> Set<Int> {
            let rules = try RuleLoader.load(
                text: """
                    kind: rule
                    id: load
                    title: Load
                    severity: info
                    missing_data: resolve
                    when:
                      load: {source: metric, where: 'm.value > 1.0', for: \(hold)m, keep_firing_for: \(keepFiring)m}
                    """, file: "rule.yaml")
            var engine = RuleEngine(rules)
            let labels = Labels([Labels.metricName: "load"])
            var firing: Set<Int> = []
            for (minute, value) in values.enumerated() {
                let time = Timestamp(milliseconds: Int64(minute) * 60_000)
                if let value {
                    let fact = MetricFact(labels: labels, reading: Reading(time: time, value: value))
                    _ = engine.handle(.metric(fact), now: time)
                } else if minute > 0, values[minute - 1] != nil {
                    _ = engine.handle(.stale(labels, at: time), now: time)
                }
                _ = engine.advance(to: time)
                if engine.activeAlerts.contains(where: { $0.state == .firing }) { firing.insert(minute) }
            }
            return firing
        }
    }

    @Test(
        "for, keep_firing_for and the end of a series give the same alerts at every minute",
        .enabled(if: Promtool.isHere, "\(Peers.reason)"))
    func timelines() async throws {
        var generator = SplitMix64(seed: 42)
        let timelines = (0..<120).map { Timeline($0, &generator) }
        let theirs = try await prometheusFiring(timelines)
        for timeline in timelines {
            #expect(
                try timeline.firing() == theirs[timeline.number] ?? [],
                "for \(timeline.hold)m keep \(timeline.keepFiring)m: \(timeline.notation)")
        }
        // Otherwise nothing was compared.
        #expect(theirs.count > 100)
    }

    /// The minutes at which Prometheus' alerts fire, by the timeline's number.
    private func prometheusFiring(_ timelines: [Timeline]) async throws -> [Int: Set<Int>] {
        let text = try await Promtool.complaints(
            rules: timelines.map { timeline in
                "{alert: X\(timeline.number), expr: load\(timeline.number) > 1, for: \(timeline.hold)m, "
                    + "keep_firing_for: \(timeline.keepFiring)m}"
            },
            series: timelines.map { "{series: load\($0.number), values: '\($0.notation)'}" },
            alerts: timelines.map { "X\($0.number)" }, minutes: Self.minutes)
        var firing: [Int: Set<Int>] = [:]
        for match in text.matches(of: /alertname: X(\d+), time: ((?:\d+h)?(?:\d+m)?(?:\d+s)?)/) {
            guard let number = Int(match.1), let time = TimeSpan(String(match.2)) else { continue }
            firing[number, default: []].insert(Int(time.milliseconds / 60_000))
        }
        return firing
    }
}
