import AuspexDocuments
import AuspexSignals
import Foundation
import Testing

@testable import AuspexRules

@Suite("Rules that ask of the future")
struct ForecastRuleTests {
    private let fills = """
        {source: metric, where: 'm.name == "load" && forecast(m, "4h") >= 90.0 && time_to_rise(m, 100.0, "latest") < duration("5h")'}
        """

    private func fact(_ seconds: Int64, _ answers: ForecastAnswers?) -> Fact {
        .metric(
            MetricFact(
                labels: load("a"), reading: Reading(time: second(seconds), value: 50), forecasts: answers))
    }

    private func answers(_ value: Double, latest: TimeSpan?) -> ForecastAnswers {
        [
            "in 4h": .value(Expectation(value: value, lower: value - 1, upper: value + 1)),
            "rises to 100.0": .time(earliest: .hours(1), expected: .hours(2), latest: latest, horizon: .hours(9)),
        ]
    }

    @Test("what they ask is known before any sample comes, by the metric's name")
    func needs() throws {
        let needs = try rules(when: fills).forecasts
        #expect(needs.questions(ofMetric: "load") == [.value(after: .hours(4)), .rise(to: 100)])
        #expect(needs.questions(ofMetric: "other").isEmpty)
        let open = try rules(when: "{source: metric, where: 'time_to_fall(m, -2) < duration(\"1h\")'}").forecasts
        #expect(open.questions(ofMetric: "other") == [.fall(to: -2)])
        #expect(try rules().forecasts == ForecastNeeds())
    }

    @Test("the condition is asked of the answers that the fact brings")
    func answered() throws {
        var engine = RuleEngine(try rules(when: fills))
        #expect(engine.take(fact(1, answers(80, latest: .hours(3)))) == [])
        #expect(engine.take(fact(2, answers(95, latest: nil))) == [])
        let events = engine.handle(fact(3, answers(95, latest: .hours(3))), now: second(3))
        #expect(events.compactMap(\.alert).map(\.state) == [.pending, .firing] || events.count == 1)
        let text = try #require(events.last?.alert?.evidence.text)
        #expect(text.contains("in 4h 95, 94 to 96") && text.contains("rises to 100.0 in 2h, 1h to 3h"), "\(text)")
        #expect(engine.statistics(of: "high-load")?.errors == 0)
    }

    @Test("while the forecaster warms up there is no answer: an alert stays, none begins, and the reason is told")
    func warmingUp() throws {
        let reason = "warming up, 3 of 20"
        var engine = RuleEngine(try rules(when: fills))
        let none: ForecastAnswers = ["in 4h": .none(reason: reason), "rises to 100.0": .none(reason: reason)]
        #expect(engine.take(fact(1, none)) == [])
        _ = engine.take(fact(2, answers(95, latest: .hours(3))))
        #expect(engine.activeAlerts.count == 1)
        #expect(engine.take(fact(3, none)) == [])
        #expect(engine.activeAlerts.count == 1)
        let statistics = try #require(engine.statistics(of: "high-load"))
        #expect(statistics.undecided == 2 && statistics.errors == 0)
        #expect(statistics.lastUndecided?.contains(reason) == true)
    }

    @Test("answers survive a snapshot with the alert that rests on them")
    func snapshot() throws {
        var engine = RuleEngine(try rules(when: fills))
        _ = engine.take(fact(2, answers(95, latest: .hours(3))))
        var restored = RuleEngine(try rules(when: fills))
        #expect(try restored.restore(engine.snapshot(), now: second(3)).isEmpty)
        #expect(restored.activeAlerts == engine.activeAlerts)
        #expect(restored.activeAlerts.first?.evidence.text.contains("in 4h 95") == true)
    }

    @Test(
        "what can't be forecast is refused in its place",
        arguments: [
            ("forecast(m, \"4x\") > 1.0", "such as \"4h\""), ("forecast(m, m.name) > 1.0", "written out"),
            ("forecast(m, \"0s\") > 1.0", "such as \"4h\""), ("time_to_rise(m, \"9\") < duration(\"1h\")", "a number"),
            ("forecast(m, \"4h\", \"latest\") > 1.0", "\"expected\", \"lower\", \"upper\""),
            ("forecast(m) > 1.0", "takes 2 to 3 arguments"), ("forcast(m, \"4h\") > 1.0", "did you mean 'forecast'"),
        ])
    func refused(expression: String, hint: String) throws {
        let error = try #require(throws: DocumentError.self) {
            try rules(when: "{source: metric, where: '\(expression)'}")
        }
        #expect(error.description.contains(hint), "\(error)")
        #expect(error.description.contains("rule.yaml:5:"), "\(error)")
    }

    @Test("only metrics have a future that can be asked for")
    func logs() {
        let error = #expect(throws: DocumentError.self) {
            try rules(when: "{source: log, where: 'forecast(log, \"4h\") > 1.0'}")
        }
        #expect(error?.description.contains("no function 'forecast'") == true)
    }

    @Test("a test of a rule says what it lacks when nothing forecasts")
    func withoutForecaster() throws {
        let set = try rules(
            when: fills,
            more: """
                tests:
                  - name: fills
                    given: {series: [{series: load, values: '1x3'}]}
                    expect: [{at: 15s, alerts: [{state: firing}]}]
                """)
        let message = RuleTestRunner.run(set).flatMap(\.failures).map(\.message).joined()
        #expect(message.contains("there is no forecast of this series"), "\(message)")
    }
}
