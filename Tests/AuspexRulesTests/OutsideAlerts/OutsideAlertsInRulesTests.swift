import AuspexRules
import AuspexSignals
import Testing

@Suite("Rules about the alerts of other systems")
struct OutsideAlertsInRulesTests {
    private var alerts = OutsideAlerts()

    private mutating func send(_ sends: ReceivedAlert..., at seconds: Int64, to engine: inout RuleEngine) -> [String] {
        let facts = alerts.receive(sends, at: second(seconds))
        let events = facts.flatMap { engine.handle($0, now: second(seconds)) }
        return (events + engine.advance(to: second(seconds))).map(\.brief)
    }

    @Test("repetitions don't begin the time of 'for' anew, and the rule's alert ends with the other system's")
    mutating func held() throws {
        var engine = RuleEngine(
            try rules(when: "{source: alert, where: 'alert.name == \"A\"', for: 2m}", more: "group_by: [instance]"))
        let alert = sent(from: 0, to: 300, assumed: true, more: ["instance": "a"])
        #expect(send(alert, at: 10, to: &engine) == ["pending a"])
        #expect(send(alert, at: 70, to: &engine) == [])
        #expect(send(alert, at: 125, to: &engine) == ["firing a"])
        #expect(send(alert, at: 200, to: &engine) == [])
        #expect(send(at: 300, to: &engine) == ["resolved a"])
    }

    @Test("a count counts alerts, not how often they are sent")
    mutating func counted() throws {
        var engine = RuleEngine(
            try rules(when: "{source: alert, where: 'alert.severity == \"critical\"', count: {gte: 2}}"))
        let (one, two) = (sent("A", from: 0, to: 300), sent("B", from: 0, to: 300))
        #expect(send(one, one, at: 10, to: &engine) == [])
        #expect(send(one, at: 20, to: &engine) == [])
        #expect(send(two, at: 30, to: &engine).last?.hasPrefix("firing") == true)
        #expect(send(sent("A", from: 0, to: 35), at: 40, to: &engine).last?.hasPrefix("resolved") == true)
    }
}
