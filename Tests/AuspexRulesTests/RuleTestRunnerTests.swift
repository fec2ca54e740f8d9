import AuspexRules
import AuspexSignals
import Testing

@Suite("Running the tests beside the rules")
struct RuleTestRunnerTests {
    private func results(_ tests: String, more: String = "") throws -> [RuleTestResult] {
        let indented = tests.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
        return RuleTestRunner.run(
            try rules(
                more: """
                    \(more)
                    then: [{runbook: restart, mode: propose, with: {instance: labels.instance}}]
                    tests:
                      \(indented)
                    """))
    }

    @Test("what is as expected passes")
    func passes() throws {
        let results = try results(
            """
            - name: fires
              given:
                interval: 10s
                series:
                  - {series: 'load{instance="a"}', values: '0 2x4 0'}
                  - {labels: {__name__: load, instance: b}, values: '0x6'}
              expect:
                - {at: 9s, alerts: [], requests: []}
                - {at: 10s, alerts: [{state: pending, labels: {instance: a}}], requests: []}
                - at: 40s
                  alerts: [{labels: {instance: a}}]
                  requests: [{runbook: restart, mode: propose, with: {instance: a}}]
                - {at: 1m, alerts: [{state: resolved}]}
                - {at: 2m, alerts: [], requests: [{runbook: restart}]}
            """)
        #expect(results.map(\.failures) == [[]])
        #expect(results.first?.isPassed == true)
        #expect(results.first?.name == "fires")
        #expect(results.first?.rule == "high-load")
    }

    /// An expectation that is wrong, and the message that it brings.
    static let wrong: [(expect: String, messages: [String])] = [
        (
            "{at: 40s, alerts: []}",
            ["at 40s: got an alert that is not expected: high-load firing {instance=\"a\"} (since 10s)"]
        ),
        (
            "{at: 20s, alerts: [{labels: {instance: a}}]}",
            [
                "at 20s: expected alert high-load firing {instance=\"a\"}; got high-load pending {instance=\"a\"} (since 10s)",
                "at 20s: got an alert that is not expected: high-load pending {instance=\"a\"} (since 10s)",
            ]
        ),
        ("{at: 5s, alerts: [{}]}", ["at 5s: expected alert high-load firing {}; got none"]),
        (
            "{at: 40s, alerts: [{labels: {instance: b}}, {}]}",
            [
                "at 40s: expected alert high-load firing {instance=\"b\"}; got high-load firing {instance=\"a\"} (since 10s)"
            ]
        ),
        (
            "{at: 40s, requests: []}",
            ["at 40s: got a request that is not expected: restart propose with {\"instance\":\"a\"}"]
        ),
        (
            "{at: 40s, requests: [{runbook: restart, with: {instance: b}}]}",
            [
                "at 40s: expected request restart in any mode with {\"instance\":\"b\"}; got restart propose with {\"instance\":\"a\"}"
            ]
        ),
        (
            "{at: 40s, requests: [{runbook: restart, mode: auto}]}",
            ["at 40s: expected request restart auto with anything; got restart propose with {\"instance\":\"a\"}"]
        ),
        (
            "{at: 20s, requests: [{runbook: restart}]}",
            ["at 20s: expected request restart in any mode with anything; got none"]
        ),
    ]

    @Test("what is not as expected fails and says what came instead", arguments: wrong)
    func fails(expect: String, messages: [String]) throws {
        let result = try #require(
            try results(
                """
                - name: t
                  given: {interval: 10s, series: [{series: 'load{instance="a"}', values: '0 2x4 0'}]}
                  expect: [\(expect)]
                """
            ).first)
        #expect(result.failures.map(\.message) == messages)
        #expect(!result.isPassed)
        #expect(result.failures.first?.location.line == 11)
    }

    @Test("errors of the expressions are shown beside a failure")
    func errors() throws {
        let result = try #require(
            try RuleTestRunner.run(
                rules(
                    when: "{source: metric, where: 'm.labels.zone == \"x\"'}",
                    more: """
                        tests:
                          - name: t
                            given: {series: [{series: load, values: 1}]}
                            expect: [{at: 1m, alerts: [{}]}]
                        """)
            ).first)
        #expect(result.failures.count == 2)
        #expect(result.failures.last?.message.hasPrefix("at 1m: high-load had 1 errors, the last one: 1:") == true)
    }

    @Test("tests can show scores, expectations, silence, records, changes and outside alerts")
    func everything() throws {
        let results = RuleTestRunner.run(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: strange
                    title: Strange
                    severity: info
                    when: {c: {source: metric, where: 'm.anomalous && m.value > m.upper && m.score > 2 && m.p_value < 0.1'}}
                    missing_data: resolve
                    tests:
                      - name: scores
                        given:
                          interval: 1m
                          series:
                            - series: x
                              values: 9 9 9 stale
                              anomaly_score: _ 0.5 3 3
                              score: 5x3
                              p_value: 0.01x3
                              expected: 5x3
                              upper: 6x3
                        expect:
                          - {at: 1m, alerts: []}
                          - {at: 2m, alerts: [{}]}
                          - {at: 3m, alerts: [{state: resolved}]}
                    ---
                    kind: rule
                    id: noisy
                    title: Noisy
                    severity: info
                    when: {c: {source: log, where: 'log.is_new && log.template_id == "t" && log.severity == "WARN"'}}
                    tests:
                      - name: records
                        given:
                          logs:
                            - {at: 1m, body: b, severity: WARN, template: 'b', template_id: t, is_new: true, labels: {a: b}}
                            - {at: 2m, body: b}
                        expect: [{at: 1m, alerts: [{labels: {a: b}}]}, {at: 6m, alerts: [{state: resolved}]}]
                    ---
                    kind: rule
                    id: deployed
                    title: Deployed
                    severity: info
                    when: {c: {source: change, where: 'c.kind == "config" && c.outcome == "failure"'}}
                    tests:
                      - name: changes
                        given: {changes: [{at: 5s, service: web, kind: config, outcome: failure}, {at: 6s, service: shop}]}
                        expect: [{at: 6s, alerts: [{labels: {service: web}}]}]
                    ---
                    kind: rule
                    id: elsewhere
                    title: Elsewhere
                    severity: info
                    when: {c: {source: alert, where: 'c.name == "Down"', for: 1m}}
                    tests:
                      - name: outside alerts
                        given: {alerts: [{at: 0s, name: Down, labels: {i: a}}, {at: 2m, name: Down, labels: {i: a}, state: resolved}]}
                        expect: [{at: 59s, alerts: [{state: pending}]}, {at: 1m, alerts: [{}]}, {at: 2m, alerts: [{state: resolved}]}]
                    """, file: "f"))
        #expect(results.count == 4)
        for result in results { #expect(result.isPassed, "\(result)") }
    }
}

@Suite("Rule tests that look at the risk")
struct RiskExpectationTests {
    @Test(
        "the score and the band have to be as expected",
        arguments: [("75.5", "high", true), ("75", "high", false), ("75.5", "low", false)])
    func risk(score: String, band: String, passes: Bool) throws {
        let rules = try RuleLoader.load(
            text: """
                kind: rule
                id: r
                title: T
                severity: info
                when: {load: {source: metric, where: 'm.value > 1.0'}}
                risk: {base: 50, points: [{if: 'load.value > 2.0', add: 25.5, because: so much}]}
                tests:
                  - name: t
                    given: {series: [{series: load, values: '3'}]}
                    expect: [{at: 0s, alerts: [{state: firing, risk: {score: \(score), band: \(band)}}]}]
                """, file: "r.yaml")
        let result = try #require(RuleTestRunner.run(rules).first)
        #expect(result.isPassed == passes)
        #expect(passes || result.failures[0].message.contains("risk 75.5 high"))
    }
}
