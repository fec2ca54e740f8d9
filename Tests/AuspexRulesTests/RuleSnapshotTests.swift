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
        #expect(engine.activeAlerts.map(\.startedAt) == [second(0)])
        #expect(engine.pass(to: 7_199) == [])
        #expect(engine.pass(to: 7_200) == ["firing a"])
    }

    /// A rule with these times.
    private static func timed(_ hold: String, _ keep: String) throws -> RuleSet {
        try rules(when: "{source: metric, where: 'm.value > 1', for: \(hold), keep_firing_for: \(keep)}")
    }

    @Test("alerts follow the new times of their rule, also over a restart", arguments: [false, true])
    func newTimes(isRestart: Bool) throws {
        func changed(_ engine: RuleEngine, to ruleSet: RuleSet, at time: Int64) throws -> RuleEngine {
            var next = isRestart ? RuleEngine(ruleSet) : engine
            let events =
                isRestart
                ? try next.restore(engine.snapshot(), now: second(time))
                : next.replaceRules(ruleSet, now: second(time))
            #expect(events.isEmpty)
            return next
        }
        var engine = RuleEngine(try Self.timed("1h", "1h"))
        _ = engine.take(reading(load("a"), 0, 2))
        engine = try changed(engine, to: Self.timed("1m", "1h"), at: 30)
        #expect(engine.pass(to: 59) == [])
        #expect(engine.pass(to: 60) == ["firing a"])
        _ = engine.take(reading(load("a"), 100, 0))
        engine = try changed(engine, to: Self.timed("1m", "10s"), at: 105)
        #expect(engine.pass(to: 109) == [])
        #expect(engine.pass(to: 110) == ["resolved a"])

        // What would have been due before the change is due at the change.
        _ = engine.take(reading(load("b"), 200, 2))
        engine = try changed(engine, to: Self.timed("10s", "10s"), at: 240)
        let fired = try #require(engine.advance(to: second(240)).first?.alert)
        #expect(fired.firedAt == second(240))

        // Time without data is neither lost nor won.
        engine = RuleEngine(try Self.timed("1m", "0s"))
        _ = engine.take(reading(load("c"), 300, 2))
        _ = engine.take(.stale(load("c"), at: second(320)))
        engine = try changed(engine, to: Self.timed("2m", "0s"), at: 330)
        #expect(engine.take(reading(load("c"), 400, 2)) == [])
        #expect(engine.pass(to: 499) == [])
        #expect(engine.pass(to: 500) == ["firing c"])
    }

    @Test("a snapshot from before the times were noted is taken over as it is")
    func untimedSnapshot() throws {
        var engine = RuleEngine(try Self.timed("1m", "1m"))
        _ = engine.take(reading(load("a"), 0, 2))
        var object = try #require(try JSONSerialization.jsonObject(with: engine.snapshot()) as? [String: Any])
        var entries = try #require(object["rules"] as? [[String: Any]])
        entries[0]["hold"] = nil
        entries[0]["keepFiring"] = nil
        object["rules"] = entries
        var restored = RuleEngine(try Self.timed("1h", "1m"))
        _ = try restored.restore(JSONSerialization.data(withJSONObject: object), now: second(1))
        #expect(restored.pass(to: 60) == ["firing a"])
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
