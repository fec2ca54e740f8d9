import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("Keeping the state of rules")
struct RuleSnapshotTests {
    private static let more = "then: [{runbook: restart, with: {instance: labels.instance}}]"

    @Test("an engine restored at any point goes on as if nothing had happened")
    func roundTrip() throws {
        let ruleSet = try rules(
            when: "{source: metric, where: 'm.value > 1', for: 20s, keep_firing_for: 30s}", more: Self.more)
        var generator = SplitMix64(seed: 3)
        var engine = RuleEngine(ruleSet)
        for step in 0..<Int64(300) {
            var restored = RuleEngine(ruleSet)
            #expect(try restored.restore(engine.snapshot(), now: second(step)).isEmpty)
            #expect(restored.activeAlerts == engine.activeAlerts)
            let labels = load(["a", "b", "c"].randomElement(using: &generator) ?? "a")
            let fact: Fact =
                Int.random(in: 0..<9, using: &generator) == 0
                ? .stale(labels, at: second(step))
                : reading(labels, step, .random(in: 0...2.2, using: &generator), score: .infinity)
            let events = engine.handle(fact, now: second(step)) + engine.advance(to: second(step))
            #expect(restored.handle(fact, now: second(step)) + restored.advance(to: second(step)) == events)
            #expect(try restored.snapshot() == engine.snapshot())
        }
        #expect(engine.statistics(of: "high-load")?.evaluations == 300)
    }

    @Test("a value that JSON can't write survives")
    func infinity() throws {
        let ruleSet = try rules(when: "{source: metric, where: 'm.value > 1', for: 10s}")
        var engine = RuleEngine(ruleSet)
        _ = engine.take(reading(load("a"), 0, .infinity))
        var restored = RuleEngine(ruleSet)
        _ = try restored.restore(engine.snapshot(), now: second(0))
        let alert = try #require(restored.advance(to: second(10)).first?.alert)
        #expect(alert.evidence.value == nil)
        #expect(alert.evidence.text.hasSuffix("is inf"))
        #expect(throws: Never.self) { try JSONEncoder().encode(alert) }
    }

    @Test(
        "alerts of a rule that is gone or looks at something else are ended with a note",
        arguments: [
            ("id: high-load", "id: other", "the rule was taken away"),
            ("m.value > 1", "m.value > 3", "the rule was changed"),
        ])
    func changedRules(from: String, to: String, note: String) throws {
        let text = """
            kind: rule
            id: high-load
            title: Load is high
            severity: warning
            when: {c: {source: metric, where: 'm.value > 1'}}
            """
        var engine = RuleEngine(try RuleLoader.load(text: text, file: "f"))
        let fired = try #require(engine.handle(reading(load("a"), 0, 2), now: second(0)).first?.alert)
        let changed = try RuleLoader.load(text: text.replacingOccurrences(of: from, with: to), file: "f")
        var restored = RuleEngine(changed)
        let events = try restored.restore(engine.snapshot(), now: second(60))
        #expect(events == engine.replaceRules(changed, now: second(60)))
        let alert = try #require(events.first?.alert)
        #expect(alert.id == fired.id)
        #expect(alert.state == .resolved)
        #expect(alert.resolvedAt == second(60))
        #expect(alert.note == note)
        #expect(alert.title == "Load is high")
        #expect(engine.activeAlerts.isEmpty)
    }

    @Test("a rule that only gets another title or time keeps its alerts")
    func harmlessChange() throws {
        var engine = RuleEngine(try rules())
        _ = engine.take(reading(load("a"), 0, 2))
        let longer = try rules(
            when: "{source: metric, where: 'm.name == \"load\" && m.value > 1', for: 2h}", more: "labels: {team: web}")
        #expect(engine.replaceRules(longer, now: second(10)).isEmpty)
        #expect(engine.pass(to: 30) == ["firing a"])
    }

    @Test(
        "a snapshot of another format, or none, is refused and changes nothing",
        arguments: [
            ("{\"format\":2}", "has format 2, this version reads 1"), ("{}", "can't be read"), ("", "can't be read"),
            ("{\"format\":1,\"rules\":[{}]}", "can't be read"),
        ])
    func refused(text: String, complaint: String) throws {
        var engine = RuleEngine(try rules())
        _ = engine.take(reading(load("a"), 0, 2))
        let error = #expect(throws: RuleSnapshotError.self) {
            try engine.restore(Data(text.utf8), now: second(1))
        }
        #expect(error?.description.contains(complaint) == true)
        #expect(engine.activeAlerts.count == 1)
    }
}
