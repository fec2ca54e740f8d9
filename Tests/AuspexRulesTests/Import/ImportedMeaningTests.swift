import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

/// What Prometheus makes of series is written in the format of its own `promtool test rules`, which passes these tests, too.
@Suite("What imported rules mean")
struct ImportedMeaningTests {
    /// Rules of every form that can be said.
    static let rules = """
        groups:
        - name: g
          rules:
          - {alert: Down, expr: up == 0, for: 2m, labels: {severity: page}}
          - {alert: Kept, expr: 'load{job="web", zone!=""} > 5', keep_firing_for: 3m}
          - {alert: Both, expr: 'load{job=~"we.", zone!~"a|b"} > 5 and load < 9', for: 1m}
          - {alert: NoZone, expr: 'load{zone=""} >= 2'}
          - {alert: Either, expr: 'load{job="db"} > 8 or load{job="web"} < 1'}
          - {alert: Except, expr: 'load > 3 unless load{zone="a"} > 6'}
          - {alert: Any, expr: 'probe'}
          - {alert: Percent, expr: '100 * (1 - free) > 80 < 95', for: 1m}
          - {alert: Odd, expr: '-load < -8'}
          - {alert: Gone, expr: 'beat > 0', for: 2m, keep_firing_for: 2m, labels: {zone: fixed}}
        """

    /// Series a minute apart, and the alerts that fire at a moment.
    static let tests = """
        rule_files: [rules.yml]
        evaluation_interval: 1m
        tests:
        - interval: 1m
          input_series:
          - {series: 'up{job="a"}', values: '1 0 0 0 1 0 0 1 0 0 0 0'}
          - {series: 'up{job="b"}', values: '0 0 0 stale'}
          alert_rule_test:
          - {eval_time: 0m, alertname: Down, exp_alerts: []}
          - {eval_time: 2m, alertname: Down, exp_alerts: [{exp_labels: {job: b, severity: page}}]}
          - {eval_time: 3m, alertname: Down, exp_alerts: [{exp_labels: {job: a, severity: page}}]}
          - {eval_time: 4m, alertname: Down, exp_alerts: []}
          - {eval_time: 7m, alertname: Down, exp_alerts: []}
          - {eval_time: 9m, alertname: Down, exp_alerts: []}
          - {eval_time: 10m, alertname: Down, exp_alerts: [{exp_labels: {job: a, severity: page}}]}
        - interval: 1m
          input_series:
          - {series: 'load{job="web",zone="c"}', values: '0 6 5 5 5 5 7 9 10 0'}
          - {series: 'load{job="web",zone="a"}', values: '4 4 7 7 4 4 4 4 4 4'}
          - {series: 'load{job="web"}', values: '7 7 1 2 3 0.5 7 7 7 7'}
          - {series: 'load{job="db",zone="c"}', values: '6 6 9 8 8.5 8 8 8 8 8'}
          alert_rule_test:
          - {eval_time: 0m, alertname: Kept, exp_alerts: []}
          - {eval_time: 1m, alertname: Kept, exp_alerts: [{exp_labels: {job: web, zone: c}}]}
          - eval_time: 4m
            alertname: Kept
            exp_alerts: [{exp_labels: {job: web, zone: c}}, {exp_labels: {job: web, zone: a}}]
          - {eval_time: 5m, alertname: Kept, exp_alerts: [{exp_labels: {job: web, zone: a}}]}
          - {eval_time: 0m, alertname: Both, exp_alerts: []}
          - {eval_time: 1m, alertname: Both, exp_alerts: [{exp_labels: {job: web}}]}
          - {eval_time: 2m, alertname: Both, exp_alerts: []}
          - {eval_time: 6m, alertname: Both, exp_alerts: []}
          - {eval_time: 7m, alertname: Both, exp_alerts: [{exp_labels: {job: web}}]}
          - {eval_time: 2m, alertname: NoZone, exp_alerts: []}
          - {eval_time: 3m, alertname: NoZone, exp_alerts: [{exp_labels: {job: web}}]}
          - {eval_time: 0m, alertname: Either, exp_alerts: [{exp_labels: {job: web, zone: c}}]}
          - {eval_time: 2m, alertname: Either, exp_alerts: [{exp_labels: {job: db, zone: c}}]}
          - {eval_time: 3m, alertname: Either, exp_alerts: []}
          - {eval_time: 5m, alertname: Either, exp_alerts: [{exp_labels: {job: web}}]}
          - eval_time: 1m
            alertname: Except
            exp_alerts:
            - {exp_labels: {job: web, zone: c}}
            - {exp_labels: {job: web, zone: a}}
            - {exp_labels: {job: web}}
            - {exp_labels: {job: db, zone: c}}
          - eval_time: 2m
            alertname: Except
            exp_alerts: [{exp_labels: {job: web, zone: c}}, {exp_labels: {job: db, zone: c}}]
          - {eval_time: 6m, alertname: Odd, exp_alerts: []}
          - {eval_time: 7m, alertname: Odd, exp_alerts: [{exp_labels: {job: web, zone: c}}]}
          - {eval_time: 2m, alertname: Odd, exp_alerts: [{exp_labels: {job: db, zone: c}}]}
        - interval: 1m
          input_series:
          - {series: 'probe{job="a"}', values: '_ 0 -5 stale _ 1'}
          - {series: 'free{disk="x"}', values: '0.5 0.15 0.1 0.04 0.1 0.1'}
          - {series: 'beat{zone="a"}', values: '1 1 1 1 stale _ _ _ 1 1 1'}
          alert_rule_test:
          - {eval_time: 0m, alertname: Any, exp_alerts: []}
          - {eval_time: 1m, alertname: Any, exp_alerts: [{exp_labels: {job: a}}]}
          - {eval_time: 2m, alertname: Any, exp_alerts: [{exp_labels: {job: a}}]}
          - {eval_time: 3m, alertname: Any, exp_alerts: []}
          - {eval_time: 5m, alertname: Any, exp_alerts: [{exp_labels: {job: a}}]}
          - {eval_time: 1m, alertname: Percent, exp_alerts: []}
          - {eval_time: 2m, alertname: Percent, exp_alerts: [{exp_labels: {disk: x}}]}
          - {eval_time: 3m, alertname: Percent, exp_alerts: []}
          - {eval_time: 4m, alertname: Percent, exp_alerts: []}
          - {eval_time: 5m, alertname: Percent, exp_alerts: [{exp_labels: {disk: x}}]}
          - {eval_time: 1m, alertname: Gone, exp_alerts: []}
          - {eval_time: 2m, alertname: Gone, exp_alerts: [{exp_labels: {zone: fixed}}]}
          - {eval_time: 5m, alertname: Gone, exp_alerts: [{exp_labels: {zone: fixed}}]}
          - {eval_time: 6m, alertname: Gone, exp_alerts: []}
          - {eval_time: 9m, alertname: Gone, exp_alerts: []}
          - {eval_time: 10m, alertname: Gone, exp_alerts: [{exp_labels: {zone: fixed}}]}
        """

    @Test("the alerts that fire are those that fire in Prometheus")
    func sameAlerts() throws {
        let result = try imported(Self.rules)
        #expect(result.findings == [])
        let ruleSet = try result.loaded()
        let ids = Dictionary(uniqueKeysWithValues: result.rules.map { ($0.alert, $0.id) })
        let tests = try #require(try DocumentParser.documents(in: Self.tests, file: "tests.yml").first?.root["tests"])
        var checked = 0
        for test in try #require(tests.elements) {
            let facts = try Self.facts(test)
            for check in try #require(test["alert_rule_test"]?.elements) {
                let time = try #require(check["eval_time"]?.text.flatMap { TimeSpan($0) })
                let rule = try #require(check["alertname"]?.text.flatMap { ids[$0] })
                let moment = Timestamp(milliseconds: time.milliseconds)
                let firing = Self.firing(rule, in: ruleSet, after: facts, at: moment)
                // The severity is a label there, and none here.
                let wanted = try #require(check["exp_alerts"]?.elements).map { alert in
                    let pairs = alert["exp_labels"]?.entries?.map { ($0.key, $0.value.text ?? "") } ?? []
                    return Labels(Dictionary(uniqueKeysWithValues: pairs)).setting(SeverityWord.label, to: "")
                }
                #expect(Set(firing) == Set(wanted) && firing.count == wanted.count, "\(rule) at \(time)")
                checked += 1
            }
        }
        #expect(checked == 43)
    }

    /// The labels of the alerts of `rule` that fire once everything up to `moment` was seen.
    private static func firing(
        _ rule: String, in ruleSet: RuleSet, after facts: [Fact], at moment: Timestamp
    ) -> [Labels] {
        var engine = RuleEngine(ruleSet)
        for fact in facts where fact.time <= moment {
            _ = engine.advance(to: fact.time - TimeSpan(milliseconds: 1))
            _ = engine.handle(fact, now: fact.time)
        }
        _ = engine.advance(to: moment)
        return engine.activeAlerts.filter { $0.rule == rule && $0.state == .firing }.map(\.labels)
    }

    /// The series of a test, in order of time.
    private static func facts(_ test: DocumentNode) throws -> [Fact] {
        let series = try #require(test["input_series"]?.elements).map { node in
            let selector = try #require(node["series"]?.text.flatMap { SeriesSelector($0) })
            return (selector.labels, try SeriesNotation(try #require(node["values"]?.text)).values)
        }
        let facts = series.flatMap { labels, values in
            values.enumerated().compactMap { minute, value -> Fact? in
                switch value {
                case .number(let number): reading(labels, Int64(minute) * 60, number)
                case .stale: .stale(labels, at: second(Int64(minute) * 60))
                case .missing: nil
                }
            }
        }
        return facts.sorted { $0.time < $1.time }
    }
}
