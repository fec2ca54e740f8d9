import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Rules with a throttle or exceptions")
struct ThrottledRuleTests {
    private func engine(_ more: String) throws -> RuleEngine {
        RuleEngine(
            try rules(
                when: "{source: metric, where: 'c.value > 1.0'}",
                more: "group_by: [service, instance]\nthen: [{runbook: look, mode: propose}]\n" + more))
    }

    /// What is told: the state with the instance, why it is held back, and for how many it stands; and what is asked for.
    private func told(_ events: [RuleEvent]) -> [String] {
        events.map { event in
            guard let alert = event.alert else { return event.brief }
            let stands = alert.standsFor.map { " for \($0)" } ?? ""
            return event.brief + (alert.heldBack.map { " (\($0))" } ?? "") + stands
        }
    }

    private func take(_ engine: inout RuleEngine, _ instance: String, _ seconds: Int64, _ value: Double) -> [String] {
        told(engine.handle(reading(load(instance), seconds, value), now: second(seconds)))
    }

    @Test("once within: the first is told and acted upon, others fire silently until the time is over")
    func onceWithin() throws {
        var engine = try engine("throttle: {once_within: 1h, per: [service]}")
        #expect(take(&engine, "a", 0, 2) == ["firing a", "run look"])
        #expect(take(&engine, "b", 60, 2) == ["firing b (throttled)"])
        #expect(engine.activeAlerts.map(\.heldBack) == [nil, "throttled"])
        #expect(take(&engine, "b", 120, 0) == [])
        #expect(told(engine.advance(to: second(120))) == ["resolved b (throttled)"])
        #expect(take(&engine, "c", 3_600, 2) == ["firing c", "run look"])
        #expect(engine.statistics(of: "high-load")?.heldBack == 1)
    }

    @Test("once after: one is told at the end of the window, and says for how many it stands")
    func onceAfter() throws {
        var engine = try engine("throttle: {once_after: 5m, per: [service]}")
        #expect(take(&engine, "a", 0, 2) == ["firing a (throttled)"])
        #expect(take(&engine, "b", 60, 2) == ["firing b (throttled)"])
        #expect(told(engine.advance(to: second(299))) == [])
        #expect(told(engine.advance(to: second(300))) == ["firing a for 2", "run look"])
        #expect(engine.activeAlerts.first?.standsFor == 2)
    }

    @Test("what is over by the end of the window asks for nothing any more")
    func overBefore() throws {
        var engine = try engine("throttle: {once_after: 5m}")
        _ = take(&engine, "a", 0, 2)
        _ = take(&engine, "a", 60, 0)
        #expect(told(engine.advance(to: second(60))) == ["resolved a (throttled)"])
        #expect(told(engine.advance(to: second(1_000))) == [])
    }

    @Test("when the first of them is over, one that still fires is told in its place, as fresh as the decision")
    func another() throws {
        var engine = try engine("throttle: {once_after: 20m, per: [service]}")
        _ = take(&engine, "a", 0, 2)
        _ = take(&engine, "b", 60, 2)
        _ = take(&engine, "a", 120, 0)
        let events = engine.advance(to: second(1_200))
        #expect(told(events) == ["resolved a (throttled)", "firing b for 2", "run look"])
        #expect(events.last?.request?.firedAt == second(1_200))
    }

    @Test("what begins exactly at the end of a window belongs to the next, also when the first of the window is over")
    func nextWindow() throws {
        var engine = try engine("throttle: {once_after: 5m, per: [service]}")
        _ = take(&engine, "a", 0, 2)
        _ = take(&engine, "a", 60, 0)
        #expect(told(engine.advance(to: second(60))) == ["resolved a (throttled)"])
        #expect(take(&engine, "b", 300, 2) == ["firing b (throttled)"])
        #expect(told(engine.advance(to: second(599))) == [])
        #expect(told(engine.advance(to: second(600))) == ["firing b", "run look"])
        #expect(told(engine.advance(to: second(2_000))) == [])
    }

    @Test("with a for, who fired first goes through, also when that becomes known last")
    func order() throws {
        var engine = RuleEngine(
            try rules(
                when: "{source: metric, where: 'c.value > 1.0', for: 30s}",
                more: "group_by: [service, instance]\nthrottle: {once_within: 1h, per: [service]}"))
        _ = take(&engine, "a", 0, 2)
        _ = take(&engine, "b", 10, 2)
        // The next fact of b comes before anything is known of a.
        #expect(take(&engine, "b", 45, 2) == ["firing b (throttled)"])
        #expect(told(engine.advance(to: second(50))) == ["firing a (throttled)", "firing a"])
        #expect(engine.statistics(of: "high-load")?.heldBack == 1)
    }

    @Test("accumulate within: the one that completes the number is told")
    func accumulate() throws {
        var engine = try engine("throttle: {accumulate_within: 10m, threshold: 3, per: [service]}")
        #expect(take(&engine, "a", 0, 2) == ["firing a (throttled)"])
        #expect(take(&engine, "b", 100, 2) == ["firing b (throttled)"])
        #expect(take(&engine, "c", 200, 2) == ["firing c for 3", "run look"])
    }

    @Test("a throttle remembers over a restart, and lets go what it gathered when it is taken away")
    func durable() throws {
        let throttle = "throttle: {once_after: 5m, per: [service]}"
        var first = try engine(throttle)
        _ = take(&first, "a", 0, 2)
        var second = try engine(throttle)
        _ = try second.restore(try first.snapshot(), now: AuspexRulesTests.second(100))
        #expect(take(&second, "b", 100, 2) == ["firing b (throttled)"])
        var third = second
        #expect(told(second.advance(to: AuspexRulesTests.second(300))) == ["firing a for 2", "run look"])
        let without = try engine("").ruleSet
        #expect(told(third.replaceRules(without, now: AuspexRulesTests.second(120))) == ["firing a for 2", "run look"])
    }

    @Test("what an exception fits does not hold, until the exception is over")
    func exceptions() throws {
        let exception = "{fields: {labels.instance: 'b*'}, reason: being moved, until: 1970-01-01T01:00:00Z}"
        var engine = try engine("exceptions: [\(exception)]")
        #expect(take(&engine, "a1", 0, 2) == ["firing a1", "run look"])
        #expect(take(&engine, "b1", 0, 2) == [])
        #expect(engine.statistics(of: "high-load")?.excepted == 1)
        #expect(take(&engine, "b1", 3_600, 2) == ["firing b1", "run look"])
    }

    @Test("gathering for longer than alerts on moments fire is refused")
    func moments() {
        let error = #expect(throws: DocumentError.self) {
            try rules(when: "{source: log, where: 'true'}", more: "throttle: {once_after: 5m}")
        }
        #expect(error?.description.contains("must be shorter than 'keep_firing_for' (5m)") == true)
        #expect(throws: Never.self) {
            try rules(when: "{source: log, where: 'true', keep_firing_for: 6m}", more: "throttle: {once_after: 5m}")
        }
    }

    @Test(
        "mistakes are told in their place",
        arguments: [
            ("throttle: {once_within: 1h, once_after: 5m}", "exactly one of"),
            ("throttle: {once_within: 1h, per: [host]}", "does not group by 'host'"),
            ("exceptions: [{fields: {labels.a: b}, until: 2030-01-01T00:00:00Z}]", "needs 'reason'"),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try engine(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
