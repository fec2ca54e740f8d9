import AuspexRules
import AuspexSignals
import AuspexTesting
import Testing

/// Random series with labels under rules that group them, with Prometheus' own rule engine as the judge: `group_by: [team]`
/// is `count by (team) (… > 1)`. A series without the label is in the group of those without it, there and here.
@Suite("Groups of series as Prometheus has them")
struct PromtoolGroupingTests {
    private static let minutes = 25

    private struct Series {
        let labels: Labels
        /// A value for each minute; nil where it is not there.
        let values: [Double?]

        init(_ timeline: Int, _ number: Int, _ generator: inout SplitMix64) {
            func one(_ texts: [String]) -> String { texts[Int.random(in: texts.indices, using: &generator)] }
            labels = Labels([
                Labels.metricName: "load\(timeline)", "team": one(["a", "b", ""]), "zone": one(["x", "y", ""]),
                "host": "h\(number)",
            ])
            var values: [Double?] = []
            while values.count < minutes {
                let value: Double? = [0, 2, 2, nil].randomElement(using: &generator) ?? nil
                values += Array(repeating: value, count: Int.random(in: 1...5, using: &generator))
            }
            self.values = Array(values.prefix(minutes))
        }

        var line: String {
            let values = values.enumerated().map { minute, value in
                guard value == nil else { return value == 0 ? "0" : "2" }
                return minute == 0 || self.values[minute - 1] == nil ? "_" : "stale"
            }
            let shown = labels.pairs.filter { $0.name != Labels.metricName && !$0.value.isEmpty }
            let text = shown.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
            return "{series: '\(labels.name){\(text)}', values: '\(values.joined(separator: " "))'}"
        }
    }

    private struct Timeline {
        let number: Int
        let groupBy: [String]
        let hold: Int
        let keepFiring: Int
        let series: [Series]

        init(_ number: Int, _ generator: inout SplitMix64) {
            self.number = number
            groupBy = [["team"], ["zone"], ["team", "zone"], []].randomElement(using: &generator) ?? []
            hold = [0, 1, 2, 3].randomElement(using: &generator) ?? 0
            keepFiring = [0, 0, 1, 3].randomElement(using: &generator) ?? 0
            series = (0..<5).map { Series(number, $0, &generator) }
        }

        var rule: String {
            "{alert: X\(number), expr: 'count by (\(groupBy.joined(separator: ", "))) (load\(number) > 1)', "
                + "for: \(hold)m, keep_firing_for: \(keepFiring)m}"
        }

        /// The groups that fire at each minute.
        func firing() throws -> [Set<Labels>] {
            let rules = try RuleLoader.load(
                text: """
                    kind: rule
                    id: load
                    title: Load
                    severity: info
                    missing_data: resolve
                    group_by: [\(groupBy.joined(separator: ", "))]
                    when:
                      load: {source: metric, where: 'm.value > 1.0', for: \(hold)m, keep_firing_for: \(keepFiring)m}
                    """, file: "rule.yaml")
            var engine = RuleEngine(rules)
            return (0..<minutes).map { minute in
                let time = Timestamp(milliseconds: Int64(minute) * 60_000)
                for series in series {
                    if let value = series.values[minute] {
                        let fact = MetricFact(labels: series.labels, reading: Reading(time: time, value: value))
                        _ = engine.handle(.metric(fact), now: time)
                    } else if minute > 0, series.values[minute - 1] != nil {
                        _ = engine.handle(.stale(series.labels, at: time), now: time)
                    }
                }
                _ = engine.advance(to: time)
                return Set(engine.activeAlerts.filter { $0.state == .firing }.map(\.group))
            }
        }
    }

    @Test("which groups fire, at every minute", .enabled(if: Promtool.isHere, "\(Peers.reason)"))
    func timelines() async throws {
        var generator = SplitMix64(seed: 77)
        let timelines = (0..<60).map { Timeline($0, &generator) }
        let theirs = groups(
            in: try await Promtool.complaints(
                rules: timelines.map(\.rule), series: timelines.flatMap(\.series).map(\.line),
                alerts: timelines.map { "X\($0.number)" }, minutes: Self.minutes))
        var compared = 0
        for timeline in timelines {
            for (minute, ours) in try timeline.firing().enumerated() {
                let theirs = theirs["X\(timeline.number)"]?[minute] ?? []
                #expect(ours == theirs, "\(timeline.rule) at \(minute)m: \(timeline.series.map(\.line))")
                compared += theirs.count
            }
        }
        #expect(compared > 1_000)
    }

    /// The labels of the alerts that fire, by the rule and the minute.
    private func groups(in text: String) -> [String: [Int: Set<Labels>]] {
        var found: [String: [Int: Set<Labels>]] = [:]
        var (alert, minute) = ("", 0)
        for line in text.split(separator: "\n") {
            if let match = line.firstMatch(of: /alertname: (\w+), time: ((?:\d+h)?(?:\d+m)?(?:\d+s)?)/) {
                alert = String(match.1)
                minute = TimeSpan(String(match.2)).map { Int($0.milliseconds / 60_000) } ?? 0
            } else if let match = line.firstMatch(of: /Labels:\{(.*)\}/) {
                let pairs = match.1.matches(of: /(\w+)="([^"]*)"/).map { (String($0.1), String($0.2)) }
                let labels = Dictionary(pairs) { first, _ in first }.filter { $0.key != "alertname" }
                found[alert, default: [:]][minute, default: []].insert(Labels(labels))
            }
        }
        return found
    }
}
